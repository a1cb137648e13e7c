#include "handwritten.h"

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "handwritten",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit_handwritten(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module) {
        return NULL;
    }
    PyMethodDef *const methods[] = {scalar_methods, text_methods, array_methods, callback_methods,
                                    value_methods};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (PyModule_AddFunctions(module, methods[i])) {
            goto failure;
        }
    }
    if (add_called(module) || add_counter(module) || add_error(module)) {
        goto failure;
    }
    return module;
failure:
    Py_DECREF(module);
    return NULL;
}
