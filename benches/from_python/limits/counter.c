#include "handwritten.h"

#include <structmember.h>

/* A struct of C's as an object: its functions are methods, its fields are attributes. */
typedef struct {
    PyObject_HEAD guest_counter *counter;
} Counter;

static PyObject *counter_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    (void)keywords;
    int constant = 0;
    if (!PyArg_ParseTuple(arguments, "|p", &constant)) {
        return NULL;
    }
    Counter *self = (Counter *)type->tp_alloc(type, 0);
    if (self) {
        self->counter = constant ? guest_counter_constant() : guest_counter_next();
    }
    return (PyObject *)self;
}

static PyObject *increment_held(PyObject *self, PyObject *ignored) {
    (void)ignored;
    return PyLong_FromLongLong(guest_counter_increment(((Counter *)self)->counter));
}

static PyObject *increment_released(PyObject *self, PyObject *ignored) {
    (void)ignored;
    guest_counter *counter = ((Counter *)self)->counter;
    int64_t value;
    Py_BEGIN_ALLOW_THREADS value = guest_counter_increment(counter);
    Py_END_ALLOW_THREADS return PyLong_FromLongLong(value);
}

static PyObject *get_value(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromLongLong(((Counter *)self)->counter->value);
}

static PyMethodDef methods[] = {
    {"increment_held", increment_held, METH_NOARGS, NULL},
    {"increment_released", increment_released, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef fields[] = {
    {"value", get_value, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject Counter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "handwritten.Counter",
    .tp_basicsize = sizeof(Counter),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = counter_new,
    .tp_methods = methods,
    .tp_getset = fields,
};

int add_counter(PyObject *module) {
    return PyModule_AddType(module, &Counter_Type);
}
