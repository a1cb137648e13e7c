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
    metaffi_ctype_free(type);

    metaffi_ctype *variadic = parse_type(guest, "int64_t (int, ...)");
    metaffi_ctype *number = parse_type(guest, "int");
    const metaffi_ctype *extra[] = {number, number};
    int count = 2, first = 40, second = 2;
    int64_t sum = 0;
    void *counted[] = {&count, &first, &second};
    CHECK_OK(metaffi_ctype_call(variadic, (metaffi_function)guest_sum_ints, &sum, counted, 3, extra,
                                2, &err));
    CHECK(sum == 42);
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
    metaffi_ctype *type = parse_type(guest, "int (int)");
    metaffi_callable *closure = NULL;
    int ten = 10;
    CHECK_OK(metaffi_ctype_closure(type, add_raw, &ten, finalize, &closure, &err));
    metaffi_function native = NULL;
    CHECK_OK(metaffi_callable_native(closure, &native, &err));
    CHECK(guest_apply_twice((guest_function)native, 1) == 21);
    metaffi_callable_free(closure);
    CHECK(finalized == 1);
    metaffi_ctype_free(type);
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
    bad_types_are_refused();
    close_guest();
    return CHECK_RESULT;
}
