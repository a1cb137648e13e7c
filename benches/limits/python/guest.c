#include "guest.h"

#include <stdlib.h>

PyObject *need(PyObject *object) {
    if (!object) {
        PyErr_Print();
        exit(1);
    }
    return object;
}

PyObject *guest(const char *name) {
    PyObject *module = need(PyImport_ImportModule("guest"));
    PyObject *found = need(PyObject_GetAttrString(module, name));
    Py_DECREF(module);
    return found;
}
