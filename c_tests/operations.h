/* Every operation of the protocol of objects, each with what an object must be able to do for it.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "guest_module.h"

struct operation {
    const char *name;
    /* One of these is enough; 0: every object can. */
    metaffi_capabilities wanted;
    metaffi_status (*run)(const metaffi_object *object, metaffi_error **error);
};

/* Who has an operation done that gives a value, or an object, wants nothing of it. */
static inline metaffi_status drop_value(metaffi_status status, metaffi_value value) {
    metaffi_value_clear(&value);
    return status;
}

static inline metaffi_status drop_object(metaffi_status status, metaffi_object *object) {
    metaffi_object_free(object);
    return status;
}

#define OPERATION(name)                                                                            \
    static inline metaffi_status name(const metaffi_object *o, metaffi_error **e)
#define GIVES_VALUE(name, call)                                                                    \
    OPERATION(name) {                                                                              \
        metaffi_value to = {0, {0}}, one = int64_value(1), text = string_value("present");         \
        metaffi_status status = call;                                                              \
        (void)one, (void)text;                                                                     \
        return drop_value(status, to);                                                             \
    }
#define GIVES_OBJECT(name, call)                                                                   \
    OPERATION(name) {                                                                              \
        metaffi_object *to = NULL;                                                                 \
        metaffi_status status = call;                                                              \
        return drop_object(status, to);                                                            \
    }
#define GIVES(name, type, call)                                                                    \
    OPERATION(name) {                                                                              \
        metaffi_value one = int64_value(1);                                                        \
        type to = (type)0;                                                                         \
        (void)one;                                                                                 \
        return call;                                                                               \
    }

static inline const metaffi_name *present_name(void) {
    const metaffi_name *name = NULL;
    metaffi_name_intern("present", &name, NULL);
    return name;
}

GIVES(op_capabilities, metaffi_capabilities, metaffi_object_capabilities(o, &to, e))
GIVES(op_identity, uint64_t, metaffi_object_identity(o, &to, e))
GIVES_OBJECT(op_clone, metaffi_object_clone(o, &to, e))

OPERATION(op_type_name) {
    char *name = NULL;
    metaffi_status status = metaffi_object_type_name(o, &name, e);
    metaffi_free(name);
    return status;
}

GIVES_VALUE(op_get, metaffi_object_get(o, present_name(), &to, e))
GIVES_VALUE(op_get_attribute, metaffi_object_get_attribute(o, "present", 7, &to, e))
GIVES(op_set, int, ((void)to, metaffi_object_set(o, present_name(), &one, e)))
GIVES(op_set_attribute, int, ((void)to, metaffi_object_set_attribute(o, "present", 7, &one, e)))
GIVES(op_delete_attribute, int, ((void)to, metaffi_object_set_attribute(o, "none", 4, NULL, e)))

OPERATION(op_members) {
    metaffi_member *members = NULL;
    size_t count = 0;
    metaffi_status status = metaffi_object_members(o, &members, &count, e);
    metaffi_free(members);
    return status;
}

GIVES_VALUE(op_invoke, metaffi_object_invoke(o, present_name(), &one, 1, NULL, 0, &to, e))

GIVES_VALUE(op_get_index, metaffi_object_get_index(o, 1, &to, e))
GIVES_VALUE(op_get_far_index, metaffi_object_get_index(o, INT64_MAX, &to, e))
GIVES_VALUE(op_get_negative_index, metaffi_object_get_index(o, INT64_MIN, &to, e))
GIVES_VALUE(op_get_item, metaffi_object_get_item(o, &one, &to, e))
GIVES_VALUE(op_get_item_by_text, metaffi_object_get_item(o, &text, &to, e))
GIVES_VALUE(op_get_entry, metaffi_object_get_entry(o, present_name(), &to, e))
GIVES(op_set_index, int, ((void)to, metaffi_object_set_index(o, 1, &one, e)))
GIVES(op_set_item, int, ((void)to, metaffi_object_set_item(o, &one, &one, e)))
GIVES(op_set_entry, int, ((void)to, metaffi_object_set_entry(o, present_name(), &one, e)))
GIVES(op_delete_index, int, ((void)to, metaffi_object_set_index(o, 1000, NULL, e)))
GIVES(op_delete_entry, int, ((void)to, metaffi_object_set_entry(o, present_name(), NULL, e)))

OPERATION(op_slice) {
    metaffi_object *to = NULL;
    int64_t from = 0, until = 1;
    return drop_object(metaffi_object_slice(o, &from, &until, NULL, &to, e), to);
}

GIVES(op_length, size_t, metaffi_object_length(o, &to, e))
GIVES(op_contains, bool, metaffi_object_contains(o, &one, &to, e))

GIVES_VALUE(op_call, metaffi_object_call(o, NULL, 0, NULL, 0, &to, e))
GIVES_VALUE(op_call_with_one, metaffi_object_call(o, &one, 1, NULL, 0, &to, e))
GIVES_VALUE(op_construct, metaffi_object_construct(o, NULL, 0, NULL, 0, &to, e))

OPERATION(op_call_by_name) {
    const metaffi_name *names[] = {present_name()};
    metaffi_value to = {0, {0}}, one = int64_value(1);
    return drop_value(metaffi_object_call(o, &one, 1, names, 1, &to, e), to);
}

GIVES_OBJECT(op_iterate, metaffi_object_iterate(o, METAFFI_ITERATE_ITSELF, &to, e))
GIVES_OBJECT(op_iterate_keys, metaffi_object_iterate(o, METAFFI_ITERATE_KEYS, &to, e))
GIVES_OBJECT(op_iterate_values, metaffi_object_iterate(o, METAFFI_ITERATE_VALUES, &to, e))

static inline metaffi_status next_of(const metaffi_object *o, size_t room, metaffi_error **e) {
    metaffi_value values[4];
    size_t count = 0;
    metaffi_status status = metaffi_object_next(o, values, room, &count, e);
    for (size_t i = 0; i < count; i++)
        metaffi_value_clear(&values[i]);
    return status;
}

OPERATION(op_next) {
    return next_of(o, 4, e);
}

/* The iterator is freed with what it has put off. */
static inline metaffi_status first_of(const metaffi_object *o, metaffi_iteration what,
                                      metaffi_error **e) {
    metaffi_object *iterator = NULL;
    metaffi_status status = metaffi_object_iterate(o, what, &iterator, e);
    if (status == METAFFI_OK)
        status = next_of(iterator, 4, e);
    return drop_object(status, iterator);
}

OPERATION(op_first_ones) {
    return first_of(o, METAFFI_ITERATE_ITSELF, e);
}

OPERATION(op_first_entries) {
    return first_of(o, METAFFI_ITERATE_ENTRIES, e);
}

static inline metaffi_status send_to(const metaffi_object *o, metaffi_send kind,
                                     metaffi_error **e) {
    metaffi_value to = {0, {0}}, one = int64_value(1);
    metaffi_error *failure = NULL;
    bool yielded = false;
    if (kind == METAFFI_SEND_ERROR)
        metaffi_error_new(METAFFI_STATUS_FOREIGN, "Failure", "is raised", &failure);
    metaffi_status status = metaffi_object_send(o, kind, kind == METAFFI_SEND_VALUE ? &one : NULL,
                                                failure, &to, &yielded, e);
    metaffi_error_free(failure);
    return drop_value(status, to);
}

OPERATION(op_send_value) {
    return send_to(o, METAFFI_SEND_VALUE, e);
}

OPERATION(op_send_error) {
    return send_to(o, METAFFI_SEND_ERROR, e);
}

OPERATION(op_close) {
    return send_to(o, METAFFI_SEND_CLOSE, e);
}

GIVES(op_equal, bool, metaffi_object_compare(o, METAFFI_EQUAL, &one, &to, e))
GIVES(op_less, bool, metaffi_object_compare(o, METAFFI_LESS, &one, &to, e))
GIVES(op_hash, uint64_t, metaffi_object_hash(o, &to, e))
GIVES(op_truth, bool, metaffi_object_truth(o, &to, e))
GIVES_VALUE(op_display, metaffi_object_text(o, METAFFI_TEXT_DISPLAY, &to, e))
GIVES_VALUE(op_debug, metaffi_object_text(o, METAFFI_TEXT_DEBUG, &to, e))
GIVES_VALUE(op_safe, metaffi_object_text(o, METAFFI_TEXT_SAFE, &to, e))
GIVES_VALUE(op_number, metaffi_object_number(o, &to, e))

GIVES_OBJECT(op_type, metaffi_object_type(o, &to, e))

OPERATION(op_parents) {
    metaffi_array *to = NULL;
    metaffi_status status = metaffi_object_parents(o, &to, e);
    metaffi_array_free(to);
    return status;
}

GIVES(op_is_instance, bool, metaffi_object_is_instance(o, o, &to, e))
GIVES_VALUE(op_enter, metaffi_object_enter(o, &to, e))
GIVES(op_exit, bool, metaffi_object_exit(o, NULL, &to, e))

OPERATION(op_exit_with_error) {
    metaffi_error *failure = NULL;
    bool suppressed = false;
    metaffi_error_new(METAFFI_STATUS_FOREIGN, "Failure", "of the body", &failure);
    metaffi_status status = metaffi_object_exit(o, failure, &suppressed, e);
    metaffi_error_free(failure);
    return status;
}

static inline metaffi_status look_at(const metaffi_object *o, bool writable, metaffi_error **e) {
    metaffi_array *to = NULL;
    metaffi_status status = metaffi_object_buffer(o, writable, &to, e);
    metaffi_array_free(to);
    return status;
}

OPERATION(op_buffer) {
    return look_at(o, false, e);
}

OPERATION(op_buffer_to_write) {
    return look_at(o, true, e);
}

OPERATION(op_source) {
    char *file = NULL;
    uint32_t line = 0;
    metaffi_status status = metaffi_object_source(o, &file, &line, e);
    metaffi_free(file);
    return status;
}

OPERATION(op_convert) {
    metaffi_value root = object_value((metaffi_object *)o), to = {0, {0}};
    return drop_value(metaffi_object_convert(&root, NULL, &to, e), to);
}

OPERATION(op_await) {
    metaffi_task *task = NULL;
    metaffi_value to = {0, {0}};
    metaffi_status status = metaffi_object_await(o, NULL, NULL, NULL, &task, e);
    if (status == METAFFI_OK)
        status = metaffi_task_wait(task, UINT64_MAX, &to, e);
    metaffi_task_free(task);
    return drop_value(status, to);
}

GIVES_OBJECT(op_iterate_async, metaffi_object_iterate_async(o, &to, e))

/* What is to be awaited is. */
static inline metaffi_status awaited(metaffi_status status, metaffi_object *given,
                                     metaffi_error **e) {
    return drop_object(status == METAFFI_OK ? op_await(given, e) : status, given);
}

#define GIVES_AWAITABLE(name, call)                                                                \
    OPERATION(name) {                                                                              \
        metaffi_object *to = NULL;                                                                 \
        metaffi_status status = call;                                                              \
        return awaited(status, to, e);                                                             \
    }

GIVES_AWAITABLE(op_next_async, metaffi_object_next_async(o, &to, e))
GIVES_AWAITABLE(op_close_async, metaffi_object_close_async(o, &to, e))
GIVES_AWAITABLE(op_enter_async, metaffi_object_enter_async(o, &to, e))
GIVES_AWAITABLE(op_exit_async, metaffi_object_exit_async(o, NULL, &to, e))

#define CAN(what) METAFFI_CAN_##what
static const struct operation OPERATIONS[] = {
    {"capabilities", 0, op_capabilities},
    {"identity", 0, op_identity},
    {"clone", 0, op_clone},
    {"type name", 0, op_type_name},
    {"get", CAN(READ_ATTRIBUTES), op_get},
    {"get attribute", CAN(READ_ATTRIBUTES), op_get_attribute},
    {"set", CAN(WRITE_ATTRIBUTES), op_set},
    {"set attribute", CAN(WRITE_ATTRIBUTES), op_set_attribute},
    {"delete attribute", CAN(DELETE_ATTRIBUTES), op_delete_attribute},
    {"members", CAN(LIST_MEMBERS), op_members},
    {"invoke", CAN(READ_ATTRIBUTES) | CAN(CALL), op_invoke},
    {"get index", CAN(READ_ITEMS), op_get_index},
    {"get far index", CAN(READ_ITEMS), op_get_far_index},
    {"get negative index", CAN(READ_ITEMS), op_get_negative_index},
    {"get item", CAN(READ_ITEMS) | CAN(READ_ENTRIES), op_get_item},
    {"get item by text", CAN(READ_ITEMS) | CAN(READ_ENTRIES), op_get_item_by_text},
    {"set index", CAN(WRITE_ITEMS), op_set_index},
    {"set item", CAN(WRITE_ITEMS) | CAN(WRITE_ENTRIES), op_set_item},
    {"set entry", CAN(WRITE_ENTRIES), op_set_entry},
    {"get entry", CAN(READ_ENTRIES), op_get_entry},
    {"delete index", CAN(DELETE_ITEMS), op_delete_index},
    {"delete entry", CAN(DELETE_ENTRIES), op_delete_entry},
    {"slice", CAN(READ_ITEMS), op_slice},
    {"length", CAN(LENGTH), op_length},
    {"contains", CAN(CONTAIN), op_contains},
    {"call", CAN(CALL), op_call},
    {"call with one", CAN(CALL), op_call_with_one},
    {"call by name", CAN(CALL), op_call_by_name},
    {"construct", CAN(CONSTRUCT), op_construct},
    {"iterate", CAN(ITERATE), op_iterate},
    {"iterate keys", CAN(ITERATE), op_iterate_keys},
    {"iterate values", CAN(ITERATE), op_iterate_values},
    {"first ones", CAN(ITERATE), op_first_ones},
    {"first entries", CAN(ITERATE), op_first_entries},
    {"next", CAN(NEXT), op_next},
    {"send value", CAN(SEND), op_send_value},
    {"send error", CAN(SEND), op_send_error},
    {"close", CAN(SEND), op_close},
    {"equal", 0, op_equal},
    {"less", CAN(ORDER), op_less},
    {"hash", CAN(HASH), op_hash},
    {"truth", 0, op_truth},
    {"display text", 0, op_display},
    {"debug text", 0, op_debug},
    {"safe text", 0, op_safe},
    {"number", METAFFI_IS_NUMBER, op_number},
    {"type", 0, op_type},
    {"parents", METAFFI_IS_TYPE, op_parents},
    {"is instance", METAFFI_IS_TYPE, op_is_instance},
    {"enter", CAN(ENTER), op_enter},
    {"exit", CAN(ENTER), op_exit},
    {"exit with error", CAN(ENTER), op_exit_with_error},
    {"buffer", CAN(BUFFER), op_buffer},
    {"buffer to write", CAN(WRITE_BUFFER), op_buffer_to_write},
    {"source", 0, op_source},
    {"convert", 0, op_convert},
    {"await", CAN(AWAIT), op_await},
    {"iterate async", CAN(ITERATE_ASYNC), op_iterate_async},
    {"next async", CAN(NEXT_ASYNC), op_next_async},
    {"close async", CAN(NEXT_ASYNC), op_close_async},
    {"enter async", CAN(ENTER_ASYNC), op_enter_async},
    {"exit async", CAN(ENTER_ASYNC), op_exit_async},
};
#undef CAN

#endif
