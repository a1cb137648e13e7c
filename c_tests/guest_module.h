/* What most tests begin with: runtime c, the guest library, and short ways to load and call. */
#ifndef GUEST_MODULE_H
#define GUEST_MODULE_H

#include "check.h"

#include <stdint.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static metaffi_runtime *c;
static metaffi_module *guest;

static inline metaffi_module *open_module(const char *path) {
    metaffi_module *module = NULL;
    CHECK_OK(metaffi_module_load(c, path, &module, &err));
    return module;
}

static inline void open_runtime(void) {
    if (!CHECK_OK(metaffi_runtime_load("c", NULL, 0, &c, &err)))
        exit(1);
}

static inline void open_guest(void) {
    open_runtime();
    guest = open_module(GUEST_LIBRARY ";" GUEST_HEADER);
    if (guest == NULL)
        exit(1);
}

static inline void close_guest(void) {
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
    CHECK(metaffi_runtime_free(c) == METAFFI_OK);
}

static inline metaffi_entity *load_from(metaffi_module *module, const char *path) {
    metaffi_entity *entity = NULL;
    CHECK_OK(metaffi_entity_load(module, path, NULL, 0, NULL, 0, &entity, &err));
    return entity;
}

static inline metaffi_entity *load(const char *path) {
    return load_from(guest, path);
}

static inline metaffi_type_info info_of(metaffi_type type) {
    metaffi_type_info info = {type, NULL, 0};
    return info;
}

static inline metaffi_value int64_value(int64_t number) {
    metaffi_value value;
    value.type = metaffi_int64_type;
    value.data.int64 = number;
    return value;
}

static inline metaffi_value int32_value(int32_t number) {
    metaffi_value value;
    value.type = metaffi_int32_type;
    value.data.int32 = number;
    return value;
}

static inline metaffi_value float64_value(double number) {
    metaffi_value value;
    value.type = metaffi_float64_type;
    value.data.float64 = number;
    return value;
}

static inline metaffi_value size_value(const void *address) {
    metaffi_value value;
    value.type = metaffi_size_type;
    value.data.size = (uintptr_t)address;
    return value;
}

static inline metaffi_value string_value(const char *text) {
    metaffi_value value;
    value.type = metaffi_string8_type;
    value.data.string.data = text;
    value.data.string.length = strlen(text);
    return value;
}

static inline metaffi_value object_value(metaffi_object *object) {
    metaffi_value value;
    value.type = metaffi_handle_type;
    value.data.object = object;
    return value;
}

static inline metaffi_value callable_value(metaffi_callable *callable) {
    metaffi_value value;
    value.type = metaffi_callable_type;
    value.data.callable = callable;
    return value;
}

/* The number in a value of any type of number, or the code of a character. */
static inline double number_in(const metaffi_value *value) {
    metaffi_value converted = int64_value(0);
    double number = 0;
    if (value->type == metaffi_char8_type)
        return value->data.char8;
    if (CHECK_OK(metaffi_value_convert(value, metaffi_float64_type, &converted, &err)))
        number = converted.data.float64;
    return number;
}

/* Calls an entity that returns one number. */
static inline double call_number(const metaffi_entity *entity, const metaffi_value *arguments,
                                 size_t count) {
    metaffi_value result = int64_value(0);
    if (!CHECK_OK(metaffi_entity_call(entity, arguments, count, &result, 1, &err)))
        return 0;
    double number = number_in(&result);
    metaffi_value_clear(&result);
    return number;
}

/* The library still works: run after every bad input. */
static inline void check_usable(void) {
    metaffi_entity *add = load("callable=guest_add");
    metaffi_value arguments[] = {int64_value(40), int64_value(2)};
    CHECK(call_number(add, arguments, 2) == 42);
    CHECK(metaffi_entity_free(add) == METAFFI_OK);
}

#endif
