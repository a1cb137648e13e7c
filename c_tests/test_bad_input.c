/* Bad input gets a clear error and leaves everything usable. Handles: test_handles.c; C++
 * exceptions in callbacks: test_unwind.cpp. */
#include "c_data.h"

static void load_fails(const char *path, metaffi_status status, const char *text) {
    metaffi_entity *entity = NULL;
    CHECK_FAILS_WITH(metaffi_entity_load(guest, path, NULL, 0, NULL, 0, &entity, &err), status,
                     text);
    CHECK(entity == NULL);
    check_usable();
}

static void unknown_names(void) {
    metaffi_runtime *runtime = NULL;
    CHECK_FAILS_WITH(metaffi_runtime_load("cobol", NULL, 0, &runtime, &err),
                     METAFFI_STATUS_NOT_FOUND, "cobol");
    metaffi_option option = {"colour", "red"};
    CHECK_FAILS_WITH(metaffi_runtime_load("c", &option, 1, &runtime, &err),
                     METAFFI_STATUS_NOT_FOUND, "colour");
    metaffi_module *module = NULL;
    CHECK_FAILS_WITH(metaffi_module_load(c, "libnowhere_at_all.so.9", &module, &err),
                     METAFFI_STATUS_NOT_FOUND, "libnowhere_at_all");
    CHECK_FAILS_WITH(metaffi_module_load(c, GUEST_LIBRARY ";nowhere/at_all.h", &module, &err),
                     METAFFI_STATUS_LOAD_FAILED, "at_all.h");
    load_fails("callable=guest_nowhere", METAFFI_STATUS_NOT_FOUND, "guest_nowhere");
    load_fails("global=guest_nowhere,getter", METAFFI_STATUS_NOT_FOUND, "guest_nowhere");
    load_fails("constant=GUEST_NOWHERE", METAFFI_STATUS_NOT_FOUND, "GUEST_NOWHERE");

    metaffi_type_info unknown = info_of((metaffi_type)1 << 60);
    metaffi_entity *entity = NULL;
    CHECK(metaffi_entity_load(guest, "callable=guest_not", &unknown, 1, NULL, 0, &entity, &err) !=
          METAFFI_OK);
    CHECK(err != NULL && *metaffi_error_message(err) != '\0');
    metaffi_error_free(err);
    err = NULL;
    check_usable();
}

static void malformed_entity_paths(void) {
    load_fails("", METAFFI_STATUS_SYNTAX, "");
    load_fails("callable", METAFFI_STATUS_SYNTAX, "");
    load_fails("callable=", METAFFI_STATUS_SYNTAX, "");
    load_fails("callable=a,,getter", METAFFI_STATUS_SYNTAX, "column 12");
    load_fails("callable=a\\", METAFFI_STATUS_SYNTAX, "column");
    load_fails("callabel=guest_add", METAFFI_STATUS_SYNTAX, "callabel");
    load_fails("callable=guest_add,gettter", METAFFI_STATUS_SYNTAX, "gettter");
    load_fails("callable=\xff\xfe", METAFFI_STATUS_INVALID_TEXT, "");
}

static void wrong_counts_and_types(void) {
    metaffi_entity *entity = load("callable=guest_next8");
    metaffi_value arguments[3] = {int64_value(1), int64_value(2), int64_value(3)}, results[2];
    metaffi_value result;
    CHECK_FAILS_WITH(metaffi_entity_call(entity, arguments, 2, &result, 1, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "1");
    CHECK_FAILS(metaffi_entity_call(entity, arguments, 0, &result, 1, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_entity_call(entity, NULL, 1, &result, 1, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_entity_call(entity, arguments, 1, results, 2, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    static const int64_t out_of_range[] = {256, -1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(out_of_range); i++) {
        arguments[0] = int64_value(out_of_range[i]);
        CHECK_FAILS(metaffi_entity_call(entity, arguments, 1, &result, 1, &err),
                    METAFFI_STATUS_OUT_OF_RANGE);
    }
    arguments[0] = float64_value(1.5);
    CHECK(metaffi_entity_call(entity, arguments, 1, &result, 1, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    arguments[0] = string_value("1");
    CHECK_FAILS(metaffi_entity_call(entity, arguments, 1, &result, 1, &err),
                METAFFI_STATUS_TYPE_MISMATCH);
    arguments[0].type = (metaffi_type)3;
    CHECK(metaffi_entity_call(entity, arguments, 1, &result, 1, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    metaffi_entity_free(entity);
    check_usable();
}

static void malformed_text(void) {
    static const char narrow[] = "ab\xc3(";
    static const uint16_t wide[] = {'a', 0xd800, 'b'};
    static const uint32_t full[] = {'a', 'b', 0x110000};
    metaffi_value value;
    CHECK_FAILS_WITH(metaffi_value_new_string8(narrow, 4, &value, &err),
                     METAFFI_STATUS_INVALID_TEXT, "2");
    CHECK_FAILS_WITH(metaffi_value_new_string16(wide, 3, &value, &err), METAFFI_STATUS_INVALID_TEXT,
                     "1");
    CHECK_FAILS_WITH(metaffi_value_new_string32(full, 3, &value, &err), METAFFI_STATUS_INVALID_TEXT,
                     "2");
    metaffi_value text = string_value(narrow), converted;
    CHECK_FAILS(metaffi_value_convert(&text, metaffi_string16_type, &converted, &err),
                METAFFI_STATUS_INVALID_TEXT);
    check_usable();
}

static void impossible_arrays(void) {
    metaffi_array *array = NULL;
    size_t huge[] = {SIZE_MAX / 4, SIZE_MAX / 4}, negative[] = {(size_t)-3}, small[] = {2};
    CHECK(metaffi_array_new(metaffi_int32_type, huge, 2, &array, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    CHECK(metaffi_array_new(metaffi_int32_type, negative, 1, &array, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    CHECK_FAILS(metaffi_array_new(metaffi_int32_type, small, 0, &array, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_array_new(metaffi_int32_type, NULL, 1, &array, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_array_new(metaffi_null_type, small, 1, &array, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK(array == NULL);

    CHECK_OK(metaffi_array_new(metaffi_int8_type, small, 1, &array, &err));
    size_t beyond = 2, deep[] = {0, 0};
    metaffi_value value = int64_value(1000);
    CHECK_FAILS(metaffi_array_set(array, &beyond, 1, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    beyond = 1;
    CHECK_FAILS(metaffi_array_set(array, &beyond, 1, &value, &err), METAFFI_STATUS_OUT_OF_RANGE);
    CHECK(metaffi_array_get(array, deep, 2, &value, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    metaffi_array_free(array);
}

static void an_array_of_another_rank(void) {
    metaffi_type_info params[] = {{metaffi_float64_array_type, NULL, 1},
                                  {metaffi_size_type, NULL, 0}};
    metaffi_entity *sum = NULL;
    metaffi_array *square = NULL;
    size_t shape[] = {2, 2};
    CHECK_OK(metaffi_entity_load(guest, "callable=guest_sum", params, 2, NULL, 0, &sum, &err));
    CHECK_OK(metaffi_array_new(metaffi_float64_type, shape, 2, &square, &err));
    metaffi_value arguments[] = {{metaffi_float64_array_type, {0}}, int64_value(4)}, result;
    arguments[0].data.array = square;
    CHECK_FAILS(metaffi_entity_call(sum, arguments, 2, &result, 1, &err),
                METAFFI_STATUS_TYPE_MISMATCH);
    metaffi_array_free(square);
    metaffi_entity_free(sum);
    check_usable();
}

static void declarations_with_errors(void) {
    static const struct {
        const char *text, *position;
    } cases[] = {
        {"int f(", "1"},     {"int f(int) int g;", "1"},       {"\n\nstruct { int a }", "3"},
        {"int a[-1];", "1"}, {"enum e { A = 1 / 0 };", "1"},   {"struct s { int a : 40; };", "1"},
        {"int x = ;", "1"},  {"typedef int t; \n t t t;", "2"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        metaffi_status status =
            metaffi_module_declare(guest, cases[i].text, strlen(cases[i].text), &err);
        if (status == METAFFI_OK)
            check_fail(__FILE__, __LINE__, cases[i].text, "was accepted");
        else if (strstr(metaffi_error_message(err), cases[i].position) == NULL)
            check_fail(__FILE__, __LINE__, cases[i].text, metaffi_error_message(err));
        metaffi_error_free(err);
        err = NULL;
    }
    check_usable();
}

static void data_is_not_called(void) {
    load_fails("callable=guest_counter", METAFFI_STATUS_TYPE_MISMATCH, "guest_counter");
    metaffi_module *bare = open_module(GUEST_LIBRARY);
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_entity *entity = NULL;
    CHECK(metaffi_entity_load(bare, "callable=guest_counter", NULL, 0, &number, 1, &entity, &err) !=
          METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    CHECK(metaffi_entity_load(bare, "callable=guest_counter", &number, 0, &number, 1, &entity,
                              &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    metaffi_module_free(bare);
}

static void a_file_that_is_no_library(void) {
    metaffi_module *module = NULL;
    CHECK_FAILS_WITH(metaffi_module_load(c, NOT_A_LIBRARY, &module, &err),
                     METAFFI_STATUS_LOAD_FAILED, "CMakeLists.txt");
    check_usable();
}

static int finalized;
static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

struct used {
    metaffi_entity *entity;
    metaffi_callable *callable;
    int runs;
};

static metaffi_status free_what_is_used(void *userdata, metaffi_slot *frame,
                                        metaffi_error **error) {
    struct used *used = userdata;
    (void)error;
    /* C calls twice: the second time both are freed, and the call goes on. */
    metaffi_status expected = used->runs++ == 0 ? METAFFI_OK : METAFFI_STATUS_INVALID_HANDLE;
    CHECK(metaffi_entity_free(used->entity) == expected);
    CHECK(metaffi_callable_free(used->callable) == expected);
    CHECK(finalized == 0);
    frame[1] = frame[0] + 1;
    return METAFFI_OK;
}

static void freeing_in_a_callback_what_the_call_uses(void) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    struct used used = {load("callable=guest_apply_twice"), NULL, 0};
    CHECK_OK(metaffi_callable_new(free_what_is_used, &number, 1, &number, 1, &used, finalize,
                                  &used.callable, &err));
    metaffi_value arguments[] = {callable_value(used.callable), int32_value(40)};
    CHECK(call_number(used.entity, arguments, 2) == 42);
    CHECK(finalized == 1);
    CHECK(metaffi_callable_free(used.callable) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(metaffi_entity_free(used.entity) == METAFFI_STATUS_INVALID_HANDLE);
    check_usable();
}

int main(void) {
    open_guest();
    unknown_names();
    malformed_entity_paths();
    wrong_counts_and_types();
    malformed_text();
    impossible_arrays();
    an_array_of_another_rank();
    declarations_with_errors();
    data_is_not_called();
    a_file_that_is_no_library();
    freeing_in_a_callback_what_the_call_uses();
    close_guest();
    return CHECK_RESULT;
}
