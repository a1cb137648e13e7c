/* Python's standard library, a class of Python's own, and what an exception carries. */
#include "python_module.h"

#include <math.h>
#include <metaffi/values.h>

/* A view of doubles that are the caller's. */
static metaffi_array doubles(double *numbers, const size_t *length) {
    metaffi_array array = {numbers, metaffi_float64_type, 1, length, NULL, NULL, NULL};
    return array;
}

static metaffi_value array_value(metaffi_array *array) {
    metaffi_value value;
    value.type = array->element | metaffi_array_type;
    value.data.array = array;
    return value;
}

static void json_reads_and_writes(void) {
    metaffi_module *json = import("json");
    metaffi_value text = string_value("{\"name\": \"caf\\u00e9\", \"sizes\": [1, 2.5, null]}");
    metaffi_value loaded = call_once(json, "callable=loads", &text, 1);
    CHECK(loaded.type == metaffi_handle_type);
    char *name = NULL;
    CHECK_OK(metaffi_object_type_name(loaded.data.object, &name, &err));
    CHECK_TEXT(name, "dict");
    metaffi_free(name);
    check_string(evaluate(json, "eval=args[0]['name']", &loaded, 1), "café");
    check_string(call_once(json, "callable=dumps", &loaded, 1),
                 "{\"name\": \"caf\\u00e9\", \"sizes\": [1, 2.5, null]}");
    metaffi_value_clear(&loaded);
    metaffi_module_free(json);
}

static void math_is_that_of_c(void) {
    metaffi_module *math = import("math");
    metaffi_type_info real = info_of(metaffi_float64_type);
    static const struct {
        const char *path;
        double (*function)(double);
    } cases[] = {{"callable=sqrt", sqrt}, {"callable=sin", sin}, {"callable=log", log}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        metaffi_entity *entity = load_typed(math, cases[i].path, &real, 1, real);
        metaffi_value argument = float64_value(2);
        CHECK(call_number(entity, &argument, 1) == cases[i].function(2));
        double (*native)(double) = NULL;
        CHECK_OK(metaffi_entity_native(entity, (metaffi_function *)(void *)&native, &err));
        CHECK(native != NULL && native(0.25) == cases[i].function(0.25));
        metaffi_entity_free(entity);
    }
    metaffi_value pi = call_once(math, "attribute=pi", NULL, 0);
    CHECK(pi.type == metaffi_float64_type && pi.data.float64 == acos(-1));
    metaffi_module_free(math);
}

static void two_returns_do_not_go_into_one_value(void) {
    metaffi_module *builtins = import("builtins");
    metaffi_type_info infos[] = {info_of(metaffi_int64_type), info_of(metaffi_int64_type)};
    metaffi_entity *entity = NULL;
    CHECK_OK(metaffi_entity_load(builtins, "callable=divmod", infos, 2, infos, 2, &entity, &err));
    metaffi_value returned = METAFFI_CALL(entity, &err, metaffi_int64(7), metaffi_int64(2));
    CHECK(metaffi_error_status(err) == METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK(returned.type == metaffi_null_type);
    metaffi_error_free(err);
    err = NULL;
    metaffi_entity_free(entity);
    metaffi_module_free(builtins);
}

static void statistics_reads_the_hosts_memory(void) {
    metaffi_module *statistics = import("statistics");
    double numbers[] = {2.5, 1, 8, 4.5};
    size_t length = COUNT(numbers);
    metaffi_array array = doubles(numbers, &length);
    metaffi_value argument = array_value(&array);
    metaffi_value mean = call_once(statistics, "callable=mean", &argument, 1);
    CHECK(number_in(&mean) == 4);
    metaffi_value median = call_once(statistics, "callable=median", &argument, 1);
    CHECK(number_in(&median) == 3.5);
    evaluate(statistics, "eval=args[0].__setitem__(0\\, 2 * args[0][0])", &argument, 1);
    CHECK(numbers[0] == 5);
    metaffi_module_free(statistics);
}

static void decimals_are_exact(void) {
    metaffi_module *decimal = import("decimal");
    metaffi_value text = string_value("0.1");
    metaffi_value numbers[] = {call_once(decimal, "callable=Decimal", &text, 1), {0, {0}}};
    text = string_value("0.2");
    numbers[1] = call_once(decimal, "callable=Decimal", &text, 1);
    metaffi_value sum =
        call_once(decimal, "callable=Decimal.__add__,instance_required", numbers, 2);
    check_string(evaluate(decimal, "eval=str(args[0])", &sum, 1), "0.3");

    metaffi_type_info as_text = {metaffi_string8_type, "Decimal", 0};
    metaffi_entity *square = load_typed(decimal, "eval=args[0] * args[0]", &as_text, 1, as_text);
    text = string_value("1.10");
    check_string(call_with(square, &text, 1), "1.2100");
    metaffi_entity_free(square);
    metaffi_value_clear(&numbers[0]);
    metaffi_value_clear(&numbers[1]);
    metaffi_value_clear(&sum);
    metaffi_module_free(decimal);
}

static void a_class_has_methods_and_attributes(metaffi_module *module) {
    metaffi_value forty = int64_value(40);
    metaffi_value counter = call_once(module, "callable=Counter", &forty, 1);
    metaffi_value arguments[] = {counter, int64_value(2)};
    metaffi_entity *add = load_from(module, "callable=Counter.add,instance_required");
    CHECK(call_number(add, arguments, 2) == 42);
    arguments[1] = string_value("two");
    metaffi_value result = {0, {0}};
    CHECK_FAILS_WITH(metaffi_entity_call(add, arguments, 2, &result, 1, &err),
                     METAFFI_STATUS_TYPE_MISMATCH, "argument 1");
    metaffi_value value =
        call_once(module, "attribute=Counter.value,instance_required,getter", &counter, 1);
    CHECK(number_in(&value) == 42);
    metaffi_value_clear(&counter);
    value = call_once(module, "attribute=Counter.alive", NULL, 0);
    CHECK(number_in(&value) == 0);
    metaffi_entity_free(add);
}

static void check_frames(const metaffi_error *error) {
    CHECK(strstr(metaffi_error_trace(error), "Traceback (most recent call last)") != NULL);
    CHECK(metaffi_error_frame_count(error) >= 1);
    metaffi_stack_frame innermost = {NULL, NULL, 0, NULL};
    CHECK_OK(metaffi_error_frame(error, 0, &innermost));
    CHECK_TEXT(innermost.name, "load_settings");
    CHECK(innermost.line > 0 && strstr(innermost.file, "guest.py") != NULL);
}

static void an_exception_tells_all(metaffi_module *module) {
    metaffi_entity *load_settings = load_from(module, "callable=load_settings");
    metaffi_value text = string_value("nothing"), result = {0, {0}};
    metaffi_error *error = NULL;
    metaffi_status status = metaffi_entity_call(load_settings, &text, 1, &result, 1, &error);
    CHECK(status == METAFFI_STATUS_FOREIGN);
    CHECK_TEXT(metaffi_error_runtime(error), "python3");
    CHECK_TEXT(metaffi_error_foreign_type(error), "guest.SettingsError");
    CHECK(strstr(metaffi_error_message(error), "not JSON: nothing") != NULL);
    check_frames(error);

    metaffi_error *cause = metaffi_error_cause(error);
    CHECK_TEXT(metaffi_error_foreign_type(cause), "json.decoder.JSONDecodeError");
    CHECK(strstr(metaffi_error_message(cause), "Expecting value") != NULL);
    metaffi_object *original = metaffi_error_original(error);
    metaffi_value exception = object_value(original);
    check_string(evaluate(module, "eval=args[0].args[0]", &exception, 1), "not JSON: nothing");
    metaffi_object_free(original);
    metaffi_error_free(cause);
    metaffi_error_free(error);
    metaffi_entity_free(load_settings);
}

static void a_group_has_members(metaffi_module *module) {
    metaffi_value newer =
        evaluate(module, "eval=__import__('sys').version_info >\\= (3\\, 11)", NULL, 0);
    if (!newer.data.boolean)
        return;
    metaffi_entity *fail = load_from(
        module, "exec=raise ExceptionGroup('both'\\, [ValueError('one')\\, SettingsError('two')])");
    metaffi_error *error = NULL;
    CHECK(metaffi_entity_call(fail, NULL, 0, NULL, 0, &error) == METAFFI_STATUS_FOREIGN);
    CHECK_TEXT(metaffi_error_foreign_type(error), "ExceptionGroup");
    CHECK(metaffi_error_member_count(error) == 2);
    metaffi_error *second = metaffi_error_member(error, 1);
    CHECK_TEXT(metaffi_error_foreign_type(second), "guest.SettingsError");
    CHECK_TEXT(metaffi_error_message(second), "two");
    CHECK(metaffi_error_member(error, 2) == NULL && metaffi_error_member_count(second) == 0);
    metaffi_error_free(error);
    CHECK_TEXT(metaffi_error_message(second), "two");
    metaffi_error_free(second);
    metaffi_entity_free(fail);
}

static void immutable_bytes_are_seen_where_they_are(metaffi_module *module) {
    metaffi_value bytes = evaluate(module, "eval=bytes(range(1\\, 100))", NULL, 0);
    CHECK(bytes.type == metaffi_uint8_array_type && metaffi_array_length(bytes.data.array) == 99);
    CHECK(metaffi_array_is_read_only(bytes.data.array));
    const size_t first = 0;
    metaffi_value one = int64_value(1);
    CHECK_FAILS_WITH(metaffi_array_set(bytes.data.array, &first, 1, &one, &err),
                     METAFFI_STATUS_UNSUPPORTED, "metaffi_array_copy");
    metaffi_array *copy = NULL;
    CHECK_OK(metaffi_array_copy(bytes.data.array, &copy, &err));
    CHECK(!metaffi_array_is_read_only(copy) && !metaffi_array_is_read_only(NULL));
    CHECK_OK(metaffi_array_set(copy, &first, 1, &one, &err));
    metaffi_array_free(copy);
    metaffi_value kind = evaluate(module, "eval=args[0].readonly", &bytes, 1);
    CHECK(kind.type == metaffi_bool_type && kind.data.boolean);
    metaffi_value_clear(&bytes);
}

/* C that takes const reads the bytes themselves; C that does not writes to a copy. */
static void c_does_not_write_to_immutable_bytes(metaffi_module *module) {
    static const char declarations[] = "void *memset(void *to, int byte, size_t size);"
                                       "void *memchr(const void *in, int byte, size_t size);";
    metaffi_value bytes = evaluate(module, "eval=b'metaffi'", NULL, 0);
    metaffi_type_info memory = info_of(metaffi_uint8_array_type),
                      address = info_of(metaffi_size_type);
    metaffi_type_info params[] = {memory, info_of(metaffi_int32_type), info_of(metaffi_size_type)};
    open_runtime();
    metaffi_module *libc = open_module("libc.so.6");
    CHECK_OK(metaffi_module_declare(libc, declarations, strlen(declarations), &err));
    metaffi_value arguments[] = {bytes, int32_value('m'), int64_value(7)}, found;
    metaffi_entity *find = NULL, *fill = NULL;
    CHECK_OK(metaffi_entity_load(libc, "callable=memchr", params, 3, &address, 1, &find, &err));
    CHECK_OK(metaffi_entity_call(find, arguments, 3, &found, 1, &err));
    CHECK(found.data.size == (size_t)(uintptr_t)bytes.data.array->data);
    CHECK_OK(metaffi_entity_load(libc, "callable=memset", params, 3, &address, 1, &fill, &err));
    CHECK_OK(metaffi_entity_call(fill, arguments, 3, &found, 1, &err));
    CHECK(memcmp(bytes.data.array->data, "metaffi", 7) == 0);
    metaffi_entity_free(find);
    metaffi_entity_free(fill);
    metaffi_module_free(libc);
    metaffi_runtime_free(c);
    metaffi_value_clear(&bytes);
}

static void what_is_not_there_is_named(metaffi_module *module) {
    metaffi_module *missing = NULL;
    CHECK_FAILS_WITH(metaffi_module_load(python, "no_such_module", &missing, &err),
                     METAFFI_STATUS_NOT_FOUND, "no_such_module");
    metaffi_entity *entity = NULL;
    CHECK_FAILS_WITH(
        metaffi_entity_load(module, "callable=load_setting", NULL, 0, NULL, 0, &entity, &err),
        METAFFI_STATUS_NOT_FOUND, "load_settings");
}

int main(void) {
    open_python();
    metaffi_module *module = import(PYTHON_GUEST);
    json_reads_and_writes();
    math_is_that_of_c();
    two_returns_do_not_go_into_one_value();
    statistics_reads_the_hosts_memory();
    decimals_are_exact();
    a_class_has_methods_and_attributes(module);
    an_exception_tells_all(module);
    a_group_has_members(module);
    immutable_bytes_are_seen_where_they_are(module);
    c_does_not_write_to_immutable_bytes(module);
    what_is_not_there_is_named(module);
    metaffi_module_free(module);
    close_python();
    return CHECK_RESULT;
}
