#include "guest.h"

#include <pthread.h>
#include <stdint.h>

enum { CALLS = 1000 };

static volatile int64_t integer;

/* The thread keeps its state while it lives, and takes the GIL for each call. */
static void *add_on_thread(void *function) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *kept = PyEval_SaveThread();
    for (int i = 0; i < CALLS; i++) {
        PyEval_RestoreThread(kept);
        PyObject *arguments[] = {NULL, need(PyLong_FromLongLong(1000)),
                                 need(PyLong_FromLongLong(2000))};
        PyObject *result = call(function, arguments + 1, 2);
        int64_t number = PyLong_AsLongLong(result);
        if (number == -1 && PyErr_Occurred()) {
            need(NULL);
        }
        integer = number;
        Py_DECREF(result);
        PyEval_SaveThread();
    }
    PyEval_RestoreThread(kept);
    PyGILState_Release(state);
    return NULL;
}

void add_on_threads(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest("add");
    PyThreadState *saved = PyEval_SaveThread();
    while (count--) {
        pthread_t thread;
        pthread_create(&thread, NULL, add_on_thread, function);
        pthread_join(thread, NULL);
    }
    PyEval_RestoreThread(saved);
    Py_DECREF(function);
    PyGILState_Release(state);
}
