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

/* With the GIL held all the while, and taken for each call. */
#define BOTH(name)                                                                                 \
    void name##_held(size_t count) {                                                               \
        PyGILState_STATE state = PyGILState_Ensure();                                              \
        PyObject *function = guest(#name);                                                         \
        while (count--) {                                                                          \
            name##_once(function);                                                                 \
        }                                                                                          \
        Py_DECREF(function);                                                                       \
        PyGILState_Release(state);                                                                 \
    }                                                                                              \
    void name##_taken(size_t count) {                                                              \
        PyGILState_STATE state = PyGILState_Ensure();                                              \
        PyObject *function = guest(#name);                                                         \
        PyGILState_Release(state);                                                                 \
        while (count--) {                                                                          \
            state = PyGILState_Ensure();                                                           \
            name##_once(function);                                                                 \
            PyGILState_Release(state);                                                             \
        }                                                                                          \
        state = PyGILState_Ensure();                                                               \
        Py_DECREF(function);                                                                       \
        PyGILState_Release(state);                                                                 \
    }

BOTH(nop)
BOTH(add)
BOTH(multiply)
