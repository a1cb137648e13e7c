/* Objects used by hand; `…_alone` takes the GIL for each time. */

#include "guest.h"

#include <stdint.h>

static volatile int64_t integer;

static PyObject *object, *key, *value, *arguments[5];

static void read_int(PyObject *from) {
    integer = PyLong_AsLongLong(from);
    if (integer == -1 && PyErr_Occurred()) {
        need(NULL);
    }
}

static void take(PyObject *result) {
    read_int(need(result));
    Py_DECREF(result);
}

/* What is prepared under the GIL, once; and done in a loop that holds it, or each time alone. */
#define LIMIT(name, prepared, done)                                                                \
    void name(size_t count) {                                                                      \
        PyGILState_STATE state = PyGILState_Ensure();                                              \
        prepared;                                                                                  \
        while (count--) {                                                                          \
            done;                                                                                  \
        }                                                                                          \
        PyGILState_Release(state);                                                                 \
    }                                                                                              \
    void name##_alone(size_t count) {                                                              \
        PyGILState_STATE state = PyGILState_Ensure();                                              \
        prepared;                                                                                  \
        PyGILState_Release(state);                                                                 \
        while (count--) {                                                                          \
            state = PyGILState_Ensure();                                                           \
            done;                                                                                  \
            PyGILState_Release(state);                                                             \
        }                                                                                          \
    }

static void prepare(PyObject *found, const char *name) {
    object = found;
    key = need(PyUnicode_InternFromString(name));
}

static PyObject *new_counter(void) {
    PyObject *class = guest("Counter");
    PyObject *counter = need(PyObject_CallNoArgs(class));
    Py_DECREF(class);
    return counter;
}

static void set(void) {
    value = need(PyLong_FromLongLong(1000));
    if (PyObject_SetAttr(object, key, value) != 0) {
        need(NULL);
    }
    Py_DECREF(value);
}

static void iterate(void) {
    PyObject *iterator = need(PyObject_GetIter(object)), *item;
    while ((item = PyIter_Next(iterator)) != NULL) {
        take(item);
    }
    if (PyErr_Occurred()) {
        need(NULL);
    }
    Py_DECREF(iterator);
}

static void prepare_call(void) {
    object = guest("two_and_two");
    key = need(Py_BuildValue("(ss)", "c", "d"));
}

static void call_object(void) {
    for (int i = 0; i < 4; i++) {
        arguments[1 + i] = need(PyLong_FromLongLong(1000 + i));
    }
    take(PyObject_Vectorcall(object, arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, key));
    for (int i = 0; i < 4; i++) {
        Py_DECREF(arguments[1 + i]);
    }
}

static void see(void) {
    Py_buffer buffer;
    if (PyObject_GetBuffer(object, &buffer, PyBUF_FULL) != 0) {
        need(NULL);
    }
    integer = buffer.shape[0];
    PyBuffer_Release(&buffer);
}

/* Borrowed references; the error of a missing one is checked for. */
static void item(void) {
    read_int(need(PyList_GetItem(object, 500)));
}

static void entry(void) {
    read_int(need(PyDict_GetItemWithError(object, key)));
}

LIMIT(protocol_set, prepare(new_counter(), "count"), set())
LIMIT(list_item, prepare(guest("numbers"), ""), item())
LIMIT(dict_entry, prepare(guest("sizes"), "width"), entry())
LIMIT(iterate_many, prepare(guest("MANY_NUMBERS"), ""), iterate())
LIMIT(call_named, prepare_call(), call_object())
LIMIT(view, prepare(guest("memory"), ""), see())
LIMIT(protocol_attribute, prepare(new_counter(), "count"), take(PyObject_GetAttr(object, key)))
