/* The limit of Python: what is written by hand with its C API. A library of its own, loaded once
 * libpython is. Every exported function does what it is named after `count` times. */

#ifndef GUEST_H
#define GUEST_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Ends the program with the exception unless `object` is there. */
PyObject *need(PyObject *object);

/* Something of the guest, looked up now. The GIL is held. */
PyObject *guest(const char *name);
/* The same of another module. */
PyObject *guest_of(const char *module, const char *name);

/* Calls with arguments that have a free place before them, and gives them back. */
static inline PyObject *call(PyObject *function, PyObject **arguments, size_t count) {
    PyObject *result =
        PyObject_Vectorcall(function, arguments, count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    for (size_t i = 0; i < count; i++) {
        Py_DECREF(arguments[i]);
    }
    return need(result);
}

/* Two functions of what `once` does with a function of the guest: with the GIL held all the while,
 * and taken for each call. */
#define BOTH(name, once, function_name)                                                            \
    void name##_held(size_t count) {                                                               \
        PyGILState_STATE state = PyGILState_Ensure();                                              \
        PyObject *function = guest(function_name);                                                 \
        while (count--) {                                                                          \
            once(function);                                                                        \
        }                                                                                          \
        Py_DECREF(function);                                                                       \
        PyGILState_Release(state);                                                                 \
    }                                                                                              \
    void name##_taken(size_t count) {                                                              \
        PyGILState_STATE state = PyGILState_Ensure();                                              \
        PyObject *function = guest(function_name);                                                 \
        PyGILState_Release(state);                                                                 \
        while (count--) {                                                                          \
            state = PyGILState_Ensure();                                                           \
            once(function);                                                                        \
            PyGILState_Release(state);                                                             \
        }                                                                                          \
        state = PyGILState_Ensure();                                                               \
        Py_DECREF(function);                                                                       \
        PyGILState_Release(state);                                                                 \
    }

#endif
