/* Python: every call beside the same one by hand with the C API of the same interpreter. */

#define _GNU_SOURCE
#include "python.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

metaffi_runtime *python_runtime;
metaffi_module *python_guest;
static void *limits, *peer;

metaffi_entity *load_python(const char *path, const metaffi_type_info *params, size_t param_count,
                            const metaffi_type_info *result) {
    metaffi_entity *entity;
    check(metaffi_entity_load(python_guest, path, params, param_count, result, result ? 1 : 0,
                              &entity, &error));
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

void (*python_peer(const char *name))(size_t count) {
    return peer ? (void (*)(size_t))need(dlsym(peer, name)) : NULL;
}

metaffi_scope *enter_python(void) {
    metaffi_scope *scope;
    check(metaffi_scope_enter(python_runtime, &scope, &error));
    return scope;
}

void leave_python(metaffi_scope *scope) {
    check(metaffi_scope_leave(scope, &error));
}

void compare_python(const char *what, const char *limit_name, void (*limit)(size_t),
                    void (*ours)(size_t), double bound) {
    struct contestant contestants[] = {
        {.name = limit_name, .run = limit},
        {.name = "frame", .run = ours},
    };
    measure(contestants, COUNT(contestants));
    row(what, &contestants[0], &contestants[1], bound ? RATIO : NOTHING, bound);
}

/* What was compiled for the interpreter. Not opened before Python: it is linked with no libpython,
 * but finds the one that metaffi has opened. */
static void *open_compiled(const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return dlopen(path, RTLD_NOW);
}

void open_python(const char *interpreter, const char *directory) {
    metaffi_option option = {"interpreter", interpreter};
    check(metaffi_runtime_load("python", &option, 1, &python_runtime, &error));
    check(metaffi_module_load(python_runtime, PYTHON_GUEST, &python_guest, &error));
    limits = need(open_compiled(directory, "limits.so"));
    peer = open_compiled(directory, "pybind11.so");
    if (!peer) {
        fact("pybind11 missing", "it could not be compiled for this version");
    }
    const char *(*version)(void) =
        (const char *(*)(void))need(dlsym(RTLD_DEFAULT, "Py_GetVersion"));
    fact("python version", version());
}

static const struct {
    const char *name;
    void (*measure)(void);
} PARTS[] = {
    {"scalars", python_scalars}, {"threads", python_threads},   {"values", python_values},
    {"typed", python_typed},     {"numpy", python_numpy},       {"objects", python_objects},
    {"deep", python_deep},       {"protocol", python_protocol}, {"loading", python_loading},
};

void python(const char *interpreter, const char *directory, const char *part) {
    if (!part || strcmp(part, "start") == 0) {
        python_start(interpreter, directory);
    }
    open_python(interpreter, directory);
    for (size_t i = 0; i < COUNT(PARTS); i++) {
        if (!part || strcmp(part, PARTS[i].name) == 0) {
            PARTS[i].measure();
        }
    }
}
