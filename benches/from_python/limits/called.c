#include "handwritten.h"

#include <stddef.h>
#include <structmember.h>

/* nop() as an object of a type, which Python calls otherwise than what it knows: its own functions
 * and those of extension modules. */
typedef struct {
    PyObject_HEAD vectorcallfunc vectorcall;
} Called;

static PyObject *call(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    (void)self, (void)arguments;
    if (names || !counted("nop", PyVectorcall_NARGS(count), 0)) {
        return NULL;
    }
    guest_nop();
    Py_RETURN_NONE;
}

static PyObject *called_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    (void)arguments, (void)keywords;
    Called *self = (Called *)type->tp_alloc(type, 0);
    if (self) {
        self->vectorcall = call;
    }
    return (PyObject *)self;
}

static PyTypeObject Called_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "handwritten.Called",
    .tp_basicsize = sizeof(Called),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Called, vectorcall),
    .tp_call = PyVectorcall_Call,
    .tp_new = called_new,
};

int add_called(PyObject *module) {
    return PyModule_AddType(module, &Called_Type);
}
