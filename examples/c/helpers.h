/* What a C program writes once to call in one line: values, lent memory, checked calls. */
#ifndef HELPERS_H
#define HELPERS_H

#include <metaffi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline metaffi_value int32(int32_t number) {
    return (metaffi_value){metaffi_int32_type, {.int32 = number}};
}

static inline metaffi_value int64(int64_t number) {
    return (metaffi_value){metaffi_int64_type, {.int64 = number}};
}

static inline metaffi_value size(size_t number) {
    return (metaffi_value){metaffi_size_type, {.size = number}};
}

static inline metaffi_value float64(double number) {
    return (metaffi_value){metaffi_float64_type, {.float64 = number}};
}

/* Copied for the call, with a zero behind it. */
static inline metaffi_value text(const char *characters) {
    return (metaffi_value){metaffi_string8_type, {.string = {characters, strlen(characters)}}};
}

/* A pointer as C has it: the number of an address. */
static inline metaffi_value address(const void *pointer) {
    return (metaffi_value){metaffi_size_type, {.size = (uintptr_t)pointer}};
}

static inline metaffi_value function(metaffi_callable *callable) {
    return (metaffi_value){metaffi_callable_type, {.callable = callable}};
}

/* Memory lent for the call: C reads and writes it where it is. */
#define LENT(type, memory, length)                                                                 \
    ((metaffi_value){                                                                              \
        (type) | metaffi_array_type,                                                               \
        {.array = &(metaffi_array){                                                                \
             .data = (memory), .element = (type), .rank = 1, .shape = (size_t[]){length}}}})

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
    metaffi_value result = {metaffi_null_type, {0}};
    metaffi_error *error = NULL;
    size_t returns = metaffi_entity_return_count(entity);
    check(metaffi_entity_call(entity, arguments, count, &result, returns, &error), &error);
    return result;
}

/* CALL(entity, argument…): the result; one that holds text or an object is to be cleared. */
#define CALL(entity, ...)                                                                          \
    call(entity, sizeof((metaffi_value[]){__VA_ARGS__}) / sizeof(metaffi_value),                   \
         (metaffi_value[]){__VA_ARGS__})

#endif
