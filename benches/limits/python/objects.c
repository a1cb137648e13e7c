#include "guest.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static volatile int64_t integer;

static void take(PyObject *result) {
    integer = PyLong_AsLongLong(need(result));
    if (integer == -1 && PyErr_Occurred()) {
        need(NULL);
    }
    Py_DECREF(result);
}

static PyObject *new_counter(void) {
    PyObject *class = guest("Counter");
    PyObject *counter = need(PyObject_CallNoArgs(class));
    Py_DECREF(class);
    return counter;
}

void method(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *counter = new_counter();
    PyObject *name = need(PyUnicode_InternFromString("increment"));
    while (count--) {
        PyObject *arguments[] = {NULL, counter};
        take(PyObject_VectorcallMethod(name, arguments + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                       NULL));
    }
    Py_DECREF(name);
    Py_DECREF(counter);
    PyGILState_Release(state);
}

void attribute(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *counter = new_counter();
    PyObject *name = need(PyUnicode_InternFromString("count"));
    while (count--) {
        take(PyObject_GetAttr(counter, name));
    }
    Py_DECREF(name);
    Py_DECREF(counter);
    PyGILState_Release(state);
}

void set_attribute(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *counter = new_counter();
    PyObject *name = need(PyUnicode_InternFromString("count"));
    while (count--) {
        PyObject *value = need(PyLong_FromLongLong((long long)count));
        if (PyObject_SetAttr(counter, name, value) != 0) {
            need(NULL);
        }
        Py_DECREF(value);
    }
    Py_DECREF(name);
    Py_DECREF(counter);
    PyGILState_Release(state);
}

void item_of_list(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *list = guest("numbers");
    while (count--) {
        PyObject *index = need(PyLong_FromLongLong((long long)(count % 1000)));
        take(PyObject_GetItem(list, index));
        Py_DECREF(index);
    }
    Py_DECREF(list);
    PyGILState_Release(state);
}

void set_item_of_list(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *list = guest("numbers");
    while (count--) {
        PyObject *index = need(PyLong_FromLongLong((long long)(count % 1000)));
        PyObject *value = need(PyLong_FromLongLong((long long)(count % 1000)));
        if (PyObject_SetItem(list, index, value) != 0) {
            need(NULL);
        }
        Py_DECREF(value);
        Py_DECREF(index);
    }
    Py_DECREF(list);
    PyGILState_Release(state);
}

void item_of_dict(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *dict = guest("sizes");
    while (count--) {
        PyObject *key = need(PyUnicode_FromStringAndSize("height", 6));
        take(PyObject_GetItem(dict, key));
        Py_DECREF(key);
    }
    Py_DECREF(dict);
    PyGILState_Release(state);
}

void interned_item_of_dict(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *dict = guest("sizes");
    PyObject *key = need(PyUnicode_InternFromString("height"));
    while (count--) {
        take(PyObject_GetItem(dict, key));
    }
    Py_DECREF(key);
    Py_DECREF(dict);
    PyGILState_Release(state);
}

static int64_t two_of(PyObject *const *arguments, int64_t *second) {
    int64_t first = PyLong_AsLongLong(arguments[0]);
    *second = PyLong_AsLongLong(arguments[1]);
    return first;
}

static PyObject *add(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "two arguments are needed");
        return NULL;
    }
    int64_t second, first = two_of(arguments, &second);
    return PyErr_Occurred() ? NULL : PyLong_FromLongLong(first + second);
}

/* As metaffi does for a host, which may take its time or wait for another thread. */
static PyObject *add_released(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "two arguments are needed");
        return NULL;
    }
    int64_t second, first = two_of(arguments, &second);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS first += second;
    Py_END_ALLOW_THREADS return PyLong_FromLongLong(first);
}

static void call_back(size_t count, PyMethodDef *definition) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest("apply");
    PyObject *callback = need(PyCFunction_New(definition, NULL));
    while (count--) {
        Py_INCREF(callback);
        PyObject *arguments[] = {NULL, callback};
        take(call(function, arguments + 1, 1));
    }
    Py_DECREF(callback);
    Py_DECREF(function);
    PyGILState_Release(state);
}

void callback(size_t count) {
    static PyMethodDef definition = {"add", (PyCFunction)(void (*)(void))add, METH_FASTCALL, NULL};
    call_back(count, &definition);
}

void callback_released(size_t count) {
    static PyMethodDef definition = {"add", (PyCFunction)(void (*)(void))add_released,
                                     METH_FASTCALL, NULL};
    call_back(count, &definition);
}

/* The message of the exception that is set, which is cleared. */
static char *fetch(void) {
    PyObject *class, *exception, *traceback;
    PyErr_Fetch(&class, &exception, &traceback);
    PyErr_NormalizeException(&class, &exception, &traceback);
    PyObject *text = need(PyObject_Str(exception));
    Py_ssize_t size;
    const char *message = PyUnicode_AsUTF8AndSize(text, &size);
    char *copy = malloc((size_t)size + 1);
    memcpy(copy, message, (size_t)size + 1);
    Py_DECREF(text);
    Py_XDECREF(traceback);
    Py_DECREF(exception);
    Py_DECREF(class);
    return copy;
}

void fail(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest("fail");
    while (count--) {
        PyObject *arguments[1];
        PyObject_Vectorcall(function, arguments + 1, PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        free(fetch());
    }
    Py_DECREF(function);
    PyGILState_Release(state);
}
