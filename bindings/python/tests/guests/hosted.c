/* Objects of a host that do what an object of Python does: each is asked for what it can do, and
 * has the functions for that. */
#include <metaffi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What stands for an object of Python, with the class that was made for it. */
struct hosted {
    metaffi_object_class class;
    metaffi_object *inner;
};

/* How many there are. */
int living;

/* Whether the end of one calls what it stands for, which has no attribute `at_end` otherwise. */
int calls_at_end;

static void call_at_end(const metaffi_object *inner) {
    const metaffi_name *name = NULL;
    metaffi_value returned = {0, {0}};
    metaffi_name_intern("at_end", &name, NULL);
    metaffi_object_invoke(inner, name, NULL, 0, NULL, 0, &returned, NULL);
    metaffi_value_clear(&returned);
}

static metaffi_object *inner_of(void *userdata) {
    return ((struct hosted *)userdata)->inner;
}

static void free_hosted(void *userdata) {
    if (calls_at_end)
        call_at_end(inner_of(userdata));
    metaffi_object_free(inner_of(userdata));
    free(userdata);
    __atomic_fetch_sub(&living, 1, __ATOMIC_RELAXED);
}

/* The object for one of Python, of which it takes the handle over. */
static metaffi_status host_object(metaffi_object *inner, metaffi_capabilities hidden,
                                  metaffi_object **object, metaffi_error **error);

static metaffi_status host_made(metaffi_status status, metaffi_object *made,
                                metaffi_object **object, metaffi_error **error) {
    return status != METAFFI_OK ? status : host_object(made, 0, object, error);
}

static metaffi_status get_attribute(void *userdata, const char *name, size_t length,
                                    metaffi_value *value, metaffi_error **error) {
    return metaffi_object_get_attribute(inner_of(userdata), name, length, value, error);
}

static metaffi_status set_attribute(void *userdata, const char *name, size_t length,
                                    const metaffi_value *value, metaffi_error **error) {
    return metaffi_object_set_attribute(inner_of(userdata), name, length, value, error);
}

static metaffi_status delete_attribute(void *userdata, const char *name, size_t length,
                                       metaffi_error **error) {
    return metaffi_object_set_attribute(inner_of(userdata), name, length, NULL, error);
}

static metaffi_status members(void *userdata, metaffi_member_sink add, void *sink,
                              metaffi_error **error) {
    metaffi_member *all = NULL;
    size_t count = 0;
    metaffi_status status = metaffi_object_members(inner_of(userdata), &all, &count, error);
    for (size_t i = 0; i < count && status == METAFFI_OK; i++)
        if (all[i].name[0] != '_')
            status = add(sink, all[i].name, strlen(all[i].name), all[i].kind);
    metaffi_free(all);
    return status;
}

static metaffi_value position(int64_t index) {
    return (metaffi_value){metaffi_int64_type, {.int64 = index}};
}

static metaffi_status get_item(void *userdata, int64_t index, metaffi_value *value,
                               metaffi_error **error) {
    return metaffi_object_get_index(inner_of(userdata), index, value, error);
}

static metaffi_status set_item(void *userdata, int64_t index, const metaffi_value *value,
                               metaffi_error **error) {
    metaffi_value key = position(index);
    return metaffi_object_set_item(inner_of(userdata), &key, value, error);
}

static metaffi_status delete_item(void *userdata, int64_t index, metaffi_error **error) {
    return set_item(userdata, index, NULL, error);
}

static metaffi_status get_entry(void *userdata, const metaffi_value *key, metaffi_value *value,
                                metaffi_error **error) {
    return metaffi_object_get_item(inner_of(userdata), key, value, error);
}

static metaffi_status set_entry(void *userdata, const metaffi_value *key,
                                const metaffi_value *value, metaffi_error **error) {
    return metaffi_object_set_item(inner_of(userdata), key, value, error);
}

static metaffi_status delete_entry(void *userdata, const metaffi_value *key,
                                   metaffi_error **error) {
    return metaffi_object_set_item(inner_of(userdata), key, NULL, error);
}

static metaffi_status length(void *userdata, size_t *count, metaffi_error **error) {
    return metaffi_object_length(inner_of(userdata), count, error);
}

static metaffi_status contains(void *userdata, const metaffi_value *value, bool *is,
                               metaffi_error **error) {
    return metaffi_object_contains(inner_of(userdata), value, is, error);
}

static metaffi_status call(void *userdata, const metaffi_value *arguments, size_t count,
                           const metaffi_name *const *names, size_t named, metaffi_value *value,
                           metaffi_error **error) {
    return metaffi_object_call(inner_of(userdata), arguments, count, names, named, value, error);
}

static metaffi_status construct(void *userdata, const metaffi_value *arguments, size_t count,
                                const metaffi_name *const *names, size_t named,
                                metaffi_value *value, metaffi_error **error) {
    return metaffi_object_construct(inner_of(userdata), arguments, count, names, named, value,
                                    error);
}

static metaffi_status iterate(void *userdata, metaffi_iteration what, metaffi_object **iterator,
                              metaffi_error **error) {
    metaffi_object *made = NULL;
    metaffi_status status = metaffi_object_iterate(inner_of(userdata), what, &made, error);
    return host_made(status, made, iterator, error);
}

static metaffi_status next(void *userdata, metaffi_value *values, size_t room, size_t *count,
                           metaffi_error **error) {
    return metaffi_object_next(inner_of(userdata), values, room, count, error);
}

static metaffi_status send(void *userdata, metaffi_send how, const metaffi_value *sent,
                           const metaffi_error *raised, metaffi_value *value, bool *yielded,
                           metaffi_error **error) {
    return metaffi_object_send(inner_of(userdata), how, sent, raised, value, yielded, error);
}

static metaffi_status iterate_async(void *userdata, metaffi_object **iterator,
                                    metaffi_error **error) {
    metaffi_object *made = NULL;
    metaffi_status status = metaffi_object_iterate_async(inner_of(userdata), &made, error);
    return host_made(status, made, iterator, error);
}

static metaffi_status next_async(void *userdata, metaffi_object **awaitable,
                                 metaffi_error **error) {
    metaffi_object *made = NULL;
    metaffi_status status = metaffi_object_next_async(inner_of(userdata), &made, error);
    return host_made(status, made, awaitable, error);
}

static metaffi_status close_async(void *userdata, metaffi_object **awaitable,
                                  metaffi_error **error) {
    metaffi_object *made = NULL;
    metaffi_status status = metaffi_object_close_async(inner_of(userdata), &made, error);
    return host_made(status, made, awaitable, error);
}

static metaffi_status compare(void *userdata, metaffi_comparison how, const metaffi_value *with,
                              bool *holds, metaffi_error **error) {
    /* Two of these are compared as what they stand for. */
    const struct hosted *self = userdata, *other = NULL;
    if (with->type == metaffi_handle_type)
        other = metaffi_object_userdata(with->data.object, &self->class);
    metaffi_value same = {metaffi_handle_type, {.object = other ? other->inner : NULL}};
    return metaffi_object_compare(self->inner, how, other ? &same : with, holds, error);
}

static metaffi_status hash(void *userdata, uint64_t *number, metaffi_error **error) {
    return metaffi_object_hash(inner_of(userdata), number, error);
}

static metaffi_status truth(void *userdata, bool *is, metaffi_error **error) {
    return metaffi_object_truth(inner_of(userdata), is, error);
}

static metaffi_status text(void *userdata, metaffi_text_kind kind, metaffi_value *value,
                           metaffi_error **error) {
    return metaffi_object_text(inner_of(userdata), kind, value, error);
}

static metaffi_status number(void *userdata, metaffi_value *value, metaffi_error **error) {
    return metaffi_object_number(inner_of(userdata), value, error);
}

static metaffi_status enter(void *userdata, metaffi_value *entered, metaffi_error **error) {
    return metaffi_object_enter(inner_of(userdata), entered, error);
}

static metaffi_status leave(void *userdata, const metaffi_error *failure, bool *handled,
                            metaffi_error **error) {
    return metaffi_object_exit(inner_of(userdata), failure, handled, error);
}

static metaffi_status enter_async(void *userdata, metaffi_object **awaitable,
                                  metaffi_error **error) {
    metaffi_object *made = NULL;
    metaffi_status status = metaffi_object_enter_async(inner_of(userdata), &made, error);
    return host_made(status, made, awaitable, error);
}

static metaffi_status leave_async(void *userdata, const metaffi_error *failure,
                                  metaffi_object **awaitable, metaffi_error **error) {
    metaffi_object *made = NULL;
    metaffi_status status = metaffi_object_exit_async(inner_of(userdata), failure, &made, error);
    return host_made(status, made, awaitable, error);
}

static metaffi_status buffer(void *userdata, bool writable, metaffi_array **array,
                             metaffi_error **error) {
    return metaffi_object_buffer(inner_of(userdata), writable, array, error);
}

/* What is awaited: it settles a promise when it is done. */
static void settle(void *promise, metaffi_status status, const metaffi_value *value,
                   const metaffi_error *error) {
    metaffi_error *made = NULL;
    if (error == NULL && status != METAFFI_OK)
        metaffi_error_new(status, "", "it was not done", &made);
    metaffi_promise_settle(promise, status == METAFFI_OK ? value : NULL, error ? error : made,
                           NULL);
    metaffi_error_free(made);
}

static void free_promise(void *promise) {
    metaffi_object_free(promise);
}

/* The task of the last promise that was begun, which `cancel` is about: one at a time. */
static metaffi_task *begun;

static metaffi_status start(void *userdata, metaffi_object *promise, metaffi_error **error) {
    metaffi_task_free(begun);
    begun = NULL;
    return metaffi_object_await(inner_of(userdata), settle, promise, free_promise, &begun, error);
}

static metaffi_status cancel(void *userdata, const metaffi_object *promise, metaffi_error **error) {
    (void)userdata, (void)promise;
    return metaffi_task_cancel(begun, error);
}

static metaffi_status source(void *userdata, metaffi_value *file, uint32_t *line,
                             metaffi_error **error) {
    char *name = NULL;
    metaffi_status status = metaffi_object_source(inner_of(userdata), &name, line, error);
    if (status == METAFFI_OK)
        *file = (metaffi_value){metaffi_string8_type,
                                {.string = {(const uint8_t *)name, strlen(name)}}};
    return status;
}

static metaffi_status host_object(metaffi_object *inner, metaffi_capabilities hidden,
                                  metaffi_object **object, metaffi_error **error) {
    metaffi_capabilities can = 0;
    metaffi_status status = metaffi_object_capabilities(inner, &can, error);
    struct hosted *made = calloc(1, sizeof *made);
    can &= ~hidden;
    made->inner = inner;
    made->class = (metaffi_object_class){
        .size = sizeof made->class, .name = "Hosted", .is = can, .truth = truth, .text = text};
#define IF(bit, function, value)                                                                   \
    if (can & METAFFI_CAN_##bit)                                                                   \
    made->class.function = value
    IF(READ_ATTRIBUTES, get_attribute, get_attribute);
    IF(WRITE_ATTRIBUTES, set_attribute, set_attribute);
    IF(DELETE_ATTRIBUTES, delete_attribute, delete_attribute);
    IF(LIST_MEMBERS, members, members);
    IF(READ_ITEMS, get_item, get_item);
    IF(WRITE_ITEMS, set_item, set_item);
    IF(DELETE_ITEMS, delete_item, delete_item);
    IF(READ_ENTRIES, get_entry, get_entry);
    IF(WRITE_ENTRIES, set_entry, set_entry);
    IF(DELETE_ENTRIES, delete_entry, delete_entry);
    IF(LENGTH, length, length);
    IF(CONTAIN, contains, contains);
    IF(CALL, call, call);
    IF(CONSTRUCT, construct, construct);
    IF(ITERATE, iterate, iterate);
    IF(NEXT, next, next);
    IF(SEND, send, send);
    IF(ITERATE_ASYNC, iterate_async, iterate_async);
    IF(NEXT_ASYNC, next_async, next_async);
    IF(NEXT_ASYNC, close_async, close_async);
    IF(AWAIT, start, start);
    IF(AWAIT, cancel, cancel);
    IF(HASH, hash, hash);
    IF(ENTER, enter, enter);
    IF(ENTER, exit, leave);
    IF(ENTER_ASYNC, enter_async, enter_async);
    IF(ENTER_ASYNC, exit_async, leave_async);
    IF(BUFFER, buffer, buffer);
    if (can & METAFFI_IS_NUMBER)
        made->class.number = number;
    if (can & METAFFI_CAN_ORDER)
        made->class.compare = compare;
    char *file = NULL;
    uint32_t line = 0;
    if (metaffi_object_source(inner, &file, &line, NULL) == METAFFI_OK && file != NULL)
        made->class.source = source;
    metaffi_free(file);
    if (status == METAFFI_OK)
        status = metaffi_object_new(&made->class, made, free_hosted, object, error);
    __atomic_fetch_add(&living, 1, __ATOMIC_RELAXED);
    if (status != METAFFI_OK)
        free_hosted(made);
    return status;
}

/* What came of an await, as one line. */
static void print_outcome(void *number, metaffi_status status, const metaffi_value *value,
                          const metaffi_error *error) {
    char line[80];
    int is_number = value != NULL && value->type == metaffi_int64_type;
    int length = snprintf(line, sizeof line, "%d: status %d, value %d%s\n", (int)(intptr_t)number,
                          (int)status, is_number ? (int)value->data.int64 : -1,
                          error != NULL ? ", error" : "");
    if (write(1, line, (size_t)length) < 0)
        abort();
}

/* Awaits an object, which is freed, and prints what comes of it: on whatever thread that is known,
 * or here, if the number is even. */
static metaffi_status await_object(metaffi_object *object, intptr_t number) {
    int waits = number % 2 == 0;
    metaffi_task *task = NULL;
    metaffi_status status = metaffi_object_await(object, waits ? NULL : print_outcome,
                                                 (void *)number, NULL, &task, NULL);
    metaffi_object_free(object);
    if (status == METAFFI_OK && waits) {
        metaffi_value value;
        metaffi_error *error = NULL;
        metaffi_status waited = metaffi_task_wait(task, UINT64_MAX, &value, &error);
        print_outcome((void *)number, waited, &value, error);
        metaffi_value_clear(&value);
        metaffi_error_free(error);
    }
    metaffi_task_free(task);
    return status;
}

/* Asks the functions `given` and `taken` of a module of Python: what the one gives, an object and
 * what is hidden of it, becomes the host's, and goes to the other. A number below zero says instead
 * that it is awaited. */
int host(const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_type_info returned[] = {handle, {metaffi_int64_type, NULL, 0}};
    metaffi_runtime *python = NULL;
    metaffi_module *module = NULL;
    metaffi_entity *given = NULL, *taken = NULL;
    metaffi_error *error = NULL;
    metaffi_value got[2], object = {metaffi_handle_type, {0}};
    metaffi_status status = metaffi_runtime_load("python3", NULL, 0, &python, &error);
    if (status == METAFFI_OK)
        status = metaffi_module_load(python, path, &module, &error);
    if (status == METAFFI_OK)
        status =
            metaffi_entity_load(module, "callable=given", NULL, 0, returned, 2, &given, &error);
    if (status == METAFFI_OK)
        status = metaffi_entity_load(module, "callable=taken", &handle, 1, NULL, 0, &taken, &error);
    if (status == METAFFI_OK)
        status = metaffi_entity_call(given, NULL, 0, got, 2, &error);
    if (status == METAFFI_OK && got[1].data.int64 < 0) {
        status = await_object(got[0].data.object, (intptr_t)-got[1].data.int64);
    } else if (status == METAFFI_OK) {
        status = host_object(got[0].data.object, (metaffi_capabilities)got[1].data.int64,
                             &object.data.object, &error);
        if (status == METAFFI_OK)
            status = metaffi_entity_call(taken, &object, 1, NULL, 0, &error);
    }
    metaffi_object_free(object.data.object);
    metaffi_entity_free(given);
    metaffi_entity_free(taken);
    metaffi_module_free(module);
    metaffi_runtime_free(python);
    if (error != NULL)
        abort();
    return (int)status;
}
