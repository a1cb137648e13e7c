/* What is so of objects of every runtime alike: identity, what is refused, and arguments by name.
 */
#include "c_data.h"
#include "python_module.h"

#include <pthread.h>

static metaffi_module *program;

static const metaffi_name *name_of(const char *text) {
    const metaffi_name *name = NULL;
    CHECK_OK(metaffi_name_intern(text, &name, &err));
    return name;
}

static metaffi_object *new_object(const metaffi_object_class *class, void *userdata) {
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new(class, userdata, NULL, &object, &err));
    return object;
}

/* What an expression of the program gives, with objects as arguments. */
static metaffi_value told(const char *expression, metaffi_object *one, metaffi_object *other) {
    char path[256];
    snprintf(path, sizeof path, "eval=%s", expression);
    metaffi_value given[] = {object_value(one), object_value(other)};
    return evaluate(program, path, given, (one != NULL) + (other != NULL));
}

static void says(const char *expression, metaffi_object *one, metaffi_object *other,
                 const char *expected) {
    check_string(told(expression, one, other), expected);
}

static metaffi_object *made(const char *expression) {
    char path[256];
    snprintf(path, sizeof path, "eval=%s", expression);
    metaffi_entity *entity = load_typed(program, path, NULL, 0, info_of(metaffi_handle_type));
    metaffi_object *object = call_with(entity, NULL, 0).data.object;
    metaffi_entity_free(entity);
    return object;
}

/* A row of numbers, which has items alone, and a table, which has entries alone. */
static metaffi_status row_get(void *userdata, int64_t index, metaffi_value *value,
                              metaffi_error **error) {
    (void)userdata, (void)error;
    if (index < 0 || index >= 3)
        return METAFFI_STATUS_NOT_FOUND;
    *value = int64_value(10 + index);
    return METAFFI_OK;
}
static metaffi_status row_set(void *userdata, int64_t index, const metaffi_value *value,
                              metaffi_error **error) {
    (void)userdata, (void)index, (void)value, (void)error;
    return METAFFI_OK;
}
static metaffi_status row_length(void *userdata, size_t *length, metaffi_error **error) {
    (void)userdata, (void)error;
    *length = 3;
    return METAFFI_OK;
}
static const metaffi_object_class row_class = {.size = sizeof row_class,
                                               .name = "Row",
                                               .is = METAFFI_IS_SEQUENCE | METAFFI_CAN_SEND,
                                               .get_item = row_get,
                                               .set_item = row_set,
                                               .length = row_length};

static metaffi_status table_get(void *userdata, const metaffi_value *key, metaffi_value *value,
                                metaffi_error **error) {
    (void)userdata, (void)error;
    *value = *key;
    return key->type == metaffi_int64_type ? METAFFI_OK : METAFFI_STATUS_NOT_FOUND;
}
static metaffi_status table_set(void *userdata, const metaffi_value *key,
                                const metaffi_value *value, metaffi_error **error) {
    (void)userdata, (void)key, (void)value, (void)error;
    return METAFFI_OK;
}
static const metaffi_object_class table_class = {
    .size = sizeof table_class, .name = "Table", .get_entry = table_get, .set_entry = table_set};

/* The type of C of an expression's data. */
static metaffi_object *type_of(const char *text) {
    metaffi_object *data = new_data(text, NULL), *type = NULL;
    CHECK_OK(metaffi_object_type(data, &type, &err));
    metaffi_object_free(data);
    return type;
}

static void check_identity(metaffi_object *object) {
    metaffi_object *again = NULL, *other = new_object(&row_class, NULL);
    metaffi_capabilities can = 0;
    bool holds = false;
    uint64_t one = 1, two = 2;
    CHECK_OK(metaffi_object_clone(object, &again, &err));
    CHECK_OK(metaffi_object_capabilities(object, &can, &err));
    CHECK(can & METAFFI_CAN_HASH);
    metaffi_value same = object_value(again), another = object_value(other),
                  nothing = object_value(NULL);
    CHECK_OK(metaffi_object_compare(object, METAFFI_EQUAL, &same, &holds, &err));
    CHECK(holds);
    const metaffi_value others[] = {another, nothing, int64_value(1)};
    for (size_t i = 0; i < COUNT(others); i++) {
        CHECK_OK(metaffi_object_compare(object, METAFFI_NOT_EQUAL, &others[i], &holds, &err));
        CHECK(holds);
    }
    CHECK_FAILS_WITH(metaffi_object_compare(object, METAFFI_LESS, &same, &holds, &err),
                     METAFFI_STATUS_UNSUPPORTED, "compared for order");
    CHECK_OK(metaffi_object_hash(object, &one, &err));
    CHECK_OK(metaffi_object_hash(again, &two, &err));
    CHECK(one == two);
    says("repr((args[0] \\=\\= args[1]\\, hash(args[0]) \\=\\= hash(args[1])))", object, again,
         "(True, True)");
    metaffi_object_free(again);
    CHECK_FAILS(metaffi_object_compare(object, METAFFI_EQUAL, &same, &holds, &err),
                METAFFI_STATUS_INVALID_HANDLE);
    metaffi_object_free(other);
    metaffi_object_free(object);
}

static void any_two_things_are_equal_or_not(void) {
    metaffi_object *row = new_object(&row_class, NULL), *promise = NULL, *slice = NULL;
    metaffi_object *iterator = NULL;
    CHECK_OK(metaffi_promise_new(&promise, &err));
    CHECK_OK(metaffi_object_slice(row, NULL, NULL, NULL, &slice, &err));
    CHECK_OK(metaffi_object_iterate(row, METAFFI_ITERATE_ITSELF, &iterator, &err));
    metaffi_object *all[] = {row, promise, slice, iterator};
    for (size_t i = 0; i < COUNT(all); i++)
        check_identity(all[i]);
}

static void types_of_c_are_told_from_others(void) {
    const char *texts[] = {"struct guest_point",  "struct guest_triple", "int", "long", "int[3]",
                           "struct guest_point *"};
    metaffi_object *types[COUNT(texts)];
    for (size_t i = 0; i < COUNT(texts); i++)
        types[i] = type_of(texts[i]);
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t j = 0; j < COUNT(texts); j++) {
            metaffi_value other = object_value(types[j]);
            uint64_t one = 0, two = 0;
            bool holds = i != j;
            CHECK_OK(metaffi_object_compare(types[i], METAFFI_EQUAL, &other, &holds, &err));
            CHECK(holds == (i == j));
            CHECK_OK(metaffi_object_identity(types[i], &one, &err));
            CHECK_OK(metaffi_object_identity(types[j], &two, &err));
            CHECK((one == two) == (i == j));
        }
    }
    for (size_t i = 0; i < COUNT(texts); i++)
        check_identity(types[i]);
}

static void what_nothing_computes_with_is_no_number(void) {
    metaffi_object *data = new_data("_Float128", NULL);
    metaffi_capabilities can = 0;
    CHECK_OK(metaffi_object_capabilities(data, &can, &err));
    CHECK(!(can & (METAFFI_IS_NUMBER | METAFFI_CAN_ORDER)));
    check_identity(data);
}

static void a_promise_is_one_object_in_python(void) {
    metaffi_object *promise = NULL, *again = NULL;
    CHECK_OK(metaffi_promise_new(&promise, &err));
    CHECK_OK(metaffi_object_clone(promise, &again, &err));
    says("repr(args[0] is args[1])", promise, again, "True");
    metaffi_object_free(again);
    metaffi_value value = int64_value(7);
    CHECK_OK(metaffi_promise_settle(promise, &value, NULL, &err));
    says("repr(gather(args[0]))", promise, NULL, "[7, 7]");
    metaffi_object_free(promise);
}

static void a_text_is_no_position(void) {
    metaffi_object *row = new_object(&row_class, NULL), *slice = NULL, *list = made("[1\\, 2]");
    metaffi_value key = string_value("one"), number = int64_value(1), got;
    CHECK_OK(metaffi_object_slice(row, NULL, NULL, NULL, &slice, &err));
    metaffi_object *all[] = {row, slice, list, new_data("int[3]", NULL)};
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK_FAILS_WITH(metaffi_object_get_item(all[i], &key, &got, &err),
                         METAFFI_STATUS_UNSUPPORTED, "have its entries read by key");
        CHECK_FAILS_WITH(metaffi_object_get_entry(all[i], name_of("one"), &got, &err),
                         METAFFI_STATUS_UNSUPPORTED, "have its entries read by key");
        CHECK_FAILS(metaffi_object_set_item(all[i], &key, &number, &err),
                    METAFFI_STATUS_UNSUPPORTED);
        CHECK_FAILS(metaffi_object_set_item(all[i], &key, NULL, &err), METAFFI_STATUS_UNSUPPORTED);
        CHECK_OK(metaffi_object_get_item(all[i], &number, &got, &err));
        metaffi_object_free(all[i]);
    }
}

static void entries_have_no_position(void) {
    metaffi_object *table = new_object(&table_class, NULL), *dict = made("{1: 2}");
    metaffi_object *all[] = {table, dict};
    metaffi_value key = int64_value(1), got;
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK_OK(metaffi_object_get_item(all[i], &key, &got, &err));
        CHECK_FAILS_WITH(metaffi_object_get_index(all[i], 1, &got, &err),
                         METAFFI_STATUS_UNSUPPORTED, "by position");
        CHECK_FAILS_WITH(metaffi_object_set_index(all[i], 1, &key, &err),
                         METAFFI_STATUS_UNSUPPORTED, "by position");
        CHECK_FAILS_WITH(metaffi_object_set_index(all[i], 1, NULL, &err),
                         METAFFI_STATUS_UNSUPPORTED, "by position");
        CHECK_OK(metaffi_object_set_item(all[i], &key, &key, &err));
        metaffi_object_free(all[i]);
    }
}

static void a_class_says_what_it_is_and_not_what_it_can_do(void) {
    metaffi_object *row = new_object(&row_class, NULL);
    metaffi_capabilities can = 0;
    CHECK_OK(metaffi_object_capabilities(row, &can, &err));
    CHECK((can & METAFFI_IS_SEQUENCE) && !(can & METAFFI_CAN_SEND));
    metaffi_object_free(row);
}

static int calls;

static metaffi_status count_call(void *userdata, const metaffi_value *arguments, size_t count,
                                 const metaffi_name *const *names, size_t named,
                                 metaffi_value *value, metaffi_error **error) {
    (void)userdata, (void)arguments, (void)names, (void)value, (void)error;
    CHECK(named <= count);
    calls++;
    return METAFFI_OK;
}
static const metaffi_object_class counter_class = {
    .size = sizeof counter_class, .name = "Counter", .call = count_call, .construct = count_call};

static void names_are_of_arguments_and_each_is_given_once(void) {
    metaffi_object *counter = new_object(&counter_class, NULL), *dict = made("dict");
    metaffi_object *all[] = {counter, dict, type_of("struct guest_point")};
    const metaffi_name *names[] = {name_of("x"), name_of("y"), name_of("x")};
    metaffi_value numbers[] = {int64_value(1), int64_value(2), int64_value(3)}, got;
    const metaffi_status invalid = METAFFI_STATUS_INVALID_ARGUMENT;
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK_FAILS_WITH(metaffi_object_construct(all[i], numbers, 1, names, 2, &got, &err),
                         invalid, "2 names are given for 1 arguments");
        CHECK_FAILS_WITH(metaffi_object_construct(all[i], numbers, 3, names, 3, &got, &err),
                         invalid, "the argument \"x\" is given twice");
        CHECK_FAILS(metaffi_object_call(all[i], NULL, 0, names, 1, &got, &err), invalid);
        CHECK_FAILS(metaffi_object_invoke(all[i], names[0], numbers, 1, names, 2, &got, &err),
                    invalid);
        CHECK_OK(metaffi_object_construct(all[i], numbers, 2, names, 2, &got, &err));
        metaffi_value_clear(&got);
        metaffi_object_free(all[i]);
    }
    CHECK(calls == 1);
}

static void a_key_is_missing_if_that_is_said_of_it(void) {
    metaffi_object *object = made("deep");
    metaffi_value got, key = int64_value(1);
    CHECK_FAILS_WITH(metaffi_object_get_entry(object, name_of("inner"), &got, &err),
                     METAFFI_STATUS_FOREIGN, "of the inside");
    CHECK_FAILS(metaffi_object_get_entry(object, name_of("absent"), &got, &err),
                METAFFI_STATUS_NOT_FOUND);
    CHECK_FAILS(metaffi_object_set_entry(object, name_of("absent"), &key, &err),
                METAFFI_STATUS_FOREIGN);
    CHECK_FAILS(metaffi_object_set_entry(object, name_of("absent"), NULL, &err),
                METAFFI_STATUS_NOT_FOUND);
    CHECK_FAILS_WITH(metaffi_object_set_entry(object, name_of("inner"), NULL, &err),
                     METAFFI_STATUS_FOREIGN, "of the inside");
    metaffi_object_free(object);
    object = made("{}");
    CHECK_FAILS(metaffi_object_get_entry(object, name_of("absent"), &got, &err),
                METAFFI_STATUS_NOT_FOUND);
    CHECK_FAILS(metaffi_object_set_item(object, &key, NULL, &err), METAFFI_STATUS_NOT_FOUND);
    metaffi_object_free(object);
}

static void a_position_before_the_first_is_none(void) {
    metaffi_object *row = new_object(&row_class, NULL);
    says("items(args[0]\\, 0\\, 2\\, -1\\, -3\\, -4\\, -5\\, 3)", row, NULL,
         "[10, 12, 12, 10, 'IndexError', 'IndexError', 'IndexError']");
    metaffi_object_free(row);
}

static void a_large_number_fits_nothing(void) {
    metaffi_object *number = made("Decimal('1E+999999999999')");
    metaffi_capabilities can = 0;
    CHECK_OK(metaffi_object_capabilities(number, &can, &err));
    CHECK((can & METAFFI_IS_NUMBER) &&
          !(can & (METAFFI_FITS_INT64 | METAFFI_FITS_UINT64 | METAFFI_FITS_FLOAT64)));
    metaffi_object_free(number);
}

static void only_code_is_written_somewhere(void) {
    char *file = NULL;
    uint32_t line = 1;
    const char *nowhere[] = {"Mock()", "AsyncMock()", "anything"};
    for (size_t i = 0; i < COUNT(nowhere); i++) {
        metaffi_object *object = made(nowhere[i]);
        CHECK_OK(metaffi_object_source(object, &file, &line, &err));
        CHECK(file == NULL && line == 0);
        metaffi_object_free(object);
    }
    const char *somewhere[] = {"item",
                               "wrapped",
                               "Deep.__getitem__",
                               "deep.made",
                               "partial(item\\, 1)",
                               "(lambda: (yield))()",
                               "awaiting",
                               "Deep.__dict__['of_type']"};
    for (size_t i = 0; i < COUNT(somewhere); i++) {
        metaffi_object *object = made(somewhere[i]);
        CHECK_OK(metaffi_object_source(object, &file, &line, &err));
        CHECK(file != NULL && line > 0);
        metaffi_free(file);
        metaffi_object_free(object);
    }
}

/* Gives a value, and fails with what came of it before. */
static metaffi_status fail_with(void *userdata, metaffi_send how, const metaffi_value *value,
                                const metaffi_error *failure, metaffi_value *given, bool *yielded,
                                metaffi_error **error) {
    (void)how, (void)value, (void)yielded;
    *given = int64_value(5);
    if (failure != NULL) {
        const char *message = metaffi_error_message(failure);
        CHECK_OK(metaffi_value_new_string8(message, strlen(message), given, &err));
        return METAFFI_OK;
    }
    metaffi_error_details details = {sizeof details, userdata, NULL, NULL, NULL, 0};
    metaffi_error_new_detailed(METAFFI_STATUS_FOREIGN, "StopIteration", "within", &details, error);
    return METAFFI_STATUS_FOREIGN;
}
static const metaffi_object_class sending_class = {
    .size = sizeof sending_class, .name = "Sending", .send = fail_with};

static void what_a_generator_fails_with_is_not_its_end(void) {
    metaffi_object *stop = made("StopIteration(1)"), *sending = new_object(&sending_class, stop);
    says("failure_of(args[0].send\\, 1)", sending, NULL, "Error");
    says("ended(args[0].throw\\, ValueError\\, 'said')", sending, NULL, "said");
    says("ended(args[0].throw\\, ValueError('said'))", sending, NULL, "said");
    metaffi_value got = string_value("before");
    bool yielded = true;
    CHECK_FAILS(metaffi_object_send(sending, METAFFI_SEND_VALUE, NULL, NULL, &got, &yielded, &err),
                METAFFI_STATUS_FOREIGN);
    CHECK(got.type == 0 && got.data.int64 == 0 && !yielded);
    metaffi_object_free(sending);
    metaffi_object_free(stop);
}

/* What cancels waits for a thread that enters Python. */
static metaffi_object *pending;

static metaffi_status keep(void *userdata, metaffi_object *promise, metaffi_error **error) {
    (void)userdata, (void)error;
    pending = promise;
    return METAFFI_OK;
}

static void *enter(void *unused) {
    (void)unused;
    says("repr(1)", NULL, NULL, "1");
    return NULL;
}

static metaffi_status cancel(void *userdata, const metaffi_object *promise, metaffi_error **error) {
    (void)userdata, (void)promise;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, enter, NULL) == 0);
    pthread_join(thread, NULL);
    metaffi_error *cancelled = NULL;
    CHECK_OK(metaffi_error_new(METAFFI_STATUS_CANCELLED, NULL, "cancelled", &cancelled));
    metaffi_status status = metaffi_promise_settle(pending, NULL, cancelled, error);
    metaffi_error_free(cancelled);
    metaffi_object_free(pending);
    return status;
}
static const metaffi_object_class awaited_class = {
    .size = sizeof awaited_class, .name = "Awaited", .start = keep, .cancel = cancel};

static void who_cancels_may_wait_for_others(void) {
    metaffi_object *awaited = new_object(&awaited_class, NULL);
    says("given_up(args[0])", awaited, NULL, "given up");
    metaffi_object_free(awaited);
}

static const char PROGRAM[] =
    "import asyncio, ctypes, functools\n"
    "from decimal import Decimal\n"
    "from functools import partial\n"
    "from unittest.mock import AsyncMock, Mock\n"
    "def item(sequence, at):\n"
    "    get = ctypes.pythonapi.PySequence_GetItem\n"
    "    get.restype, get.argtypes = ctypes.py_object, [ctypes.py_object, ctypes.c_ssize_t]\n"
    "    try:\n"
    "        return get(sequence, at)\n"
    "    except IndexError:\n"
    "        return 'IndexError'\n"
    "def items(sequence, *positions):\n"
    "    return repr([item(sequence, at) for at in positions])\n"
    "@functools.wraps(item)\n"
    "def wrapped(sequence, at):\n"
    "    return item(sequence, at)\n"
    "async def coroutine():\n"
    "    return 1\n"
    "awaiting = coroutine()\n"
    "class Deep:\n"
    "    def __getitem__(self, key):\n"
    "        raise KeyError('of the inside' if key == 'inner' else key)\n"
    "    def __setitem__(self, key, value):\n"
    "        raise KeyError(key)\n"
    "    def __delitem__(self, key):\n"
    "        self[key]\n"
    "    def made(self):\n"
    "        return 1\n"
    "    @classmethod\n"
    "    def of_type(cls):\n"
    "        return 1\n"
    "deep = Deep()\n"
    "class Anything:\n"
    "    def __getattr__(self, name):\n"
    "        return Anything()\n"
    "    def __call__(self):\n"
    "        return 1\n"
    "anything = Anything()\n"
    "def forget():\n"
    "    awaiting.close()\n"
    "    return ''\n"
    "def gather(promise):\n"
    "    async def both():\n"
    "        async def one():\n"
    "            return await promise\n"
    "        return await asyncio.gather(one(), one())\n"
    "    assert len({promise, promise}) == 1\n"
    "    return asyncio.run(both())\n"
    "def failure_of(use, *given):\n"
    "    try:\n"
    "        use(*given)\n"
    "    except StopIteration:\n"
    "        return 'the end'\n"
    "    except Exception as failure:\n"
    "        return type(failure).__name__\n"
    "def ended(use, *given):\n"
    "    try:\n"
    "        return use(*given)\n"
    "    except StopIteration as end:\n"
    "        return end.value\n"
    "def given_up(awaited):\n"
    "    async def wait():\n"
    "        await awaited\n"
    "    async def give_up():\n"
    "        task = asyncio.ensure_future(wait())\n"
    "        await asyncio.sleep(0)\n"
    "        task.cancel()\n"
    "        try:\n"
    "            await task\n"
    "        except asyncio.CancelledError:\n"
    "            return 'given up'\n"
    "    return asyncio.run(give_up())\n";

int main(void) {
    open_python();
    open_guest();
    FILE *file = fopen("object_rules_guest.py", "w");
    CHECK(file != NULL);
    fputs(PROGRAM, file);
    fclose(file);
    program = import("object_rules_guest.py");
    any_two_things_are_equal_or_not();
    types_of_c_are_told_from_others();
    what_nothing_computes_with_is_no_number();
    a_promise_is_one_object_in_python();
    a_text_is_no_position();
    entries_have_no_position();
    a_class_says_what_it_is_and_not_what_it_can_do();
    names_are_of_arguments_and_each_is_given_once();
    a_key_is_missing_if_that_is_said_of_it();
    a_position_before_the_first_is_none();
    a_large_number_fits_nothing();
    only_code_is_written_somewhere();
    what_a_generator_fails_with_is_not_its_end();
    who_cancels_may_wait_for_others();
    says("forget()", NULL, NULL, "");
    remove("object_rules_guest.py");
    metaffi_module_free(program);
    close_guest();
    close_python();
    return CHECK_RESULT;
}
