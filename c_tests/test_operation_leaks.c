/* Every operation on objects of Python and of a host, also on such as fail, very often, and by
 * eight threads: nothing is left. */
#include "leaks.h"
#include "python_module.h"

#define MOST 64

static metaffi_status fail(metaffi_error **error) {
    metaffi_error_new(METAFFI_STATUS_FOREIGN, "Failure", "on purpose", error);
    return METAFFI_STATUS_FOREIGN;
}

#define ONE ((metaffi_value){metaffi_int64_type, {.int64 = 1}})
#define OR_FAIL(does)                                                                              \
    if (userdata != NULL)                                                                          \
        return fail(e);                                                                            \
    does;                                                                                          \
    return METAFFI_OK
#define ARGUMENTS                                                                                  \
    const metaffi_value *arguments, size_t count, const metaffi_name *const *names, size_t named,  \
        metaffi_value *to, metaffi_error **e
#define UNUSED_ARGUMENTS (void)arguments, (void)count, (void)names, (void)named

static metaffi_status get_attribute(void *userdata, const char *name, size_t length,
                                    metaffi_value *to, metaffi_error **e) {
    if (userdata == NULL && (length != 7 || memcmp(name, "present", 7) != 0))
        return METAFFI_STATUS_NOT_FOUND;
    OR_FAIL(*to = ONE);
}

static metaffi_status set_attribute(void *userdata, const char *name, size_t length,
                                    const metaffi_value *value, metaffi_error **e) {
    (void)name, (void)length, (void)value;
    OR_FAIL();
}

static metaffi_status delete_attribute(void *userdata, const char *name, size_t length,
                                       metaffi_error **e) {
    (void)name, (void)length;
    OR_FAIL();
}

static metaffi_status members(void *userdata, metaffi_member_sink add, void *sink,
                              metaffi_error **e) {
    OR_FAIL(return add(sink, "present", 7, METAFFI_MEMBER_ATTRIBUTE));
}

static metaffi_status get_item(void *userdata, int64_t index, metaffi_value *to,
                               metaffi_error **e) {
    if (index < 0 || index > 9)
        return METAFFI_STATUS_NOT_FOUND;
    /* Some fail after others were got. */
    if (userdata != NULL && index < 2)
        return metaffi_value_new_string8("text", 4, to, e);
    OR_FAIL(*to = ONE);
}

static metaffi_status set_item(void *userdata, int64_t index, const metaffi_value *value,
                               metaffi_error **e) {
    (void)index, (void)value;
    OR_FAIL();
}

static metaffi_status delete_item(void *userdata, int64_t index, metaffi_error **e) {
    (void)index;
    OR_FAIL();
}

static metaffi_status get_entry(void *userdata, const metaffi_value *key, metaffi_value *to,
                                metaffi_error **e) {
    (void)key;
    OR_FAIL(return metaffi_value_new_string8("text", 4, to, e));
}

static metaffi_status set_entry(void *userdata, const metaffi_value *key,
                                const metaffi_value *value, metaffi_error **e) {
    (void)key, (void)value;
    OR_FAIL();
}

static metaffi_status delete_entry(void *userdata, const metaffi_value *key, metaffi_error **e) {
    (void)key;
    OR_FAIL();
}

static metaffi_status length(void *userdata, size_t *to, metaffi_error **e) {
    (void)userdata, (void)e;
    *to = 10;
    return METAFFI_OK;
}

static metaffi_status contains(void *userdata, const metaffi_value *value, bool *to,
                               metaffi_error **e) {
    (void)value;
    OR_FAIL(*to = true);
}

static metaffi_status call(void *userdata, ARGUMENTS) {
    UNUSED_ARGUMENTS;
    OR_FAIL(*to = ONE);
}

static metaffi_status invoke(void *userdata, const char *name, size_t length, ARGUMENTS) {
    (void)name, (void)length;
    return call(userdata, arguments, count, names, named, to, e);
}

static metaffi_status next(void *userdata, metaffi_value *values, size_t room, size_t *count,
                           metaffi_error **e) {
    /* It ends every other time. */
    static atomic_uint calls;
    size_t most = calls++ % 2 == 0 ? 2 : 0;
    for (; *count < room && *count < most; ++*count)
        values[*count] = ONE;
    OR_FAIL();
}

static metaffi_status send_on(void *userdata, metaffi_send how, const metaffi_value *sent,
                              const metaffi_error *raised, metaffi_value *to, bool *yielded,
                              metaffi_error **e) {
    (void)how, (void)sent, (void)raised;
    OR_FAIL(*to = ONE; *yielded = true);
}

static metaffi_status compare(void *userdata, metaffi_comparison how, const metaffi_value *with,
                              bool *holds, metaffi_error **e) {
    (void)how, (void)with;
    OR_FAIL(*holds = true);
}

static metaffi_status hash(void *userdata, uint64_t *to, metaffi_error **e) {
    OR_FAIL(*to = 7);
}

static metaffi_status truth(void *userdata, bool *to, metaffi_error **e) {
    OR_FAIL(*to = true);
}

static metaffi_status text(void *userdata, metaffi_text_kind kind, metaffi_value *to,
                           metaffi_error **e) {
    (void)kind;
    OR_FAIL(return metaffi_value_new_string8("text", 4, to, e));
}

static metaffi_status number(void *userdata, metaffi_value *to, metaffi_error **e) {
    OR_FAIL(*to = ONE);
}

static metaffi_status enter(void *userdata, metaffi_value *to, metaffi_error **e) {
    OR_FAIL(*to = ONE);
}

static metaffi_status leave(void *userdata, const metaffi_error *failure, bool *handled,
                            metaffi_error **e) {
    (void)failure;
    OR_FAIL(*handled = true);
}

static const size_t THREE = 3;
static int64_t memory[3];

static metaffi_status buffer(void *userdata, bool writable, metaffi_array **to, metaffi_error **e) {
    (void)writable;
    OR_FAIL(return metaffi_array_borrow(memory, metaffi_int64_type, &THREE, NULL, 1, NULL, NULL, to,
                                        e));
}

static metaffi_status start(void *userdata, metaffi_object *promise, metaffi_error **e) {
    metaffi_value done = ONE;
    if (userdata != NULL) {
        metaffi_object_free(promise);
        return fail(e);
    }
    metaffi_status status = metaffi_promise_settle(promise, &done, NULL, e);
    metaffi_object_free(promise);
    return status;
}

static metaffi_status promise(void *userdata, metaffi_object **to, metaffi_error **e) {
    metaffi_value done = ONE;
    OR_FAIL(metaffi_promise_new(to, e); return metaffi_promise_settle(*to, &done, NULL, e));
}

static metaffi_status leave_async(void *userdata, const metaffi_error *failure, metaffi_object **to,
                                  metaffi_error **e) {
    (void)failure;
    return promise(userdata, to, e);
}

/* Of objects without userdata they work, of others they fail. */
#define FUNCTIONS                                                                                  \
    .get_attribute = get_attribute, .set_attribute = set_attribute,                                \
    .delete_attribute = delete_attribute, .members = members, .invoke = invoke, .length = length,  \
    .contains = contains, .call = call, .construct = call, .compare = compare, .hash = hash,       \
    .truth = truth, .text = text, .number = number, .enter = enter, .exit = leave,                 \
    .buffer = buffer, .start = start, .iterate_async = promise, .next_async = promise,             \
    .close_async = promise, .enter_async = promise, .exit_async = leave_async

static const metaffi_object_class CLASSES[] = {
    {.size = sizeof(metaffi_object_class),
     .name = "Sequence",
     .is = METAFFI_IS_MUTABLE_SEQUENCE | METAFFI_CAN_ORDER | METAFFI_CAN_WRITE_BUFFER,
     .get_item = get_item,
     .set_item = set_item,
     .delete_item = delete_item,
     FUNCTIONS},
    {.size = sizeof(metaffi_object_class),
     .name = "Generator",
     .next = next,
     .send = send_on,
     .get_entry = get_entry,
     .set_entry = set_entry,
     .delete_entry = delete_entry,
     FUNCTIONS},
    {.size = sizeof(metaffi_object_class), .name = "Nothing"},
};

static metaffi_object *nth_subject(const metaffi_entity *entity, size_t index) {
    metaffi_slot frame[2] = {index, 0};
    CHECK_OK(metaffi_entity_call_frame(entity, frame, &err));
    return (metaffi_object *)(uintptr_t)frame[1];
}

/* What Python does with an object of a host's. */
static void python_leaves_nothing(metaffi_module *module, const struct subject *subjects,
                                  size_t count, size_t rounds) {
    metaffi_type_info any = info_of(metaffi_any_type);
    metaffi_entity *use = load_typed(module, "callable=use", &any, 1, any);
    size_t before = 0;
    for (size_t round = 0; round < rounds + rounds / 4; round++) {
        if (round == rounds / 4)
            before = resident();
        for (size_t i = 0; i < count; i++) {
            metaffi_value argument = object_value(subjects[i].object);
            metaffi_value done = call_with(use, &argument, 1);
            CHECK(done.type == metaffi_int64_type && done.data.int64 > 0);
        }
    }
    size_t after = resident(), left = after > before ? after - before : 0;
    if (getenv("METAFFI_TEST_ROUNDS") != NULL)
        printf("%-20s %8zu bytes after %zu rounds\n", "by Python", left, rounds);
    CHECK(left <= SLACK + rounds * count);
    metaffi_entity_free(use);
}

int main(void) {
    open_python();
    metaffi_module *module = import(GUEST_DIRECTORY "/hostile.py");
    metaffi_type_info handle = info_of(metaffi_handle_type), index = info_of(metaffi_int64_type);
    metaffi_entity *subject = load_typed(module, "callable=subject", &index, 1, handle);
    struct subject subjects[MOST];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(CLASSES); i++)
        for (int fails = 0; fails < 2; fails++) {
            metaffi_object *object = NULL;
            CHECK_OK(metaffi_object_new(&CLASSES[i], fails ? &memory : NULL, NULL, &object, &err));
            subjects[count++] = (struct subject){CLASSES[i].name, object};
        }
    size_t hosts = count;
    while (count < MOST && (subjects[count].object = nth_subject(subject, count - hosts)) != NULL)
        subjects[count++].name = "Python's";
    CHECK(count > hosts + 20 && count < MOST);
    size_t rounds = rounds_or(20);
    python_leaves_nothing(module, subjects, hosts, rounds);
    nothing_is_left(subjects, count, rounds);
    threads_leave_nothing(subjects, count, rounds / 10 + 1, python);
    for (size_t i = 0; i < count; i++)
        CHECK(metaffi_object_free(subjects[i].object) == METAFFI_OK);
    metaffi_entity_free(subject);
    metaffi_module_free(module);
    close_python();
    return CHECK_RESULT;
}
