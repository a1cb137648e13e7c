/* Values in one line each, for C and C++: optional, nothing in libmetaffi needs it.
 *
 * A value made here borrows what it holds: there is nothing to clear. Text and objects must stay
 * valid while the value is used. So it is for what you give: what a function of yours returns
 * belongs to metaffi, and is made by metaffi_value_new_string8, metaffi_value_copy and their kin.
 */
#ifndef METAFFI_VALUES_H
#define METAFFI_VALUES_H

#include <metaffi.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A value of a type, whose payload is still to be set. */
static inline metaffi_value metaffi_value_of(metaffi_type type) {
    metaffi_value value;
    memset(&value, 0, sizeof value);
    value.type = type;
    return value;
}

/* metaffi_float64(2.5), metaffi_int32(7), …: a number, a bool or a character of that type. */
#define METAFFI_VALUES_NUMBER(name, member, c_type)                                                \
    static inline metaffi_value metaffi_##name(c_type number) {                                    \
        metaffi_value value = metaffi_value_of(metaffi_##name##_type);                             \
        value.data.member = number;                                                                \
        return value;                                                                              \
    }
METAFFI_VALUES_NUMBER(float64, float64, double)
METAFFI_VALUES_NUMBER(float32, float32, float)
METAFFI_VALUES_NUMBER(int8, int8, int8_t)
METAFFI_VALUES_NUMBER(int16, int16, int16_t)
METAFFI_VALUES_NUMBER(int32, int32, int32_t)
METAFFI_VALUES_NUMBER(int64, int64, int64_t)
METAFFI_VALUES_NUMBER(uint8, uint8, uint8_t)
METAFFI_VALUES_NUMBER(uint16, uint16, uint16_t)
METAFFI_VALUES_NUMBER(uint32, uint32, uint32_t)
METAFFI_VALUES_NUMBER(uint64, uint64, uint64_t)
METAFFI_VALUES_NUMBER(size, size, size_t)
METAFFI_VALUES_NUMBER(bool, boolean, bool)
METAFFI_VALUES_NUMBER(char8, char8, uint8_t)
METAFFI_VALUES_NUMBER(char16, char16, uint16_t)
METAFFI_VALUES_NUMBER(char32, char32, uint32_t)
#undef METAFFI_VALUES_NUMBER

/* No value; as an argument a NULL pointer, Python's None. */
static inline metaffi_value metaffi_null(void) {
    return metaffi_value_of(metaffi_null_type);
}

/* A pointer as C has it: its address as a number. */
static inline metaffi_value metaffi_address(const void *pointer) {
    return metaffi_size((size_t)(uintptr_t)pointer);
}

/* UTF-8 text of `length` bytes; zeroes inside are text. */
static inline metaffi_value metaffi_text_of(const char *text, size_t length) {
    metaffi_value value = metaffi_value_of(metaffi_string8_type);
    value.data.string.data = text;
    value.data.string.length = length;
    return value;
}

/* NUL-terminated UTF-8 text; NULL is no string. */
static inline metaffi_value metaffi_text(const char *text) {
    return metaffi_text_of(text, text == NULL ? 0 : strlen(text));
}

/* An object, such as a struct of C. */
static inline metaffi_value metaffi_handle(const metaffi_object *object) {
    metaffi_value value = metaffi_value_of(metaffi_handle_type);
    value.data.object = (metaffi_object *)object;
    return value;
}

/* A function as a value. */
static inline metaffi_value metaffi_function_of(const metaffi_callable *callable) {
    metaffi_value value = metaffi_value_of(metaffi_callable_type);
    value.data.callable = (metaffi_callable *)callable;
    return value;
}

/* `*length` elements in memory of yours, lent: `array` is filled in, and with `length` and the
 * elements must live as long as the value. */
static inline metaffi_value metaffi_lend(metaffi_array *array, metaffi_type element,
                                         const void *data, const size_t *length) {
    metaffi_value value = metaffi_value_of(element | metaffi_array_type);
    memset(array, 0, sizeof *array);
    array->data = (void *)data;
    array->element = element;
    array->rank = 1;
    array->shape = length;
    value.data.array = array;
    return value;
}

/* A type as a signature declares it. */
static inline metaffi_type_info metaffi_typed(metaffi_type type) {
    metaffi_type_info info;
    memset(&info, 0, sizeof info);
    info.type = type;
    return info;
}

/* An entity by three names, with the types that its module declares: metaffi_entity_free.
 *
 * This and metaffi_call do nothing if there is an error already, so that one look at it after the
 * last of them is enough. `*error` is NULL or an error before, and yours after. */
static inline metaffi_entity *metaffi_open(const char *runtime, const char *module,
                                           const char *path, metaffi_error **error) {
    metaffi_runtime *in = NULL;
    metaffi_module *from = NULL;
    metaffi_entity *entity = NULL;
    if (*error == NULL && metaffi_runtime_load(runtime, NULL, 0, &in, error) == METAFFI_OK &&
        metaffi_module_load(in, module, &from, error) == METAFFI_OK)
        metaffi_entity_load(from, path, NULL, METAFFI_UNSPECIFIED, NULL, METAFFI_UNSPECIFIED,
                            &entity, error);
    metaffi_module_free(from);
    metaffi_runtime_free(in);
    return entity;
}

/* Calls an entity that has at most one return value, and gives that: metaffi_value_clear, if it is
 * text, an array, an object or a function. Null if there is none, or an error: it is one to call an
 * entity that has more, for which there is metaffi_entity_call. */
static inline metaffi_value metaffi_call(const metaffi_entity *entity,
                                         const metaffi_value *arguments, size_t count,
                                         metaffi_error **error) {
    metaffi_value returned = metaffi_null();
    if (*error == NULL &&
        metaffi_entity_call(entity, arguments, count, &returned,
                            metaffi_entity_return_count(entity) != 0, error) != METAFFI_OK)
        returned = metaffi_null();
    return returned;
}

#ifndef __cplusplus
/* METAFFI_CALL(entity, &error, argument…): metaffi_call with one argument or more. */
#define METAFFI_CALL(entity, error, ...)                                                           \
    metaffi_call(entity, (metaffi_value[]){__VA_ARGS__},                                           \
                 sizeof((metaffi_value[]){__VA_ARGS__}) / sizeof(metaffi_value), error)

/* METAFFI_LEND(type, data, length): metaffi_lend until the end of the block that it stands in. */
#define METAFFI_LEND(element, data, length)                                                        \
    metaffi_lend(&(metaffi_array){0}, element, data, &(size_t){length})
#endif

#ifdef __cplusplus
}
#endif
#endif /* METAFFI_VALUES_H */
