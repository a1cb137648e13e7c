/* What the examples have beside metaffi/values.h: any failure ends the program with its message. */
#ifndef HELPERS_H
#define HELPERS_H

#include <metaffi/values.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program with the error's message, if there is one. `error` is where the call that gives
 * the status stores it: C may evaluate the arguments of `check` in any order. */
static inline void check(metaffi_status status, metaffi_error **error) {
    if (status == METAFFI_OK)
        return;
    fprintf(stderr, "%s: %s\n", metaffi_status_name(status), metaffi_error_message(*error));
    metaffi_error_free(*error);
    exit(EXIT_FAILURE);
}

static inline metaffi_runtime *load_runtime(const char *name) {
    metaffi_runtime *runtime = NULL;
    metaffi_error *error = NULL;
    check(metaffi_runtime_load(name, NULL, 0, &runtime, &error), &error);
    return runtime;
}

static inline metaffi_module *load_module(const metaffi_runtime *runtime, const char *path) {
    metaffi_module *module = NULL;
    metaffi_error *error = NULL;
    check(metaffi_module_load(runtime, path, &module, &error), &error);
    return module;
}

static inline void declare(const metaffi_module *module, const char *declarations) {
    metaffi_error *error = NULL;
    check(metaffi_module_declare(module, declarations, strlen(declarations), &error), &error);
}

/* An entity with the types that its module declares. */
static inline metaffi_entity *load(const metaffi_module *module, const char *path) {
    metaffi_entity *entity = NULL;
    metaffi_error *error = NULL;
    check(metaffi_entity_load(module, path, NULL, 0, NULL, 0, &entity, &error), &error);
    return entity;
}

static inline metaffi_value call(const metaffi_entity *entity, size_t count,
                                 const metaffi_value *arguments) {
    metaffi_error *error = NULL;
    metaffi_value returned = metaffi_call(entity, arguments, count, &error);
    check(error == NULL ? METAFFI_OK : metaffi_error_status(error), &error);
    return returned;
}

/* CALL(entity, argument…): the result; one that holds text or an object is to be cleared. */
#define CALL(entity, ...)                                                                          \
    call(entity, sizeof((metaffi_value[]){__VA_ARGS__}) / sizeof(metaffi_value),                   \
         (metaffi_value[]){__VA_ARGS__})

#endif
