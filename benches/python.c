/* Python: every call beside the same one by hand with the C API of the same interpreter. */

#define _GNU_SOURCE
#include "python.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

metaffi_runtime *python_runtime;
static metaffi_module *module;
static void *limits;

metaffi_entity *load_python(const char *path, const metaffi_type_info *params, size_t param_count,
                            const metaffi_type_info *result) {
    metaffi_entity *entity;
    check(metaffi_entity_load(module, path, params, param_count, result, result ? 1 : 0, &entity,
                              &error));
    return entity;
}

static void *need(void *found) {
    if (!found) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

void (*python_limit(const char *name))(size_t count) {
    return (void (*)(size_t))need(dlsym(limits, name));
}

metaffi_scope *enter_python(void) {
    metaffi_scope *scope;
    check(metaffi_scope_enter(python_runtime, &scope, &error));
    return scope;
}

void leave_python(metaffi_scope *scope) {
    check(metaffi_scope_leave(scope, &error));
}

#ifdef PYTHON_LIBRARY

/* Whether libpython is here; if not, the report says why. */
static bool open_python(void) {
    metaffi_option library = {"library", PYTHON_LIBRARY};
    if (metaffi_runtime_load("python", &library, 1, &python_runtime, &error) != METAFFI_OK) {
        fact("python missing", metaffi_error_message(error));
        metaffi_error_free(error);
        error = NULL;
        return false;
    }
    check(metaffi_module_load(python_runtime, PYTHON_GUEST, &module, &error));
    /* Not before: it is linked with no libpython, but finds the one that metaffi has opened. */
    limits = need(dlopen(PYTHON_LIMITS, RTLD_NOW));
    const char *(*version)(void) =
        (const char *(*)(void))need(dlsym(RTLD_DEFAULT, "Py_GetVersion"));
    fact("python", PYTHON_LIBRARY);
    fact("python version", version());
    return true;
}

#else

static bool open_python(void) {
    fact("python missing", "its headers are not installed");
    return false;
}

#endif

void python(void) {
    if (open_python()) {
        python_scalars();
        python_values();
        python_objects();
    }
}
