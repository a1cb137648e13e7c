#include "handwritten.h"

/* What the function that C gets calls; an exception that it raises stays set. */
static _Thread_local PyObject *current;

static int64_t call(int64_t a, int64_t b) {
    if (PyErr_Occurred()) {
        return 0;
    }
    PyObject *arguments[] = {NULL, PyLong_FromLongLong(a), PyLong_FromLongLong(b)};
    int64_t number = 0;
    if (arguments[1] && arguments[2]) {
        PyObject *result =
            PyObject_Vectorcall(current, arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        if (result) {
            number = PyLong_AsLongLong(result);
            Py_DECREF(result);
        }
    }
    Py_XDECREF(arguments[1]);
    Py_XDECREF(arguments[2]);
    return number;
}

static int64_t call_ensured(int64_t a, int64_t b) {
    PyGILState_STATE state = PyGILState_Ensure();
    int64_t number = call(a, b);
    PyGILState_Release(state);
    return number;
}

static PyObject *fold(PyObject *const *arguments, Py_ssize_t count, bool release) {
    if (!counted("fold", count, 2)) {
        return NULL;
    }
    Py_ssize_t times = PyLong_AsSsize_t(arguments[1]);
    if (failed(times == -1)) {
        return NULL;
    }
    PyObject *outer = current;
    current = arguments[0];
    int64_t number;
    if (release) {
        Py_BEGIN_ALLOW_THREADS number = guest_fold(call_ensured, (size_t)times);
        Py_END_ALLOW_THREADS
    } else {
        number = guest_fold(call, (size_t)times);
    }
    current = outer;
    return PyErr_Occurred() ? NULL : PyLong_FromLongLong(number);
}

static PyObject *fold_held(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    return fold(arguments, count, false);
}

static PyObject *fold_released(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    return fold(arguments, count, true);
}

PyMethodDef callback_methods[] = {FAST(fold_held), FAST(fold_released), {NULL, NULL, 0, NULL}};
