#include "handwritten.h"

static PyObject *guest_error;

/* The exception that is set, with its traceback, no longer set. */
static PyObject *take(void) {
    PyObject *class, *exception, *traceback;
    PyErr_Fetch(&class, &exception, &traceback);
    PyErr_NormalizeException(&class, &exception, &traceback);
    if (traceback) {
        PyException_SetTraceback(exception, traceback);
        Py_DECREF(traceback);
    }
    Py_DECREF(class);
    return exception;
}

/* Raises a GuestError that says what `original` says and has it as its cause, which is consumed. */
static void raise_from(PyObject *original) {
    PyObject *text = PyUnicode_FromFormat("%s: %S", Py_TYPE(original)->tp_name, original);
    PyObject *error = text ? PyObject_CallOneArg(guest_error, text) : NULL;
    Py_XDECREF(text);
    if (!error) {
        Py_DECREF(original);
        return;
    }
    PyException_SetCause(error, original);
    PyErr_SetObject(guest_error, error);
    Py_DECREF(error);
}

/* Calls function(): what it raises is raised as an error of the guest. */
static PyObject *call_guest(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    if (!counted("call_guest", count, 1)) {
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(arguments[0]);
    if (!result) {
        raise_from(take());
    }
    return result;
}

static PyMethodDef methods[] = {FAST(call_guest), {NULL, NULL, 0, NULL}};

int add_error(PyObject *module) {
    guest_error = PyErr_NewException("handwritten.GuestError", PyExc_RuntimeError, NULL);
    if (!guest_error || PyModule_AddFunctions(module, methods)) {
        return -1;
    }
    Py_INCREF(guest_error);
    return PyModule_AddObject(module, "GuestError", guest_error);
}
