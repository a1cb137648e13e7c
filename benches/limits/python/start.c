/* Starting the interpreter, and looking up what is called. */

#include "guest.h"

#include <stdint.h>
#include <stdlib.h>

static volatile int64_t integer;

/* With the prefixes and the environment of an executable. */
void start(const char *interpreter) {
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = 0;
    if (PyStatus_Exception(PyConfig_SetBytesString(&config, &config.program_name, interpreter)) ||
        PyStatus_Exception(Py_InitializeFromConfig(&config))) {
        exit(1);
    }
    PyConfig_Clear(&config);
    PyObject *function = guest_of("builtins", "abs");
    PyObject *arguments[] = {NULL, need(PyLong_FromLongLong(-1000))};
    PyObject *result = call(function, arguments + 1, 1);
    integer = PyLong_AsLongLong(result);
    Py_DECREF(result);
    Py_DECREF(function);
}

void look_up(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    while (count--) {
        Py_DECREF(guest("add"));
    }
    PyGILState_Release(state);
}
