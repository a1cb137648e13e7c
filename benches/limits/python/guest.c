#include "guest.h"

#include <stdlib.h>

PyObject *need(PyObject *object) {
    if (!object) {
        PyErr_Print();
        exit(1);
    }
    return object;
}

PyObject *guest_of(const char *module, const char *name) {
    PyObject *imported = need(PyImport_ImportModule(module));
    PyObject *found = need(PyObject_GetAttrString(imported, name));
    Py_DECREF(imported);
    return found;
}

PyObject *guest(const char *name) {
    return guest_of("guest", name);
}
