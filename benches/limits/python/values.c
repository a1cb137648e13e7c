#include "guest.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 10000 };

/* Text in and out: the caller has a copy in the end. */
static void echo(size_t count, const char *text, size_t length) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest("echo");
    while (count--) {
        PyObject *arguments[] = {NULL, need(PyUnicode_FromStringAndSize(text, (Py_ssize_t)length))};
        PyObject *result = call(function, arguments + 1, 1);
        Py_ssize_t size;
        const char *echoed = PyUnicode_AsUTF8AndSize(result, &size);
        char *copy = malloc((size_t)size + 1);
        memcpy(copy, echoed, (size_t)size + 1);
        Py_DECREF(result);
        free(copy);
    }
    Py_DECREF(function);
    PyGILState_Release(state);
}

void echo_short(size_t count) {
    echo(count, "xxxxxxxxxx", 10);
}

void echo_long(size_t count) {
    char text[1000];
    memset(text, 'x', sizeof text);
    echo(count, text, sizeof text);
}

/* Numbers that Python reads where they are. */
static void total(size_t count, const char *module) {
    static double numbers[LENGTH];
    Py_ssize_t shape[] = {LENGTH}, strides[] = {sizeof *numbers};
    Py_buffer buffer = {.buf = numbers,
                        .len = sizeof numbers,
                        .itemsize = sizeof *numbers,
                        .ndim = 1,
                        .format = "d",
                        .shape = shape,
                        .strides = strides};
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest_of(module, "total");
    while (count--) {
        PyObject *arguments[] = {NULL, need(PyMemoryView_FromBuffer(&buffer))};
        PyObject *result = call(function, arguments + 1, 1);
        if (PyFloat_AsDouble(result) == -1) {
            need(NULL);
        }
        Py_DECREF(result);
    }
    Py_DECREF(function);
    PyGILState_Release(state);
}

void total_memory(size_t count) {
    total(count, "guest");
}
void total_numpy(size_t count) {
    total(count, "guest_numpy");
}

static PyObject *list_of(const int64_t *numbers) {
    PyObject *list = need(PyList_New(LENGTH));
    for (Py_ssize_t i = 0; i < LENGTH; i++) {
        PyList_SET_ITEM(list, i, need(PyLong_FromLongLong(numbers[i])));
    }
    return list;
}

static int64_t *numbers_of(PyObject *list) {
    size_t length = (size_t)PyList_Size(list);
    int64_t *numbers = malloc(length * sizeof *numbers);
    for (size_t i = 0; i < length; i++) {
        numbers[i] = PyLong_AsLongLong(PyList_GET_ITEM(list, (Py_ssize_t)i));
        if (numbers[i] == -1 && PyErr_Occurred()) {
            need(NULL);
        }
    }
    return numbers;
}

void echo_list(size_t count) {
    static int64_t numbers[LENGTH];
    for (int64_t i = 0; i < LENGTH; i++) {
        numbers[i] = i;
    }
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest("echo");
    while (count--) {
        PyObject *arguments[] = {NULL, list_of(numbers)};
        PyObject *result = call(function, arguments + 1, 1);
        free(numbers_of(result));
        Py_DECREF(result);
    }
    Py_DECREF(function);
    PyGILState_Release(state);
}
