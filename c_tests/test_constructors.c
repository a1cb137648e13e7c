/* metaffi/values.h: values in one line, and calls with one look at the error. */
#include "guest_module.h"

#include <metaffi/values.h>

static void numbers_have_the_type_of_their_name(void) {
    CHECK(metaffi_float64(0.5).type == metaffi_float64_type);
    CHECK(metaffi_float64(0.5).data.float64 == 0.5);
    CHECK(metaffi_int8(-1).type == metaffi_int8_type);
    CHECK(metaffi_int8(-1).data.int8 == -1);
    CHECK(metaffi_uint64(UINT64_MAX).data.uint64 == UINT64_MAX);
    CHECK(metaffi_bool(true).type == metaffi_bool_type);
    CHECK(metaffi_bool(true).data.boolean);
    CHECK(metaffi_char32(0x1f600).type == metaffi_char32_type);
    CHECK(metaffi_address(guest).data.size == (uintptr_t)guest);
    CHECK(metaffi_null().type == metaffi_null_type);
}

static void text_is_borrowed(void) {
    static const char text[] = "a\0b";
    metaffi_value whole = metaffi_text_of(text, 3), first = metaffi_text(text);
    CHECK(whole.data.string.data == text && whole.data.string.length == 3);
    CHECK(first.data.string.data == text && first.data.string.length == 1);
    CHECK(metaffi_text(NULL).data.string.data == NULL);
}

static void values_are_what_calls_take(void) {
    metaffi_entity *add =
        metaffi_open("c", GUEST_LIBRARY ";" GUEST_HEADER, "callable=guest_add", &err);
    metaffi_value sum = METAFFI_CALL(add, &err, metaffi_int64(40), metaffi_uint8(2));
    CHECK(err == NULL);
    CHECK(sum.data.int64 == 42);
    metaffi_entity_free(add);

    metaffi_entity *memcmp_ = metaffi_open("c", "string.h", "callable=memcmp", &err);
    double numbers[] = {1, 2, 3};
    metaffi_value order =
        METAFFI_CALL(memcmp_, &err, METAFFI_LEND(metaffi_float64_type, numbers, 3),
                     metaffi_address(numbers), metaffi_size(sizeof numbers));
    CHECK(err == NULL);
    CHECK(order.type == metaffi_int32_type && order.data.int32 == 0);
    metaffi_entity_free(memcmp_);
}

static void the_first_error_stays(void) {
    metaffi_error *error = NULL;
    metaffi_entity *none = metaffi_open("c", "", "callable=nothing_of_that_name", &error);
    CHECK(none == NULL);
    CHECK(metaffi_error_status(error) == METAFFI_STATUS_NOT_FOUND);
    metaffi_error *first = error;
    CHECK(METAFFI_CALL(none, &error, metaffi_int32(1)).type == metaffi_null_type);
    CHECK(metaffi_open("c", "string.h", "callable=strlen", &error) == NULL);
    CHECK(error == first);
    metaffi_error_free(error);
}

int main(void) {
    open_guest();
    numbers_have_the_type_of_their_name();
    text_is_borrowed();
    values_are_what_calls_take();
    the_first_error_stays();
    close_guest();
    return CHECK_RESULT;
}
