/* Objects of Python by what they can do. */
#include "python_module.h"

static metaffi_module *types, *counting;

static metaffi_object *call_object(const metaffi_module *module, const char *path) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_entity *entity = load_typed(module, path, &handle, 0, handle);
    metaffi_slot frame[1] = {0};
    CHECK_OK(metaffi_entity_call_frame(entity, frame, &err));
    metaffi_entity_free(entity);
    return (metaffi_object *)(uintptr_t)frame[0];
}

static const metaffi_name *name_of(const char *text) {
    const metaffi_name *name = NULL;
    CHECK_OK(metaffi_name_intern(text, &name, &err));
    return name;
}

static void attributes_are_written_read_and_deleted(void) {
    metaffi_object *namespace = call_object(types, "callable=SimpleNamespace");
    const metaffi_name *count = name_of("count");
    metaffi_value value = {metaffi_int64_type, {.int64 = 7}}, read;
    CHECK_OK(metaffi_object_set(namespace, count, &value, &err));
    CHECK_OK(metaffi_object_get(namespace, count, &read, &err));
    CHECK(read.type == metaffi_int64_type && read.data.int64 == 7);
    CHECK_OK(metaffi_object_get_attribute(namespace, "count", 5, &read, &err));
    CHECK(read.type == metaffi_int64_type && read.data.int64 == 7);
    CHECK_OK(metaffi_object_set_attribute(namespace, "count", 5, NULL, &err));
    CHECK_FAILS_WITH(metaffi_object_get(namespace, count, &read, &err), METAFFI_STATUS_NOT_FOUND,
                     "count");
    CHECK(read.type == 0);
    metaffi_object_free(namespace);
    CHECK_FAILS_WITH(metaffi_object_get(namespace, count, &read, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "stale");
}

static void what_is_missing_has_a_close_name(void) {
    metaffi_object *counter = call_object(counting, "callable=Counter");
    metaffi_value read;
    CHECK_FAILS_WITH(metaffi_object_get(counter, name_of("most_comon"), &read, &err),
                     METAFFI_STATUS_NOT_FOUND, "did you mean \"most_common\"?");
    CHECK_FAILS_WITH(metaffi_object_get(counter, NULL, &read, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "name is NULL");
    CHECK_FAILS_WITH(metaffi_object_get(counter, name_of("get"), NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "value is NULL");
    metaffi_object_free(counter);
}

static metaffi_value number(int64_t is) {
    return (metaffi_value){metaffi_int64_type, {.int64 = is}};
}

static metaffi_value text(const char *is) {
    return (metaffi_value){metaffi_string8_type, {.string = {is, strlen(is)}}};
}

/* An entity path of source text. */
static const char *source_path(const char *key, const char *source) {
    static char path[2048];
    size_t length = (size_t)snprintf(path, sizeof path, "%s=", key);
    for (; *source != '\0' && length + 3 < sizeof path; source++) {
        if (strchr(",=\\", *source) != NULL)
            path[length++] = '\\';
        path[length++] = *source;
    }
    path[length] = '\0';
    return path;
}

/* What an expression gives, as the object that it is. */
static metaffi_object *made(const char *expression) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_entity *entity = load_typed(types, source_path("eval", expression), NULL, 0, handle);
    metaffi_slot frame[1] = {0};
    CHECK_OK(metaffi_entity_call_frame(entity, frame, &err));
    metaffi_entity_free(entity);
    return (metaffi_object *)(uintptr_t)frame[0];
}

static metaffi_capabilities can(const metaffi_object *object) {
    metaffi_capabilities capabilities = 0;
    CHECK_OK(metaffi_object_capabilities(object, &capabilities, &err));
    return capabilities;
}

static void items_are_told_from_entries(void) {
    metaffi_object *list = made("[1, 2.5, 'three']"), *dict = made("{'one': 1, 2: 'two'}");
    metaffi_value read, key = number(-1), written = number(9);
    CHECK((can(list) & (METAFFI_CAN_READ_ITEMS | METAFFI_CAN_READ_ENTRIES)) ==
          METAFFI_CAN_READ_ITEMS);
    CHECK((can(dict) & (METAFFI_CAN_READ_ITEMS | METAFFI_CAN_READ_ENTRIES)) ==
          METAFFI_CAN_READ_ENTRIES);
    CHECK_OK(metaffi_object_get_item(list, &key, &read, &err));
    check_string(read, "three");
    CHECK_OK(metaffi_object_get_index(list, 1, &read, &err));
    CHECK(read.type == metaffi_float64_type && read.data.float64 == 2.5);
    CHECK_OK(metaffi_object_set_index(list, 0, &written, &err));
    CHECK_OK(metaffi_object_get_index(list, -3, &read, &err));
    CHECK(read.data.int64 == 9);
    CHECK_OK(metaffi_object_set_index(list, 0, NULL, &err));
    size_t length = 0;
    CHECK_OK(metaffi_object_length(list, &length, &err));
    CHECK(length == 2);
    CHECK_FAILS_WITH(metaffi_object_get_index(list, 2, &read, &err), METAFFI_STATUS_NOT_FOUND,
                     "list index out of range");
    CHECK_FAILS(metaffi_object_get_index(list, INT64_MIN, &read, &err), METAFFI_STATUS_NOT_FOUND);
    CHECK_FAILS(metaffi_object_get_index(list, INT64_MAX, &read, &err), METAFFI_STATUS_NOT_FOUND);
    CHECK_FAILS_WITH(metaffi_object_get_entry(list, name_of("x"), &read, &err),
                     METAFFI_STATUS_UNSUPPORTED, "cannot have its entries read by key; it can");

    key = number(2);
    CHECK_OK(metaffi_object_get_item(dict, &key, &read, &err));
    check_string(read, "two");
    CHECK_OK(metaffi_object_get_entry(dict, name_of("one"), &read, &err));
    CHECK(read.data.int64 == 1);
    key = text("one");
    CHECK_OK(metaffi_object_get_item(dict, &key, &read, &err));
    CHECK(read.data.int64 == 1);
    CHECK_FAILS_WITH(metaffi_object_get_index(dict, 2, &read, &err), METAFFI_STATUS_UNSUPPORTED,
                     "items read by position");
    CHECK_FAILS_WITH(metaffi_object_get_entry(dict, name_of("onw"), &read, &err),
                     METAFFI_STATUS_NOT_FOUND, "did you mean \"one\"?");
    key = (metaffi_value){metaffi_handle_type, {.object = list}};
    CHECK_FAILS_WITH(metaffi_object_get_item(dict, &key, &read, &err), METAFFI_STATUS_FOREIGN,
                     "unhashable");
    CHECK_FAILS_WITH(metaffi_object_get_item(dict, NULL, &read, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "key is NULL");
    CHECK_OK(metaffi_object_set_entry(dict, name_of("one"), NULL, &err));
    bool contains = true;
    key = text("one");
    CHECK_OK(metaffi_object_contains(dict, &key, &contains, &err));
    CHECK(!contains);
    metaffi_object *part = NULL;
    int64_t from = 1;
    CHECK_OK(metaffi_object_slice(list, &from, NULL, NULL, &part, &err));
    CHECK_OK(metaffi_object_length(part, &length, &err));
    CHECK(length == 1);
    metaffi_object_free(part);
    metaffi_object_free(list);
    metaffi_object_free(dict);
}

static void objects_are_called_by_position_and_by_name(void) {
    metaffi_object *function = made("lambda a, b, *, c, d=4: a * 1000 + b * 100 + c * 10 + d");
    const metaffi_name *names[] = {name_of("d"), name_of("c")};
    metaffi_value arguments[] = {number(1), number(2), number(3), number(4)}, returned;
    CHECK_OK(metaffi_object_call(function, arguments, 4, names, 2, &returned, &err));
    CHECK(returned.data.int64 == 1243);
    CHECK_OK(metaffi_object_call(function, arguments, 3, names + 1, 1, &returned, &err));
    CHECK(returned.data.int64 == 1234);
    CHECK_FAILS_WITH(metaffi_object_call(function, arguments, 2, NULL, 0, &returned, &err),
                     METAFFI_STATUS_FOREIGN, "missing 1 required keyword-only argument: 'c'");
    CHECK_FAILS_WITH(metaffi_object_call(function, arguments, 1, names, 2, &returned, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "2 names are given for 1 arguments");
    names[1] = names[0];
    CHECK_FAILS_WITH(metaffi_object_call(function, arguments, 4, names, 2, &returned, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "\"d\" is given twice");
    names[1] = NULL;
    CHECK_FAILS_WITH(metaffi_object_call(function, arguments, 4, names, 2, &returned, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "name is NULL");
    CHECK_FAILS(metaffi_object_construct(function, NULL, 0, NULL, 0, &returned, &err),
                METAFFI_STATUS_UNSUPPORTED);
    metaffi_object_free(function);

    metaffi_object *text_of = made("'a,b,c'"), *complex_type = made("complex");
    metaffi_value comma = text(",");
    CHECK_OK(metaffi_object_invoke(text_of, name_of("count"), &comma, 1, NULL, 0, &returned, &err));
    CHECK(returned.data.int64 == 2);
    const metaffi_name *separator[] = {name_of("sep")};
    CHECK_OK(
        metaffi_object_invoke(text_of, name_of("split"), &comma, 1, separator, 1, &returned, &err));
    CHECK(returned.type == metaffi_handle_type);
    metaffi_value_clear(&returned);
    CHECK_FAILS_WITH(
        metaffi_object_invoke(text_of, name_of("cont"), &comma, 1, NULL, 0, &returned, &err),
        METAFFI_STATUS_NOT_FOUND, "did you mean \"count\"?");
    CHECK_FAILS_WITH(metaffi_object_call(text_of, NULL, 0, NULL, 0, &returned, &err),
                     METAFFI_STATUS_UNSUPPORTED,
                     "cannot be called; it can have its attributes read");
    CHECK_OK(metaffi_object_construct(complex_type, arguments, 2, NULL, 0, &returned, &err));
    metaffi_value_clear(&returned);
    metaffi_object_free(text_of);
    metaffi_object_free(complex_type);
}

static void values_are_fetched_in_batches(void) {
    metaffi_object *list = made("list(range(10))"), *iterator = NULL;
    metaffi_value values[4];
    size_t count = 0, total = 0;
    CHECK_OK(metaffi_object_iterate(list, METAFFI_ITERATE_ITSELF, &iterator, &err));
    while (CHECK_OK(metaffi_object_next(iterator, values, 4, &count, &err)) && count > 0) {
        for (size_t i = 0; i < count; i++)
            CHECK(values[i].data.int64 == (int64_t)total++);
    }
    CHECK(total == 10);
    CHECK_FAILS_WITH(metaffi_object_next(list, values, 4, &count, &err), METAFFI_STATUS_UNSUPPORTED,
                     "cannot give a next value");
    CHECK_FAILS(metaffi_object_iterate(list, METAFFI_ITERATE_KEYS, &iterator, &err),
                METAFFI_STATUS_UNSUPPORTED);
    metaffi_object_free(iterator);
    metaffi_object_free(list);

    metaffi_object *failing = made("(1 // x for x in [1, 1, 0, 1])");
    CHECK_OK(metaffi_object_next(failing, values, 4, &count, &err));
    CHECK(count == 2);
    CHECK_FAILS_WITH(metaffi_object_next(failing, values, 4, &count, &err), METAFFI_STATUS_FOREIGN,
                     "by zero");
    CHECK(count == 0);
    CHECK_OK(metaffi_object_next(failing, values, 4, &count, &err));
    CHECK(count == 0);
    metaffi_object_free(failing);

    metaffi_object *dict = made("{'a': 1, 'b': 2}");
    CHECK_OK(metaffi_object_iterate(dict, METAFFI_ITERATE_ENTRIES, &iterator, &err));
    CHECK_OK(metaffi_object_next(iterator, values, 4, &count, &err));
    CHECK(count == 4 && values[3].data.int64 == 2);
    check_string(values[0], "a");
    check_string(values[2], "b");
    metaffi_object_free(iterator);
    metaffi_object_free(dict);
}

static void generators_go_on_as_they_are_told(void) {
    metaffi_entity *entity =
        load_from(types, source_path("exec", "def echo():\n"
                                             "    got = []\n"
                                             "    while len(got) < 3:\n"
                                             "        try:\n"
                                             "            got.append((yield len(got)))\n"
                                             "        except ValueError as error:\n"
                                             "            got.append(str(error))\n"
                                             "    return got\n"
                                             "echoing = echo()\n"));
    CHECK_OK(metaffi_entity_call(entity, NULL, 0, NULL, 0, &err));
    metaffi_entity_free(entity);
    metaffi_object *generator = made("echoing");
    metaffi_value sent = number(5), read;
    metaffi_error *failure = NULL;
    bool yielded = false;
    CHECK_OK(metaffi_object_send(generator, METAFFI_SEND_VALUE, NULL, NULL, &read, &yielded, &err));
    CHECK(yielded && read.data.int64 == 0);
    CHECK_OK(
        metaffi_object_send(generator, METAFFI_SEND_VALUE, &sent, NULL, &read, &yielded, &err));
    CHECK(yielded && read.data.int64 == 1);
    metaffi_error_new(METAFFI_STATUS_INVALID_ARGUMENT, NULL, "no good", &failure);
    CHECK_OK(
        metaffi_object_send(generator, METAFFI_SEND_ERROR, NULL, failure, &read, &yielded, &err));
    CHECK(yielded && read.data.int64 == 2);
    metaffi_error_free(failure);
    CHECK_OK(metaffi_object_send(generator, METAFFI_SEND_VALUE, NULL, NULL, &read, &yielded, &err));
    CHECK(!yielded && read.type == metaffi_handle_type);
    metaffi_value_clear(&read);
    CHECK_OK(metaffi_object_send(generator, METAFFI_SEND_CLOSE, NULL, NULL, &read, &yielded, &err));
    CHECK_FAILS_WITH(metaffi_object_send(generator, 9, NULL, NULL, &read, &yielded, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "kind 9");
    metaffi_object_free(generator);
}

static void objects_are_compared(void) {
    metaffi_object *seven = made("7"), *list = made("[7]"), *dict = made("{}");
    metaffi_value eight = number(8);
    bool holds = false, truth = true;
    uint64_t hash = 0;
    CHECK_OK(metaffi_object_compare(seven, METAFFI_LESS, &eight, &holds, &err));
    CHECK(holds);
    CHECK_OK(metaffi_object_compare(list, METAFFI_EQUAL, &eight, &holds, &err));
    CHECK(!holds);
    CHECK_FAILS_WITH(metaffi_object_compare(list, METAFFI_LESS, &eight, &holds, &err),
                     METAFFI_STATUS_FOREIGN, "not supported between");
    CHECK_FAILS(metaffi_object_compare(dict, METAFFI_LESS, &eight, &holds, &err),
                METAFFI_STATUS_UNSUPPORTED);
    CHECK_OK(metaffi_object_hash(seven, &hash, &err));
    CHECK(hash == 7);
    CHECK_FAILS_WITH(metaffi_object_hash(list, &hash, &err), METAFFI_STATUS_UNSUPPORTED,
                     "cannot be a key");
    CHECK_OK(metaffi_object_truth(dict, &truth, &err));
    CHECK(!truth);
    metaffi_object_free(seven);
    metaffi_object_free(list);
    metaffi_object_free(dict);
}

static void check_number(const char *text, metaffi_type type) {
    metaffi_object *object = made(text);
    metaffi_value read;
    CHECK_OK(metaffi_object_number(object, &read, &err));
    CHECK(read.type == type);
    metaffi_value_clear(&read);
    metaffi_object_free(object);
}

static void numbers_are_read_exactly(void) {
    metaffi_value read;
    check_number("__import__('enum').IntEnum('Grade', 'low high').high", metaffi_int64_type);
    check_number("2**63", metaffi_uint64_type);
    check_number("-2**200", metaffi_bigint_type);
    check_number("2.0", metaffi_float64_type);
    check_number("1+2j", metaffi_complex_type);
    check_number("__import__('decimal').Decimal('0.1')", metaffi_decimal_type);
    check_number("__import__('decimal').Decimal('-0')", metaffi_float64_type);
    check_number("__import__('decimal').Decimal('-0.00')", metaffi_float64_type);
    check_number("__import__('fractions').Fraction(3, 2)", metaffi_float64_type);
    check_number("__import__('fractions').Fraction(1, 2)", metaffi_float64_type);
    metaffi_object *third = made("__import__('fractions').Fraction(1, 3)"), *text = made("'7'");
    CHECK_FAILS_WITH(metaffi_object_number(third, &read, &err), METAFFI_STATUS_OUT_OF_RANGE,
                     "no type of number holds this");
    CHECK_FAILS(metaffi_object_number(text, &read, &err), METAFFI_STATUS_UNSUPPORTED);
    CHECK_FAILS(metaffi_object_number(third, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    metaffi_object_free(third);
    metaffi_object_free(text);
}

static void types_are_objects(void) {
    metaffi_object *yes = made("True"), *type = NULL, *parent = NULL;
    metaffi_array *parents = NULL;
    metaffi_value shown;
    bool is = false;
    CHECK_OK(metaffi_object_type(yes, &type, &err));
    CHECK(can(type) & METAFFI_IS_TYPE && can(type) & METAFFI_CAN_CONSTRUCT);
    CHECK_OK(metaffi_object_parents(type, &parents, &err));
    CHECK(parents != NULL && parents->rank == 1 && parents->shape[0] == 1);
    parent = ((metaffi_object **)parents->data)[0];
    CHECK_OK(metaffi_object_text(parent, METAFFI_TEXT_DEBUG, &shown, &err));
    check_string(shown, "<class 'int'>");
    CHECK_OK(metaffi_object_is_instance(yes, parent, &is, &err));
    CHECK(is);
    CHECK_FAILS(metaffi_object_is_instance(parent, yes, &is, &err), METAFFI_STATUS_UNSUPPORTED);
    metaffi_array_free(parents);
    metaffi_object_free(type);
    metaffi_object_free(yes);
}

static void contexts_are_entered_and_left(void) {
    metaffi_object *ours = made("__import__('contextlib').suppress(ValueError)");
    metaffi_error *failure = NULL;
    metaffi_value entered;
    bool suppressed = false;
    CHECK_OK(metaffi_object_enter(ours, &entered, &err));
    CHECK_OK(metaffi_object_exit(ours, NULL, &suppressed, &err));
    CHECK(!suppressed);
    metaffi_error_new(METAFFI_STATUS_INVALID_ARGUMENT, NULL, "a ValueError there", &failure);
    CHECK_OK(metaffi_object_exit(ours, failure, &suppressed, &err));
    CHECK(suppressed);
    metaffi_error_free(failure);
    metaffi_object_free(ours);
}

static void memory_is_seen_until_it_is_given_back(void) {
    metaffi_object *bytes = made("bytearray(b'abc')"), *fixed = made("b'abc'");
    metaffi_array *array = NULL;
    metaffi_value value = number(1), read;
    CHECK_OK(metaffi_object_buffer(bytes, true, &array, &err));
    CHECK(array->element == metaffi_uint8_type && array->shape[0] == 3);
    ((char *)array->data)[1] = 'B';
    CHECK_FAILS_WITH(
        metaffi_object_invoke(bytes, name_of("append"), &value, 1, NULL, 0, &read, &err),
        METAFFI_STATUS_FOREIGN, "Existing exports of data");
    metaffi_array_free(array);
    CHECK_OK(metaffi_object_invoke(bytes, name_of("decode"), NULL, 0, NULL, 0, &read, &err));
    check_string(read, "aBc");
    CHECK_FAILS_WITH(metaffi_object_buffer(fixed, true, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "cannot have its memory written");
    CHECK(array == NULL);
    CHECK_OK(metaffi_object_buffer(fixed, false, &array, &err));
    CHECK(metaffi_array_is_read_only(array));
    metaffi_array_free(array);
    metaffi_object_free(bytes);
    metaffi_object_free(fixed);
}

static void members_and_sources_are_told(void) {
    metaffi_object *decoder = made("__import__('json').JSONDecoder");
    metaffi_member *members = NULL;
    size_t count = 0, methods = 0;
    char *file = NULL;
    uint32_t line = 0;
    CHECK_OK(metaffi_object_members(decoder, &members, &count, &err));
    for (size_t i = 0; i < count; i++)
        methods +=
            strcmp(members[i].name, "raw_decode") == 0 && members[i].kind == METAFFI_MEMBER_METHOD;
    CHECK(methods == 1);
    metaffi_free(members);
    CHECK_OK(metaffi_object_source(decoder, &file, &line, &err));
    CHECK(file != NULL && strstr(file, "decoder.py") != NULL && line > 1);
    metaffi_free(file);
    metaffi_object_free(decoder);
}

/* Code that runs meanwhile frees the handle that it runs for. */
static metaffi_object *freed_meanwhile;

static metaffi_status free_it(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)frame, (void)failure;
    metaffi_object_free(freed_meanwhile);
    return METAFFI_OK;
}

static void a_handle_may_be_freed_by_the_code_that_it_runs(void) {
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_new(free_it, NULL, 0, NULL, 0, NULL, NULL, &callable, &err));
    metaffi_value argument = {metaffi_callable_type, {.callable = callable}}, returned;
    freed_meanwhile = made("lambda f: (f(), 5)[1]");
    metaffi_object *stale = freed_meanwhile;
    CHECK_OK(metaffi_object_call(stale, &argument, 1, NULL, 0, &returned, &err));
    CHECK(returned.data.int64 == 5);
    CHECK_FAILS(metaffi_object_call(stale, &argument, 1, NULL, 0, &returned, &err),
                METAFFI_STATUS_INVALID_HANDLE);
    metaffi_callable_free(callable);
}

static void what_a_property_raises_is_not_that_it_is_missing(void) {
    metaffi_object *object = made("type('P', (), {'x': property(lambda self: self.y)})()");
    metaffi_value read;
    CHECK_FAILS_WITH(metaffi_object_get(object, name_of("x"), &read, &err), METAFFI_STATUS_FOREIGN,
                     "y");
    CHECK_FAILS(metaffi_object_get(object, name_of("y"), &read, &err), METAFFI_STATUS_NOT_FOUND);
    metaffi_object_free(object);
}

/* Runs statements in the module that expressions are evaluated in. */
static void run(const char *source) {
    metaffi_entity *entity = load_from(types, source_path("exec", source));
    CHECK_OK(metaffi_entity_call(entity, NULL, 0, NULL, 0, &err));
    metaffi_entity_free(entity);
}

static void what_a_member_raises_is_not_that_it_is_missing(void) {
    run("class Dynamic:\n"
        "    __slots__ = ('kept',)\n"
        "    def __getattr__(self, name):\n"
        "        if name == 'made':\n"
        "            return self.fail\n"
        "        raise AttributeError(name)\n"
        "    def fail(self):\n"
        "        raise AttributeError('of its own')\n"
        "dynamic = Dynamic()\n"
        "dynamic.kept = dynamic.fail\n");
    metaffi_object *object = made("dynamic");
    metaffi_value returned;
    const char *members[] = {"made", "fail", "kept"};
    for (size_t i = 0; i < COUNT(members); i++)
        CHECK_FAILS_WITH(
            metaffi_object_invoke(object, name_of(members[i]), NULL, 0, NULL, 0, &returned, &err),
            METAFFI_STATUS_FOREIGN, "of its own");
    CHECK_FAILS(metaffi_object_invoke(object, name_of("absent"), NULL, 0, NULL, 0, &returned, &err),
                METAFFI_STATUS_NOT_FOUND);
    metaffi_object_free(object);
}

static void what_an_iterator_has_put_off_goes_with_it(void) {
    run("import weakref\n"
        "class Failure(Exception): pass\n"
        "failures = weakref.WeakSet()\n"
        "def failure():\n"
        "    made = Failure()\n"
        "    failures.add(made)\n"
        "    return made\n"
        "def failing():\n"
        "    yield 1\n"
        "    raise failure()\n");
    metaffi_object *failures = made("failures");
    for (int is_asked = 0; is_asked < 2; is_asked++) {
        metaffi_object *first = made("failing()"), *second = made("failing()");
        metaffi_value values[2];
        size_t count = 0;
        CHECK_OK(metaffi_object_next(first, values, 2, &count, &err));
        CHECK_OK(metaffi_object_next(second, values, 2, &count, &err));
        CHECK(count == 1);
        CHECK_OK(metaffi_object_length(failures, &count, &err));
        CHECK(count == 2);
        if (is_asked)
            CHECK_FAILS_WITH(metaffi_object_next(first, values, 2, &count, &err),
                             METAFFI_STATUS_FOREIGN, "Failure");
        metaffi_object_free(first);
        CHECK_OK(metaffi_object_length(failures, &count, &err));
        CHECK(count == 1);
        metaffi_object_free(second);
        CHECK_OK(metaffi_object_length(failures, &count, &err));
        CHECK(count == 0);
    }
    metaffi_object_free(failures);
}

static void nowhere_to_write_is_an_argument_that_is_missing(void) {
    metaffi_object *list = made("[1]");
    metaffi_value value = number(0);
    CHECK_FAILS(metaffi_object_get_index(list, 0, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_get_item(list, &value, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_length(list, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_iterate(list, 0, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_next(list, NULL, 1, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_type(list, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_text(list, 0, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_buffer(list, false, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_object_members(list, NULL, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    metaffi_object_free(list);
}

int main(void) {
    open_python();
    types = import("types");
    counting = import("collections");
    attributes_are_written_read_and_deleted();
    what_is_missing_has_a_close_name();
    items_are_told_from_entries();
    objects_are_called_by_position_and_by_name();
    values_are_fetched_in_batches();
    generators_go_on_as_they_are_told();
    objects_are_compared();
    numbers_are_read_exactly();
    types_are_objects();
    contexts_are_entered_and_left();
    memory_is_seen_until_it_is_given_back();
    members_and_sources_are_told();
    a_handle_may_be_freed_by_the_code_that_it_runs();
    what_a_property_raises_is_not_that_it_is_missing();
    what_a_member_raises_is_not_that_it_is_missing();
    what_an_iterator_has_put_off_goes_with_it();
    nowhere_to_write_is_an_argument_that_is_missing();
    metaffi_module_free(types);
    metaffi_module_free(counting);
    close_python();
    return CHECK_RESULT;
}
