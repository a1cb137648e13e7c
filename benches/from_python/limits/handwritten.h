/* The limit of Python's package: what is written by hand, as an extension module that is linked
 * with the guest. Functions in pairs: one holds the GIL, one releases it around the call of the
 * guest. */

#ifndef LIMITS_H
#define LIMITS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../guest/guest.h"

#define FAST(name)                                                                                 \
    { #name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, NULL }

/* What the files below add to the module. */
extern PyMethodDef scalar_methods[], text_methods[], array_methods[], callback_methods[],
    value_methods[];
int add_called(PyObject *module);
int add_counter(PyObject *module);
int add_error(PyObject *module);

/* Whether there are `wanted` arguments; if not, TypeError is set. */
static inline bool counted(const char *name, Py_ssize_t given, Py_ssize_t wanted) {
    if (given == wanted) {
        return true;
    }
    PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments, not %zd", name, wanted, given);
    return false;
}

/* Whether a conversion that returned -1 has failed. */
static inline bool failed(bool is_minus_one) {
    return is_minus_one && PyErr_Occurred();
}

#endif
