/* What objects of a host can do without a function for it, what they are awaited by, and what their
 * errors are in Python. */
#include "python_module.h"

#include <pthread.h>

static metaffi_module *builtins;
static const int64_t numbers[] = {3, 4, 5, 6};

static int is(const char *name, size_t length, const char *text) {
    return length == strlen(text) && memcmp(name, text, length) == 0;
}

static metaffi_status item(void *userdata, int64_t index, metaffi_value *value,
                           metaffi_error **error) {
    (void)userdata, (void)error;
    if (index < 0 || index >= 4)
        return METAFFI_STATUS_NOT_FOUND;
    *value = (metaffi_value){metaffi_int64_type, {.int64 = numbers[index]}};
    return METAFFI_OK;
}

static metaffi_status length(void *userdata, size_t *length, metaffi_error **error) {
    (void)userdata, (void)error;
    *length = 4;
    return METAFFI_OK;
}

static const metaffi_object_class row_class = {.size = sizeof row_class,
                                               .name = "Row",
                                               .is = METAFFI_IS_SEQUENCE,
                                               .get_item = item,
                                               .length = length};

/* Is done by a thread, or by who cancels it. */
static void *settle(void *promise) {
    metaffi_value done = {metaffi_int64_type, {.int64 = 42}};
    CHECK(metaffi_promise_settle(promise, &done, NULL, NULL) == METAFFI_OK);
    metaffi_object_free(promise);
    return NULL;
}

static pthread_t settling;

static metaffi_status start(void *userdata, metaffi_object *promise, metaffi_error **error) {
    (void)userdata, (void)error;
    return pthread_create(&settling, NULL, settle, promise) == 0 ? METAFFI_OK
                                                                 : METAFFI_STATUS_FOREIGN;
}

static metaffi_status next_async(void *userdata, metaffi_object **next, metaffi_error **error) {
    int *left = userdata;
    if ((*left)-- == 0)
        return METAFFI_STATUS_ENDED;
    metaffi_status status = metaffi_promise_new(next, error);
    metaffi_value value = {metaffi_int64_type, {.int64 = *left}};
    return status != METAFFI_OK ? status : metaffi_promise_settle(*next, &value, NULL, error);
}

static metaffi_status done(void *userdata, metaffi_object **awaitable, metaffi_error **error) {
    (void)userdata;
    metaffi_status status = metaffi_promise_new(awaitable, error);
    metaffi_value value = {metaffi_bool_type, {.boolean = false}};
    return status != METAFFI_OK ? status : metaffi_promise_settle(*awaitable, &value, NULL, error);
}

static metaffi_status leave(void *userdata, const metaffi_error *failure,
                            metaffi_object **awaitable, metaffi_error **error) {
    (void)failure;
    return done(userdata, awaitable, error);
}

/* Fails with all that is known. */
static metaffi_status attribute(void *userdata, const char *name, size_t length,
                                metaffi_value *value, metaffi_error **error) {
    (void)userdata, (void)value;
    if (!is(name, length, "fails"))
        return METAFFI_STATUS_NOT_FOUND;
    metaffi_error *cause = NULL;
    metaffi_error_new(METAFFI_STATUS_FOREIGN, "go.Cause", "the disk", &cause);
    metaffi_object *original = NULL;
    metaffi_object_new(&row_class, NULL, NULL, &original, NULL);
    const metaffi_stack_frame frames[] = {{"main.read", "/nowhere/main.go", 21, "panic(err)"}};
    metaffi_error_details details = {sizeof details, original, cause, "goroutine 1", frames, 1};
    metaffi_error_new_detailed(METAFFI_STATUS_FOREIGN, "go.Error", "no", &details, error);
    metaffi_error_free(cause);
    metaffi_object_free(original);
    return METAFFI_STATUS_FOREIGN;
}

static const metaffi_object_class stream_class = {.size = sizeof stream_class,
                                                  .name = "Stream",
                                                  .get_attribute = attribute,
                                                  .next_async = next_async,
                                                  .start = start,
                                                  .close_async = done,
                                                  .enter_async = done,
                                                  .exit_async = leave};

static metaffi_object *new_object(const metaffi_object_class *class, void *userdata) {
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new(class, userdata, NULL, &object, &err));
    return object;
}

static void a_sequence_is_iterated_sliced_and_converted_by_its_items(void) {
    metaffi_object *row = new_object(&row_class, NULL), *iterator = NULL, *slice = NULL;
    metaffi_value values[8] = {{0, {0}}};
    size_t count = 0;
    CHECK_OK(metaffi_object_iterate(row, METAFFI_ITERATE_ITSELF, &iterator, &err));
    CHECK_OK(metaffi_object_next(iterator, values, 3, &count, &err));
    CHECK(count == 3 && values[2].data.int64 == 5);
    CHECK_OK(metaffi_object_next(iterator, values, 8, &count, &err));
    CHECK(count == 1 && values[0].data.int64 == 6);
    CHECK_OK(metaffi_object_next(iterator, values, 8, &count, &err));
    CHECK(count == 0);
    metaffi_object_free(iterator);
    const int64_t step = -2;
    CHECK_OK(metaffi_object_slice(row, NULL, NULL, &step, &slice, &err));
    CHECK_OK(metaffi_object_length(slice, &count, &err));
    CHECK_OK(metaffi_object_get_index(slice, 1, &values[0], &err));
    CHECK(count == 2 && values[0].data.int64 == 4);
    metaffi_object_free(slice);
    metaffi_value lent = {metaffi_handle_type, {.object = row}}, whole = {0, {0}};
    CHECK_OK(metaffi_object_convert(&lent, NULL, &whole, &err));
    CHECK(whole.type == (metaffi_any_type | metaffi_array_type));
    CHECK(whole.data.array->shape[0] == 4);
    metaffi_value_clear(&whole);
    metaffi_object_free(row);
}

/* A mapping that has keys and entries alone. */
static metaffi_status key_at(void *userdata, int64_t index, metaffi_value *value,
                             metaffi_error **error) {
    (void)userdata, (void)error;
    if (index > 1)
        return METAFFI_STATUS_NOT_FOUND;
    char *text = metaffi_alloc(2);
    if (text == NULL)
        return METAFFI_STATUS_OUT_OF_MEMORY;
    memcpy(text, index == 0 ? "a" : "b", 2);
    *value = (metaffi_value){metaffi_string8_type, {.string = {text, 1}}};
    return METAFFI_OK;
}

static metaffi_status two(void *userdata, size_t *length, metaffi_error **error) {
    (void)userdata, (void)error;
    *length = 2;
    return METAFFI_OK;
}

static const metaffi_object_class keys_class = {.size = sizeof keys_class,
                                                .name = "Keys",
                                                .is = METAFFI_IS_SEQUENCE,
                                                .get_item = key_at,
                                                .length = two};

static metaffi_status entry(void *userdata, const metaffi_value *key, metaffi_value *value,
                            metaffi_error **error) {
    (void)userdata, (void)error;
    if (key->type != metaffi_string8_type || key->data.string.length != 1)
        return METAFFI_STATUS_NOT_FOUND;
    char which = *(const char *)key->data.string.data;
    if (which != 'a' && which != 'b')
        return METAFFI_STATUS_NOT_FOUND;
    *value = int64_value(which);
    return METAFFI_OK;
}

static metaffi_status keys_of(void *userdata, metaffi_iteration what, metaffi_object **iterator,
                              metaffi_error **error) {
    (void)userdata;
    if (what == METAFFI_ITERATE_VALUES || what == METAFFI_ITERATE_ENTRIES)
        return METAFFI_STATUS_UNSUPPORTED;
    metaffi_object *keys = NULL;
    metaffi_status status = metaffi_object_new(&keys_class, NULL, NULL, &keys, error);
    if (status == METAFFI_OK)
        status = metaffi_object_iterate(keys, METAFFI_ITERATE_ITSELF, iterator, error);
    metaffi_object_free(keys);
    return status;
}

static const metaffi_object_class letters_class = {.size = sizeof letters_class,
                                                   .name = "Letters",
                                                   .is = METAFFI_IS_MAPPING,
                                                   .get_entry = entry,
                                                   .iterate = keys_of};

static void a_mapping_has_values_and_entries_by_its_keys(void) {
    metaffi_object *letters = new_object(&letters_class, NULL), *iterator = NULL;
    metaffi_value values[4] = {{0, {0}}};
    size_t count = 0;
    CHECK_OK(metaffi_object_iterate(letters, METAFFI_ITERATE_VALUES, &iterator, &err));
    CHECK_OK(metaffi_object_next(iterator, values, 4, &count, &err));
    CHECK(count == 2 && values[0].data.int64 == 'a' && values[1].data.int64 == 'b');
    metaffi_object_free(iterator);
    CHECK_OK(metaffi_object_iterate(letters, METAFFI_ITERATE_ENTRIES, &iterator, &err));
    CHECK_OK(metaffi_object_next(iterator, values, 4, &count, &err));
    CHECK(count == 4 && values[1].data.int64 == 'a' && values[3].data.int64 == 'b');
    for (size_t i = 0; i < count; i++)
        metaffi_value_clear(&values[i]);
    metaffi_object_free(iterator);
    metaffi_object_free(letters);
}

/* A type, its heir, and an object of that. */
static metaffi_object *base_type, *heir_type;

static metaffi_status parents_of(void *userdata, metaffi_object_sink add, void *sink,
                                 metaffi_error **error) {
    (void)error;
    return userdata == NULL ? METAFFI_OK : add(sink, base_type);
}

static metaffi_status has_instance(void *userdata, const metaffi_object *object, bool *is,
                                   metaffi_error **error) {
    metaffi_object *type = NULL;
    metaffi_status status = metaffi_object_type(object, &type, error);
    uint64_t own = 0, other = 0;
    metaffi_object_identity(userdata == NULL ? base_type : heir_type, &own, NULL);
    metaffi_object_identity(type, &other, NULL);
    *is = status == METAFFI_OK && (own == other || userdata == NULL);
    metaffi_object_free(type);
    return status;
}

static const metaffi_object_class types_class = {.size = sizeof types_class,
                                                 .name = "type",
                                                 .is = METAFFI_IS_TYPE,
                                                 .has_instance = has_instance,
                                                 .parents = parents_of};

static metaffi_status type_of(void *userdata, metaffi_object **type, metaffi_error **error) {
    (void)userdata;
    return metaffi_object_clone(heir_type, type, error);
}

/* Lists what is no type, and a member that is none, and does as if nothing were wrong. */
static metaffi_status wrong_parents(void *userdata, metaffi_object_sink add, void *sink,
                                    metaffi_error **error) {
    (void)userdata, (void)error;
    add(sink, heir_type);
    add(sink, NULL);
    return METAFFI_OK;
}

static metaffi_status wrong_members(void *userdata, metaffi_member_sink add, void *sink,
                                    metaffi_error **error) {
    (void)error;
    add(sink, "right", 5, METAFFI_MEMBER_METHOD);
    if (userdata == NULL)
        add(sink, "\xff", 1, METAFFI_MEMBER_METHOD);
    else
        add(sink, "wrong", 5, 77);
    return METAFFI_OK;
}

static const metaffi_object_class wrong_class = {.size = sizeof wrong_class,
                                                 .name = "wrong",
                                                 .is = METAFFI_IS_TYPE,
                                                 .members = wrong_members,
                                                 .has_instance = has_instance,
                                                 .parents = wrong_parents};

static void what_cannot_be_listed_is_an_error(void) {
    heir_type = new_object(&types_class, NULL);
    metaffi_object *one = new_object(&wrong_class, NULL), *other = new_object(&wrong_class, &other);
    metaffi_array *parents = NULL;
    metaffi_member *members = NULL;
    size_t count = 0;
    CHECK_FAILS_WITH(metaffi_object_parents(one, &parents, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "parent 1: ");
    CHECK(parents == NULL);
    CHECK_FAILS_WITH(metaffi_object_members(one, &members, &count, &err),
                     METAFFI_STATUS_INVALID_TEXT, "member 1: ");
    CHECK_FAILS_WITH(metaffi_object_members(other, &members, &count, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "its kind, 77, is not known");
    CHECK(members == NULL && count == 0);
    metaffi_object_free(one);
    metaffi_object_free(other);
    metaffi_object_free(heir_type);
}

static const metaffi_object_class typed_class = {
    .size = sizeof typed_class, .name = "Heir", .type_of = type_of};

static void types_have_parents_and_instances(void) {
    base_type = new_object(&types_class, NULL);
    heir_type = new_object(&types_class, &heir_type);
    metaffi_object *typed = new_object(&typed_class, NULL), *type = NULL;
    metaffi_array *parents = NULL;
    CHECK_OK(metaffi_object_type(typed, &type, &err));
    CHECK_OK(metaffi_object_parents(type, &parents, &err));
    CHECK(parents->shape[0] == 1);
    metaffi_array_free(parents);
    CHECK_OK(metaffi_object_parents(base_type, &parents, &err));
    CHECK(metaffi_array_length(parents) == 0);
    metaffi_array_free(parents);
    bool is = false;
    CHECK_OK(metaffi_object_is_instance(typed, base_type, &is, &err));
    CHECK(is);
    CHECK_OK(metaffi_object_is_instance(typed, heir_type, &is, &err));
    CHECK(is);
    CHECK_FAILS(metaffi_object_parents(typed, &parents, &err), METAFFI_STATUS_UNSUPPORTED);
    metaffi_object_free(type);
    metaffi_object_free(typed);
    metaffi_object_free(heir_type);
    metaffi_object_free(base_type);
}

/* What an object's function fails with arrives whole. */
static void failures_arrive_with_cause_frames_and_original(void) {
    metaffi_object *stream = new_object(&stream_class, NULL);
    const metaffi_name *fails = NULL;
    metaffi_value value;
    metaffi_error *error = NULL;
    CHECK_OK(metaffi_name_intern("fails", &fails, &err));
    CHECK(metaffi_object_get(stream, fails, &value, &error) == METAFFI_STATUS_FOREIGN);
    CHECK_TEXT(metaffi_error_foreign_type(error), "go.Error");
    metaffi_error *cause = metaffi_error_cause(error);
    CHECK_TEXT(metaffi_error_message(cause), "the disk");
    metaffi_object *original = metaffi_error_original(error);
    CHECK(original != NULL);
    char *name = NULL;
    CHECK_OK(metaffi_object_type_name(original, &name, &err));
    CHECK_TEXT(name, "Row");
    metaffi_free(name);
    CHECK(metaffi_error_frame_count(error) == 1);
    CHECK(strstr(metaffi_error_trace(error), "goroutine 1") != NULL);
    metaffi_object_free(original);
    metaffi_error_free(cause);
    metaffi_error_free(error);
    metaffi_object_free(stream);
}

/* What an expression is, with the object as args[0]. */
static void says(const char *source, metaffi_object *object, const char *expected) {
    metaffi_value argument = {metaffi_handle_type, {.object = object}};
    metaffi_value result = evaluate(builtins, source, &argument, 1);
    check_string(result, expected);
}

static const char PROGRAM[] =
    "import asyncio, traceback\n"
    "async def use(stream):\n"
    "    async with stream as entered:\n"
    "        values = [value async for value in stream]\n"
    "    await stream.aclose()\n"
    "    return repr((entered, values, await stream))\n"
    "def run(stream):\n"
    "    return asyncio.run(use(stream))\n"
    "def fail(stream):\n"
    "    try:\n"
    "        stream.fails\n"
    "    except Exception as failure:\n"
    "        text = ''.join(traceback.format_exception(type(failure), failure, "
    "failure.__traceback__))\n"
    "        shown = [part in text for part in ('line 21, in main.read', 'panic(err)', 'the "
    "disk')]\n"
    "        return repr((str(failure.__cause__), list(failure.original), shown))\n";

static void python_awaits_and_shows_what_failed(void) {
    int left = 3;
    metaffi_object *stream = new_object(&stream_class, &left);
    FILE *file = fopen("host_defaults_guest.py", "w");
    CHECK(file != NULL);
    fputs(PROGRAM, file);
    fclose(file);
    metaffi_module *module = import("host_defaults_guest.py");
    metaffi_value argument = {metaffi_handle_type, {.object = stream}};
    metaffi_type_info any = info_of(metaffi_any_type);
    const char *paths[] = {"callable=run", "callable=fail"};
    const char *expected[] = {"(False, [2, 1, 0], 42)",
                              "('the disk', [3, 4, 5, 6], [True, True, True])"};
    for (int i = 0; i < 2; i++) {
        metaffi_entity *entity = load_typed(module, paths[i], &any, 1, any);
        check_string(call_with(entity, &argument, 1), expected[i]);
        metaffi_entity_free(entity);
    }
    pthread_join(settling, NULL);
    remove("host_defaults_guest.py");
    metaffi_module_free(module);
    metaffi_object_free(stream);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    a_sequence_is_iterated_sliced_and_converted_by_its_items();
    metaffi_object *row = new_object(&row_class, NULL);
    says("eval=repr((list(args[0])\\, args[0][1:3]))", row, "([3, 4, 5, 6], [4, 5])");
    metaffi_object_free(row);
    a_mapping_has_values_and_entries_by_its_keys();
    metaffi_object *letters = new_object(&letters_class, NULL);
    says("eval=repr((dict(args[0])\\, list(args[0].items())\\, 'c' in args[0]))", letters,
         "({'a': 97, 'b': 98}, [('a', 97), ('b', 98)], False)");
    metaffi_object_free(letters);
    types_have_parents_and_instances();
    what_cannot_be_listed_is_an_error();
    failures_arrive_with_cause_frames_and_original();
    python_awaits_and_shows_what_failed();
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
