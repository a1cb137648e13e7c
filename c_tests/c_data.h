/* Short ways to C types and C data. */
#ifndef C_DATA_H
#define C_DATA_H

#include "guest_module.h"

static inline metaffi_ctype *parse_type(metaffi_module *module, const char *text) {
    metaffi_ctype *type = NULL;
    CHECK_OK(metaffi_ctype_parse(module, text, &type, &err));
    return type;
}

static inline metaffi_object *new_data(const char *type_text, const metaffi_value *initial) {
    metaffi_ctype *type = parse_type(guest, type_text);
    metaffi_object *data = NULL;
    CHECK_OK(metaffi_cdata_new(type, initial, &data, &err));
    metaffi_ctype_free(type);
    return data;
}

static inline double read_number(const metaffi_object *data, const char *path) {
    metaffi_value value = {0};
    if (!CHECK_OK(metaffi_cdata_read(data, path, &value, &err)))
        return 0;
    double number = number_in(&value);
    metaffi_value_clear(&value);
    return number;
}

static inline void write_value(const metaffi_object *data, const char *path, metaffi_value value) {
    CHECK_OK(metaffi_cdata_write(data, path, &value, &err));
}

/* Calls an entity that returns an object. */
static inline metaffi_object *call_object(const metaffi_entity *entity,
                                          const metaffi_value *arguments, size_t count) {
    metaffi_value result = {0};
    CHECK_OK(metaffi_entity_call(entity, arguments, count, &result, 1, &err));
    CHECK(result.type == metaffi_handle_type);
    return result.data.object;
}

#endif
