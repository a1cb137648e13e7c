#include <string.h>

#include "handwritten.h"

/* The text as C takes it, or NULL with an exception set. */
static const char *text_of(PyObject *const *arguments, Py_ssize_t count) {
    if (!counted("echo", count, 1)) {
        return NULL;
    }
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(arguments[0], &length);
    if (text && strlen(text) != (size_t)length) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return text;
}

static PyObject *echo_held(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    const char *text = text_of(arguments, count);
    return text ? PyUnicode_FromString(guest_echo(text)) : NULL;
}

static PyObject *echo_released(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    (void)self;
    const char *text = text_of(arguments, count);
    if (!text) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS text = guest_echo(text);
    Py_END_ALLOW_THREADS return PyUnicode_FromString(text);
}

PyMethodDef text_methods[] = {FAST(echo_held), FAST(echo_released), {NULL, NULL, 0, NULL}};
