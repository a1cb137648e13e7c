#include "handwritten.h"

static PyObject *nop_held(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self, (void)arguments;
    if (!counted("nop", count, 0)) {
        return NULL;
    }
    guest_nop();
    Py_RETURN_NONE;
}

static PyObject *nop_released(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self, (void)arguments;
    if (!counted("nop", count, 0)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS guest_nop();
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static bool two_integers(PyObject *const *arguments, Py_ssize_t count, int64_t *a, int64_t *b) {
    if (!counted("add", count, 2)) {
        return false;
    }
    *a = PyLong_AsLongLong(arguments[0]);
    if (failed(*a == -1)) {
        return false;
    }
    *b = PyLong_AsLongLong(arguments[1]);
    return !failed(*b == -1);
}

static PyObject *add_held(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    int64_t a, b;
    return two_integers(arguments, count, &a, &b) ? PyLong_FromLongLong(guest_add(a, b)) : NULL;
}

static PyObject *add_released(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    int64_t a, b, sum;
    if (!two_integers(arguments, count, &a, &b)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS sum = guest_add(a, b);
    Py_END_ALLOW_THREADS return PyLong_FromLongLong(sum);
}

static bool two_reals(PyObject *const *arguments, Py_ssize_t count, double *a, double *b) {
    if (!counted("multiply", count, 2)) {
        return false;
    }
    *a = PyFloat_AsDouble(arguments[0]);
    if (failed(*a == -1)) {
        return false;
    }
    *b = PyFloat_AsDouble(arguments[1]);
    return !failed(*b == -1);
}

static PyObject *multiply_held(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    double a, b;
    return two_reals(arguments, count, &a, &b) ? PyFloat_FromDouble(guest_multiply(a, b)) : NULL;
}

static PyObject *multiply_released(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    double a, b, product;
    if (!two_reals(arguments, count, &a, &b)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS product = guest_multiply(a, b);
    Py_END_ALLOW_THREADS return PyFloat_FromDouble(product);
}

PyMethodDef scalar_methods[] = {
    FAST(nop_held),      FAST(nop_released),      FAST(add_held),        FAST(add_released),
    FAST(multiply_held), FAST(multiply_released), {NULL, NULL, 0, NULL},
};
