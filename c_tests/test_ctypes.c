/* C types: parsed and built, their layout equal to this compiler's, calls and closures by type. */
#include "c_data.h"

#include "guests/guest.h"

static void check_layout(const char *text, size_t size, size_t align) {
    metaffi_ctype *type = parse_type(guest, text);
    size_t found_size = 0, found_align = 0;
    CHECK_OK(metaffi_ctype_size(type, &found_size, &err));
    CHECK_OK(metaffi_ctype_align(type, &found_align, &err));
    if (found_size != size || found_align != align)
        check_fail(__FILE__, __LINE__, text, "has another layout");
    metaffi_ctype_free(type);
}
#define CHECK_LAYOUT(type) check_layout(#type, sizeof(type), _Alignof(type))

static void layouts_are_the_compilers(void) {
    CHECK_LAYOUT(char);
    CHECK_LAYOUT(unsigned long long);
    CHECK_LAYOUT(long double);
    CHECK_LAYOUT(double _Complex);
    CHECK_LAYOUT(int (*)(const char *));
    CHECK_LAYOUT(char *[3]);
    CHECK_LAYOUT(struct guest_record);
    CHECK_LAYOUT(union guest_number);
    CHECK_LAYOUT(struct guest_bits);
    CHECK_LAYOUT(enum guest_color);
}

static void members_are_found_by_path(void) {
    metaffi_ctype *record = parse_type(guest, "struct guest_record"), *member = NULL;
    size_t offset = 0;
    CHECK_OK(metaffi_ctype_offset(record, "place.y", &offset, &member, &err));
    CHECK(offset == offsetof(struct guest_record, place.y));
    CHECK(metaffi_ctype_kind(member) == METAFFI_CTYPE_KIND_FLOAT);
    metaffi_ctype_free(member);
    CHECK_OK(metaffi_ctype_offset(record, "name[3]", &offset, NULL, &err));
    CHECK(offset == offsetof(struct guest_record, name) + 3);
    CHECK_FAILS_WITH(metaffi_ctype_offset(record, "place.q", &offset, NULL, &err),
                     METAFFI_STATUS_NOT_FOUND, "q");

    CHECK(metaffi_ctype_kind(record) == METAFFI_CTYPE_KIND_STRUCT);
    CHECK(metaffi_ctype_field_count(record) == 4);
    const char *name = NULL;
    int32_t bit_offset = 0, bits = 0;
    CHECK_OK(metaffi_ctype_field_at(record, 1, &name, &offset, &bit_offset, &bits, &member, &err));
    CHECK_TEXT(name, "weight");
    CHECK(offset == offsetof(struct guest_record, weight) && bit_offset == -1);
    metaffi_ctype_free(member);
    metaffi_ctype_free(record);
}

static void types_are_built_without_text(void) {
    metaffi_ctype *number = parse_type(guest, "int"), *real = parse_type(guest, "double");
    metaffi_ctype *numbers = NULL, *made = NULL, *pointer = NULL, *element = NULL;
    CHECK_OK(metaffi_ctype_array(number, 3, &numbers, &err));
    metaffi_ctype_field fields[] = {
        {"low", number, 3, 0}, {"all", numbers, 0, 0}, {"real", real, 0, 0}};
    CHECK_OK(metaffi_ctype_struct(guest, NULL, fields, 3, 0, 0, &made, &err));
    struct {
        int low : 3;
        int all[3];
        double real;
    } same;
    size_t size = 0, offset = 0;
    CHECK_OK(metaffi_ctype_size(made, &size, &err));
    CHECK_OK(metaffi_ctype_offset(made, "real", &offset, NULL, &err));
    CHECK(size == sizeof same && offset == (size_t)((char *)&same.real - (char *)&same));

    CHECK_OK(metaffi_ctype_pointer(made, &pointer, &err));
    CHECK_OK(metaffi_ctype_element(pointer, &element, &size, &err));
    CHECK(metaffi_ctype_kind(element) == METAFFI_CTYPE_KIND_STRUCT);
    metaffi_ctype *all[] = {number, real, numbers, made, pointer, element};
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK(metaffi_ctype_free(all[i]) == METAFFI_OK);
}

static void a_function_type_calls_any_pointer(void) {
    metaffi_ctype *type = parse_type(guest, "double (double, double)");
    double a = 6, b = 7, result = 0;
    void *arguments[] = {&a, &b};
    CHECK_OK(metaffi_ctype_call(type, (metaffi_function)guest_multiply, &result, arguments, 2, NULL,
                                0, &err));
    CHECK(result == 42);
    CHECK_FAILS_WITH(metaffi_ctype_call(type, NULL, &result, arguments, 2, NULL, 0, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "pointer is NULL");
    metaffi_function multiply = (metaffi_function)guest_multiply;
    CHECK_FAILS_WITH(metaffi_ctype_call(type, multiply, &result, arguments, 1, NULL, 0, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT,
                     "argument_count is 1, but the function takes 2");
    const metaffi_ctype *surplus[] = {type};
    CHECK_FAILS_WITH(metaffi_ctype_call(type, multiply, &result, arguments, 2, surplus, 1, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "is not variadic");
    void *absent[] = {&a, NULL};
    CHECK_FAILS_WITH(metaffi_ctype_call(type, multiply, &result, absent, 2, NULL, 0, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "arguments[1] is NULL");
    metaffi_ctype_free(type);
    CHECK(metaffi_ctype_free(type) == METAFFI_STATUS_INVALID_HANDLE);

    metaffi_ctype *variadic = parse_type(guest, "int64_t (int, ...)");
    metaffi_ctype *number = parse_type(guest, "int");
    const metaffi_ctype *extra[] = {number, number};
    int count = 2, first = 40, second = 2;
    int64_t sum = 0;
    void *counted[] = {&count, &first, &second};
    CHECK_OK(metaffi_ctype_call(variadic, (metaffi_function)guest_sum_ints, &sum, counted, 3, extra,
                                2, &err));
    CHECK(sum == 42);
    metaffi_function sum_ints = (metaffi_function)guest_sum_ints;
    CHECK_FAILS_WITH(metaffi_ctype_call(variadic, sum_ints, &sum, counted, 3, NULL, 0, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "give the types of the variadic ones");
    const metaffi_ctype *untold[] = {number, NULL};
    CHECK_FAILS_WITH(metaffi_ctype_call(variadic, sum_ints, &sum, counted, 3, untold, 2, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "variadic_types[1]: ctype is NULL");

    metaffi_ctype *div_type = parse_type(guest, "struct { int quot, rem; } (int, int)");
    div_t parts = {0, 0};
    int dividend = 17, divisor = 5;
    void *both[] = {&dividend, &divisor};
    CHECK_OK(metaffi_ctype_call(div_type, (metaffi_function)div, &parts, both, 2, NULL, 0, &err));
    CHECK(parts.quot == 3 && parts.rem == 2);
    metaffi_ctype_free(div_type);
    metaffi_ctype_free(variadic);
    metaffi_ctype_free(number);
}

static void add_raw(void *result, void **arguments, void *userdata) {
    *(int64_t *)result = *(int *)arguments[0] + *(int *)userdata;
}
static int finalized;
static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

static void a_closure_has_a_raw_handler(void) {
    metaffi_ctype *type = parse_type(guest, "int (*)(int)");
    metaffi_callable *closure = NULL;
    int ten = 10, one = 1;
    CHECK_FAILS_WITH(metaffi_ctype_closure(type, NULL, 0, NULL, &ten, finalize, &closure, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "handler is NULL");
    CHECK_OK(metaffi_ctype_closure(type, NULL, 0, add_raw, &ten, finalize, &closure, &err));
    metaffi_function native = NULL;
    CHECK_OK(metaffi_callable_native(closure, &native, &err));
    CHECK(guest_apply_twice((guest_function)native, 1) == 21);
    void *arguments[] = {&one};
    int result = 0;
    CHECK_OK(metaffi_ctype_call(type, native, &result, arguments, 1, NULL, 0, &err));
    CHECK(result == 11);
    metaffi_value argument = int64_value(8), returned;
    CHECK_OK(metaffi_callable_call(closure, &argument, 1, &returned, 1, &err));
    CHECK(returned.data.int32 == 18 && finalized == 0);
    metaffi_callable_free(closure);
    CHECK(finalized == 1);
    metaffi_ctype_free(type);
}

static void sum_raw(void *result, void **arguments, void *userdata) {
    (void)userdata;
    *(double *)result = *(int *)arguments[0] + *(double *)arguments[1] +
                        ((div_t *)arguments[2])->rem + (double)*(long *)arguments[3];
}

static void a_variadic_closure_has_the_types_given(void) {
    metaffi_ctype *type = parse_type(guest, "double (int, ...)"),
                  *real = parse_type(guest, "double");
    metaffi_ctype *whole = parse_type(guest, "long"), *number = parse_type(guest, "int"),
                  *pair = NULL;
    metaffi_ctype_field fields[] = {{"quot", number, 0, 0}, {"rem", number, 0, 0}};
    CHECK_OK(metaffi_ctype_struct(guest, NULL, fields, 2, 0, 0, &pair, &err));
    const metaffi_ctype *extra[] = {real, pair, whole};
    metaffi_callable *closure = NULL;
    metaffi_function native = NULL;
    finalized = 0;
    CHECK_OK(metaffi_ctype_closure(type, extra, 3, sum_raw, NULL, finalize, &closure, &err));
    CHECK_OK(metaffi_callable_native(closure, &native, &err));
    double (*sum)(int, ...) = (double (*)(int, ...))native;
    CHECK(sum(1, 0.5, (div_t){10, 20}, 300L) == 321.5);
    metaffi_callable_free(closure);
    CHECK(finalized == 1);

    metaffi_ctype *narrow = parse_type(guest, "float"), *fixed = parse_type(guest, "double (int)");
    const metaffi_ctype *unpromoted[] = {narrow};
    CHECK_FAILS(metaffi_ctype_closure(type, unpromoted, 1, sum_raw, NULL, finalize, &closure, &err),
                METAFFI_STATUS_TYPE_MISMATCH);
    CHECK_FAILS(metaffi_ctype_closure(fixed, extra, 1, sum_raw, NULL, finalize, &closure, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_ctype_closure(type, NULL, 1, sum_raw, NULL, finalize, &closure, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK(finalized == 1);
    metaffi_ctype *all[] = {type, real, whole, number, pair, narrow, fixed};
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK(metaffi_ctype_free(all[i]) == METAFFI_OK);
}

static void what_cannot_be_called_is_refused_when_made(void) {
    metaffi_ctype *vector = parse_type(guest, "int __attribute__((vector_size(32)))");
    metaffi_ctype *number = parse_type(guest, "int"), *later = NULL, *made = NULL;
    const metaffi_ctype *params[] = {vector};
    CHECK_FAILS(
        metaffi_ctype_function(vector, NULL, 0, false, METAFFI_CONVENTION_DEFAULT, &made, &err),
        METAFFI_STATUS_UNSUPPORTED);
    CHECK_FAILS(
        metaffi_ctype_function(number, params, 1, false, METAFFI_CONVENTION_DEFAULT, &made, &err),
        METAFFI_STATUS_UNSUPPORTED);
    /* A type without a definition may still get one. */
    CHECK_OK(metaffi_ctype_struct(guest, "defined_later", NULL, METAFFI_UNSPECIFIED, 0, 0, &later,
                                  &err));
    const metaffi_ctype *undefined[] = {later};
    CHECK_OK(metaffi_ctype_function(number, undefined, 1, false, METAFFI_CONVENTION_DEFAULT, &made,
                                    &err));
    CHECK_FAILS(metaffi_ctype_prepare(made, NULL, 0, &err), METAFFI_STATUS_TYPE_MISMATCH);
    metaffi_ctype *all[] = {vector, number, later, made};
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK(metaffi_ctype_free(all[i]) == METAFFI_OK);
}

static void counts_beyond_memory_are_refused(void) {
    metaffi_ctype *number = parse_type(guest, "int"), *made = NULL;
    const metaffi_ctype *params[] = {number};
    metaffi_ctype_field field = {"a", number, 0, 0};
    metaffi_callable *closure = NULL;
    CHECK_FAILS(metaffi_ctype_function(number, params, SIZE_MAX / 2, false,
                                       METAFFI_CONVENTION_DEFAULT, &made, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_ctype_struct(guest, NULL, &field, SIZE_MAX / 2, 0, 0, &made, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_ctype_array(number, SIZE_MAX / 2, &made, &err),
                METAFFI_STATUS_OUT_OF_RANGE);
    metaffi_ctype *function = parse_type(guest, "int (int, ...)");
    CHECK_FAILS(
        metaffi_ctype_closure(function, params, SIZE_MAX / 2, add_raw, NULL, NULL, &closure, &err),
        METAFFI_STATUS_INVALID_ARGUMENT);
    metaffi_ctype_free(function);
    metaffi_ctype_free(number);
}

static void bad_types_are_refused(void) {
    metaffi_ctype *made = NULL, *number = parse_type(guest, "float");
    CHECK_FAILS(metaffi_ctype_parse(guest, "struct nowhere_declared", &made, &err),
                METAFFI_STATUS_NOT_FOUND);
    CHECK_FAILS(metaffi_ctype_parse(guest, "int (", &made, &err), METAFFI_STATUS_SYNTAX);
    CHECK(metaffi_ctype_function(number, NULL, 0, false, 99, &made, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    CHECK(made == NULL);

    metaffi_ctype *variadic = parse_type(guest, "double (int, ...)");
    const metaffi_ctype *unpromoted[] = {number};
    int count = 1;
    float value = 1;
    double result = 0;
    void *arguments[] = {&count, &value};
    CHECK(metaffi_ctype_call(variadic, (metaffi_function)guest_sum_doubles, &result, arguments, 2,
                             unpromoted, 1, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    metaffi_ctype_free(variadic);
    metaffi_ctype_free(number);
}

int main(void) {
    open_guest();
    layouts_are_the_compilers();
    members_are_found_by_path();
    types_are_built_without_text();
    a_function_type_calls_any_pointer();
    a_closure_has_a_raw_handler();
    a_variadic_closure_has_the_types_given();
    what_cannot_be_called_is_refused_when_made();
    counts_beyond_memory_are_refused();
    bad_types_are_refused();
    close_guest();
    return CHECK_RESULT;
}
