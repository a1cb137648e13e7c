#include "guest.h"

#include <stdint.h>

static volatile int64_t integer;
static volatile double real;

static inline void nop_once(PyObject *function) {
    PyObject *arguments[1];
    Py_DECREF(call(function, arguments + 1, 0));
}

static inline void add_once(PyObject *function) {
    PyObject *arguments[] = {NULL, need(PyLong_FromLongLong(1000)),
                             need(PyLong_FromLongLong(2000))};
    PyObject *result = call(function, arguments + 1, 2);
    int64_t number = PyLong_AsLongLong(result);
    if (number == -1 && PyErr_Occurred()) {
        need(NULL);
    }
    integer = number;
    Py_DECREF(result);
}

static inline void multiply_once(PyObject *function) {
    PyObject *arguments[] = {NULL, need(PyFloat_FromDouble(1.5)), need(PyFloat_FromDouble(2.5))};
    PyObject *result = call(function, arguments + 1, 2);
    double number = PyFloat_AsDouble(result);
    if (number == -1 && PyErr_Occurred()) {
        need(NULL);
    }
    real = number;
    Py_DECREF(result);
}

BOTH(nop, nop_once, "nop")
BOTH(add, add_once, "add")
BOTH(multiply, multiply_once, "multiply")
