/* A visitor that writes what it is told. */
#ifndef RECORDER_H
#define RECORDER_H

#include "guest_module.h"

#include <setjmp.h>
#include <stdarg.h>

/* What a visitor was told, as text. */
struct record {
    char text[4096];
    size_t length;
    /* What closes each container. */
    char closing[64];
    size_t depth;
    /* The call that fails, throws or jumps away; 0: none. */
    int until;
    jmp_buf *jump;
};

static void put(struct record *record, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size_t room = sizeof record->text - record->length;
    int length = vsnprintf(record->text + record->length, room, format, arguments);
    va_end(arguments);
    record->length += (size_t)length < room ? (size_t)length : room - 1;
}

static metaffi_status told(struct record *record, metaffi_error **error) {
    put(record, " ");
    if (record->until == 0 || --record->until != 0)
        return METAFFI_OK;
    if (record->jump != NULL)
        longjmp(*record->jump, 1);
    CHECK(metaffi_error_new(METAFFI_STATUS_OUT_OF_RANGE, "Enough", "that is enough", error) ==
          METAFFI_OK);
    return METAFFI_STATUS_OUT_OF_RANGE;
}

static metaffi_status on_null(void *to, metaffi_error **error) {
    put(to, "null");
    return told(to, error);
}
static metaffi_status on_boolean(void *to, bool boolean, metaffi_error **error) {
    put(to, boolean ? "true" : "false");
    return told(to, error);
}
static metaffi_status on_integer(void *to, int64_t integer, metaffi_error **error) {
    put(to, "%lld", (long long)integer);
    return told(to, error);
}
static metaffi_status on_number(void *to, double number, metaffi_error **error) {
    put(to, "%g", number);
    return told(to, error);
}
static metaffi_status on_text(void *to, const char *text, size_t length, metaffi_error **error) {
    put(to, "'%.*s'", (int)length, text);
    return told(to, error);
}
static metaffi_status on_bytes(void *to, const uint8_t *bytes, size_t length,
                               metaffi_error **error) {
    put(to, "b'%.*s'", (int)length, (const char *)bytes);
    return told(to, error);
}
static metaffi_status on_value(void *to, const metaffi_value *value, metaffi_error **error) {
    if (value->type == metaffi_uint64_type)
        put(to, "%lluu", (unsigned long long)value->data.uint64);
    else
        put(to, "value:%llx", (unsigned long long)value->type);
    return told(to, error);
}
static metaffi_status on_array(void *to, metaffi_array *array, metaffi_error **error) {
    put(to, "array:%llu:%zux%zu", (unsigned long long)array->element, array->rank, array->shape[0]);
    metaffi_array_free(array);
    return told(to, error);
}
static metaffi_status on_object(void *to, metaffi_object *object, metaffi_error **error) {
    char *name = NULL;
    CHECK(metaffi_object_type_name(object, &name, NULL) == METAFFI_OK);
    put(to, "<%s>", name);
    metaffi_free(name);
    metaffi_object_free(object);
    return told(to, error);
}
static metaffi_status on_open(void *to, const metaffi_container *container, metaffi_error **error) {
    struct record *record = to;
    if (container->type_name.data != NULL)
        put(to, "%.*s", (int)container->type_name.length, (const char *)container->type_name.data);
    if (container->length != METAFFI_UNSPECIFIED)
        put(to, "%zu", container->length);
    put(to, "%c", "[({<|"[container->kind]);
    record->closing[record->depth++ % sizeof record->closing] = "])}>|"[container->kind];
    return told(to, error);
}
static metaffi_status on_close(void *to, metaffi_error **error) {
    struct record *record = to;
    put(to, "%c", record->closing[--record->depth % sizeof record->closing]);
    return told(to, error);
}
static metaffi_status on_again(void *to, uint64_t id, metaffi_error **error) {
    put(to, "#%llu", (unsigned long long)id);
    return told(to, error);
}

static const metaffi_visitor recorder = {
    sizeof recorder, on_null,  on_boolean, on_integer, on_number, on_text, on_bytes,
    on_value,        on_array, on_object,  on_open,    on_close,  on_again};

static inline metaffi_visit_options options_of(metaffi_visit_flags flags) {
    metaffi_visit_options options = {0};
    options.size = sizeof options;
    options.flags = flags;
    return options;
}

#endif
