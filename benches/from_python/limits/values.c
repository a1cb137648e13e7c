#include "handwritten.h"

/* A value of its own that equals `value`; what has no counterpart elsewhere is passed on. */
static PyObject *rebuilt(PyObject *value);

static PyObject *rebuilt_list(PyObject *list) {
    Py_ssize_t length = PyList_GET_SIZE(list);
    PyObject *copy = PyList_New(length);
    for (Py_ssize_t i = 0; copy && i < length; i++) {
        PyObject *item = rebuilt(PyList_GET_ITEM(list, i));
        if (!item) {
            Py_DECREF(copy);
            return NULL;
        }
        PyList_SET_ITEM(copy, i, item);
    }
    return copy;
}

static PyObject *rebuilt_integer(PyObject *value) {
    int64_t number = PyLong_AsLongLong(value);
    return failed(number == -1) ? NULL : PyLong_FromLongLong(number);
}

static PyObject *rebuilt_text(PyObject *value) {
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    return text ? PyUnicode_FromStringAndSize(text, length) : NULL;
}

static PyObject *rebuilt(PyObject *value) {
    if (PyLong_CheckExact(value)) {
        return rebuilt_integer(value);
    } else if (PyFloat_CheckExact(value)) {
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(value));
    } else if (PyUnicode_CheckExact(value)) {
        return rebuilt_text(value);
    } else if (PyBytes_CheckExact(value)) {
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value));
    } else if (PyList_CheckExact(value)) {
        return rebuilt_list(value);
    }
    Py_INCREF(value);
    return value;
}

/* Calls function(values): the function has values of its own, and so has the caller. */
static PyObject *echo_values(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    if (!counted("echo_values", count, 2)) {
        return NULL;
    }
    PyObject *given = rebuilt(arguments[1]);
    if (!given) {
        return NULL;
    }
    PyObject *stack[] = {NULL, given};
    PyObject *result =
        PyObject_Vectorcall(arguments[0], stack + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_DECREF(given);
    if (!result) {
        return NULL;
    }
    PyObject *taken = rebuilt(result);
    Py_DECREF(result);
    return taken;
}

PyMethodDef value_methods[] = {FAST(echo_values), {NULL, NULL, 0, NULL}};
