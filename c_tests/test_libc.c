/* libc as a guest: qsort with a callback, strtol with errno, snprintf, getenv, div. */
#include "c_data.h"

#include <errno.h>

static const char declarations[] =
    "void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));"
    "long strtol(const char *text, char **end, int base);"
    "int snprintf(char *buffer, size_t size, const char *format, ...);"
    "char *getenv(const char *name);"
    "typedef struct { int quot; int rem; } div_t;"
    "div_t div(int numerator, int denominator);";

static metaffi_status compare_ints(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    ++*(int *)userdata;
    const int *a = (const int *)(uintptr_t)frame[0], *b = (const int *)(uintptr_t)frame[1];
    frame[2] = (metaffi_slot)(int64_t)((*a > *b) - (*a < *b));
    return METAFFI_OK;
}

static void qsort_with_a_callback(void) {
    int numbers[100], compared = 0;
    for (int i = 0; i < 100; i++)
        numbers[i] = i * 37 % 100;
    metaffi_type_info addresses[] = {info_of(metaffi_size_type), info_of(metaffi_size_type)};
    metaffi_type_info order = info_of(metaffi_int32_type);
    metaffi_callable *compare = NULL;
    CHECK_OK(metaffi_callable_new(compare_ints, addresses, 2, &order, 1, &compared, NULL, &compare,
                                  &err));
    metaffi_entity *sort = load("callable=qsort");
    metaffi_value arguments[] = {size_value(numbers), int64_value(100), int64_value(sizeof(int)),
                                 callable_value(compare)};
    CHECK_OK(metaffi_entity_call(sort, arguments, 4, NULL, 0, &err));
    for (int i = 0; i < 100; i++)
        CHECK(numbers[i] == i);
    CHECK(compared > 100);
    metaffi_callable_free(compare);
    metaffi_entity_free(sort);
}

static void strtol_with_errno(void) {
    /* By address: end points into the text itself. */
    metaffi_type_info params[] = {info_of(metaffi_size_type), info_of(metaffi_size_type),
                                  info_of(metaffi_int32_type)};
    metaffi_entity *parse = NULL;
    CHECK_OK(metaffi_entity_load(guest, "callable=strtol", params, 3, NULL, 0, &parse, &err));
    const char *text = "12345 rest";
    char *end = NULL;
    metaffi_value arguments[] = {size_value(text), size_value(&end), int32_value(10)};
    CHECK(call_number(parse, arguments, 3) == 12345);
    CHECK(end != NULL && strcmp(end, " rest") == 0);
    arguments[0] = size_value("99999999999999999999");
    metaffi_value result;
    metaffi_set_errno(0);
    CHECK_OK(metaffi_entity_call(parse, arguments, 3, &result, 1, &err));
    CHECK(metaffi_errno() == ERANGE && result.data.int64 == INT64_MAX);
    metaffi_entity_free(parse);
}

static void snprintf_is_variadic(void) {
    metaffi_entity *print = load("callable=snprintf");
    char buffer[64];
    metaffi_value arguments[] = {
        size_value(buffer), int64_value(sizeof buffer), string_value("%d %s %.2f %c"),
        int32_value(-7),    string_value("text"),       float64_value(2.5),
        int32_value('x')};
    CHECK(call_number(print, arguments, 7) == 14);
    CHECK_TEXT(buffer, "-7 text 2.50 x");
    metaffi_entity_free(print);
}

static void getenv_returns_text_or_none(void) {
    setenv("METAFFI_TEST", "a value", 1);
    metaffi_entity *get = load("callable=getenv");
    metaffi_value argument = string_value("METAFFI_TEST"), result;
    CHECK_OK(metaffi_entity_call(get, &argument, 1, &result, 1, &err));
    CHECK(result.data.string.length == 7 && memcmp(result.data.string.data, "a value", 7) == 0);
    metaffi_value_clear(&result);
    argument = string_value("METAFFI_NOWHERE");
    CHECK_OK(metaffi_entity_call(get, &argument, 1, &result, 1, &err));
    CHECK(result.type == metaffi_null_type || result.data.string.data == NULL);
    metaffi_value_clear(&result);
    metaffi_entity_free(get);
}

static void div_returns_a_struct(void) {
    metaffi_entity *divide = load("callable=div");
    metaffi_value arguments[] = {int32_value(47), int32_value(10)};
    metaffi_object *result = call_object(divide, arguments, 2);
    CHECK(read_number(result, "quot") == 4 && read_number(result, "rem") == 7);
    metaffi_object_free(result);
    metaffi_entity_free(divide);
}

int main(void) {
    open_runtime();
    guest = open_module("");
    CHECK_OK(metaffi_module_declare(guest, declarations, strlen(declarations), &err));
    qsort_with_a_callback();
    strtol_with_errno();
    snprintf_is_variadic();
    getenv_returns_text_or_none();
    div_returns_a_struct();
    close_guest();
    return CHECK_RESULT;
}
