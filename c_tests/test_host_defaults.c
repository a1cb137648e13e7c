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
    python_awaits_and_shows_what_failed();
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
