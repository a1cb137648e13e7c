#include <string.h>

#include "handwritten.h"

static PyObject *sum(const double *values, size_t count, bool release) {
    if (!release) {
        return PyFloat_FromDouble(guest_sum(values, count));
    }
    double total;
    Py_BEGIN_ALLOW_THREADS total = guest_sum(values, count);
    Py_END_ALLOW_THREADS return PyFloat_FromDouble(total);
}

/* Numbers that C reads where they are. */
static PyObject *sum_buffer(PyObject *const *arguments, Py_ssize_t count, bool release) {
    Py_buffer buffer;
    if (!counted("sum_buffer", count, 1) ||
        PyObject_GetBuffer(arguments[0], &buffer, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)) {
        return NULL;
    }
    PyObject *result = NULL;
    if (buffer.ndim != 1 || !buffer.format || strcmp(buffer.format, "d") != 0) {
        PyErr_SetString(PyExc_TypeError, "a one-dimensional array of doubles is needed");
    } else {
        result = sum(buffer.buf, (size_t)buffer.shape[0], release);
    }
    PyBuffer_Release(&buffer);
    return result;
}

static bool copy(PyObject *list, double *values) {
    Py_ssize_t length = PyList_GET_SIZE(list);
    for (Py_ssize_t i = 0; i < length; i++) {
        values[i] = PyFloat_AsDouble(PyList_GET_ITEM(list, i));
        if (failed(values[i] == -1)) {
            return false;
        }
    }
    return true;
}

static PyObject *sum_list(PyObject *const *arguments, Py_ssize_t count, bool release) {
    if (!counted("sum_list", count, 1)) {
        return NULL;
    }
    if (!PyList_Check(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "a list is needed");
        return NULL;
    }
    size_t length = (size_t)PyList_GET_SIZE(arguments[0]);
    double *values = PyMem_Malloc(length * sizeof *values);
    if (!values) {
        return PyErr_NoMemory();
    }
    PyObject *result = copy(arguments[0], values) ? sum(values, length, release) : NULL;
    PyMem_Free(values);
    return result;
}

#define BOTH(name)                                                                                 \
    static PyObject *name##_held(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {   \
        (void)self;                                                                                \
        return name(arguments, count, false);                                                      \
    }                                                                                              \
    static PyObject *name##_released(PyObject *self, PyObject *const *arguments,                   \
                                     Py_ssize_t count) {                                           \
        (void)self;                                                                                \
        return name(arguments, count, true);                                                       \
    }

BOTH(sum_buffer)
BOTH(sum_list)

PyMethodDef array_methods[] = {
    FAST(sum_buffer_held),   FAST(sum_buffer_released), FAST(sum_list_held),
    FAST(sum_list_released), {NULL, NULL, 0, NULL},
};
