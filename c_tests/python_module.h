/* What the tests of runtime python3 begin with; without a Python to embed they are skipped. */
#ifndef PYTHON_MODULE_H
#define PYTHON_MODULE_H

#include "guest_module.h"

/* What ctest takes for a skipped test. */
#define SKIPPED 77

static metaffi_runtime *python;

static inline void open_python(void) {
    if (metaffi_runtime_load("python3", NULL, 0, &python, &err) == METAFFI_OK)
        return;
    int is_absent = metaffi_error_status(err) == METAFFI_STATUS_NOT_FOUND;
    printf("%s: no Python to embed (Debian package libpython3-dev): %s\n",
           is_absent ? "skipped" : "failed", metaffi_error_message(err));
    metaffi_error_free(err);
    exit(is_absent ? SKIPPED : EXIT_FAILURE);
}

static inline void close_python(void) {
    CHECK(metaffi_runtime_free(python) == METAFFI_OK);
}

static inline metaffi_module *import(const char *path) {
    metaffi_module *module = NULL;
    CHECK_OK(metaffi_module_load(python, path, &module, &err));
    if (module == NULL)
        exit(EXIT_FAILURE);
    return module;
}

/* An entity of declared types, at most one of them a return. */
static inline metaffi_entity *load_typed(const metaffi_module *module, const char *path,
                                         const metaffi_type_info *params, size_t count,
                                         metaffi_type_info result) {
    metaffi_entity *entity = NULL;
    CHECK_OK(metaffi_entity_load(module, path, params, count, &result, 1, &entity, &err));
    return entity;
}

/* Calls an entity with one return, which the caller clears. */
static inline metaffi_value call_with(const metaffi_entity *entity, const metaffi_value *arguments,
                                      size_t count) {
    metaffi_value result = {0, {0}};
    CHECK_OK(metaffi_entity_call(entity, arguments, count, &result, 1, &err));
    return result;
}

/* Calls an entity once and frees it. */
static inline metaffi_value call_once(metaffi_module *module, const char *path,
                                      const metaffi_value *arguments, size_t count) {
    metaffi_entity *entity = load_from(module, path);
    metaffi_value result = call_with(entity, arguments, count);
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    return result;
}

/* Evaluates an expression once; its arguments are the tuple args. */
static inline metaffi_value evaluate(metaffi_module *module, const char *path,
                                     const metaffi_value *arguments, size_t count) {
    metaffi_type_info any = info_of(metaffi_any_type), anys[] = {any, any};
    metaffi_entity *entity = load_typed(module, path, anys, count, any);
    metaffi_value result = call_with(entity, arguments, count);
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    return result;
}

static inline void check_string(metaffi_value value, const char *expected) {
    CHECK(value.type == metaffi_string8_type);
    if (value.type == metaffi_string8_type)
        CHECK_TEXT((const char *)value.data.string.data, expected);
    metaffi_value_clear(&value);
}

#endif
