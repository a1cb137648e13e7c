/* Values: text of three widths, copies, lossless conversion, text through calls. */
#include "guest_module.h"

static void text_is_copied_with_its_length(void) {
    char text[] = "a\0b";
    metaffi_value value;
    CHECK_OK(metaffi_value_new_string8(text, 3, &value, &err));
    text[0] = 'x';
    CHECK(value.type == metaffi_string8_type && value.data.string.length == 3);
    CHECK(memcmp(value.data.string.data, "a\0b", 3) == 0);
    metaffi_value_clear(&value);
    CHECK(value.type == metaffi_null_type || value.type == 0);
    metaffi_value_clear(&value);
}

static void text_converts_between_widths(void) {
    static const char text[] = "h\xc3\xa9\xf0\x9f\x98\x80"; /* é and an emoji */
    metaffi_value narrow, wide, full, back;
    CHECK_OK(metaffi_value_new_string8(text, strlen(text), &narrow, &err));
    CHECK_OK(metaffi_value_convert(&narrow, metaffi_string16_type, &wide, &err));
    CHECK(wide.data.string.length == 4);
    CHECK(((const uint16_t *)wide.data.string.data)[2] == 0xd83d);
    CHECK_OK(metaffi_value_convert(&wide, metaffi_string32_type, &full, &err));
    CHECK(full.data.string.length == 3);
    CHECK(((const uint32_t *)full.data.string.data)[2] == 0x1f600);
    CHECK_OK(metaffi_value_convert(&full, metaffi_string8_type, &back, &err));
    CHECK(back.data.string.length == strlen(text));
    CHECK(memcmp(back.data.string.data, text, strlen(text)) == 0);
    metaffi_value_clear(&narrow);
    metaffi_value_clear(&wide);
    metaffi_value_clear(&full);
    metaffi_value_clear(&back);
}

static void check_fit(metaffi_value number, metaffi_type type, int fits) {
    metaffi_value converted;
    metaffi_status status = metaffi_value_convert(&number, type, &converted, &err);
    if ((status == METAFFI_OK) != fits)
        check_fail(__FILE__, __LINE__, metaffi_type_name(type), "fits or does not");
    if (status == METAFFI_OK)
        metaffi_value_clear(&converted);
    metaffi_error_free(err);
    err = NULL;
}

static void numbers_convert_when_nothing_is_lost(void) {
    check_fit(int64_value(255), metaffi_uint8_type, 1);
    check_fit(int64_value(256), metaffi_uint8_type, 0);
    check_fit(int64_value(-1), metaffi_uint64_type, 0);
    check_fit(int64_value(-128), metaffi_int8_type, 1);
    check_fit(int64_value(INT64_C(1) << 31), metaffi_int32_type, 0);
    check_fit(int64_value(INT64_C(1) << 53), metaffi_float64_type, 1);
    check_fit(int64_value((INT64_C(1) << 53) + 1), metaffi_float64_type, 0);
    check_fit(float64_value(1.5), metaffi_int32_type, 0);
    check_fit(float64_value(1.5), metaffi_float32_type, 1);
    check_fit(float64_value(0.1), metaffi_float32_type, 0);
    check_fit(int64_value(1), metaffi_string8_type, 0);
    check_fit(string_value("1"), metaffi_int64_type, 0);
}

static void a_copy_is_deep(void) {
    metaffi_value text, copy;
    CHECK_OK(metaffi_value_new_string8("deep", 4, &text, &err));
    CHECK_OK(metaffi_value_copy(&text, &copy, &err));
    CHECK(copy.data.string.data != text.data.string.data);
    metaffi_value_clear(&text);
    CHECK(memcmp(copy.data.string.data, "deep", 4) == 0);
    metaffi_value_clear(&copy);
}

static void text_goes_in_and_comes_out(void) {
    metaffi_entity *length = load("callable=guest_length"), *echo = load("callable=guest_echo");
    metaffi_value argument = string_value("seven!!"), result;
    CHECK(call_number(length, &argument, 1) == 7);
    CHECK_OK(metaffi_entity_call(echo, &argument, 1, &result, 1, &err));
    CHECK(result.type == metaffi_string8_type && result.data.string.length == 7);
    CHECK(result.data.string.data != argument.data.string.data);
    metaffi_value_clear(&result);

    argument.data.string.data = NULL;
    argument.data.string.length = 0;
    CHECK_OK(metaffi_entity_call(echo, &argument, 1, &result, 1, &err));
    CHECK(result.data.string.data == NULL || result.type == metaffi_null_type);
    metaffi_value_clear(&result);
    metaffi_entity_free(length);
    metaffi_entity_free(echo);
}

static void characters_and_bools(void) {
    metaffi_entity *upper = load("callable=guest_upper"), *not = load("callable=guest_not");
    metaffi_value letter = {metaffi_char8_type, {0}}, result;
    letter.data.char8 = 'a';
    CHECK_OK(metaffi_entity_call(upper, &letter, 1, &result, 1, &err));
    CHECK(result.data.char8 == 'A');
    metaffi_value truth = {metaffi_bool_type, {0}};
    CHECK_OK(metaffi_entity_call(not, &truth, 1, &result, 1, &err));
    CHECK(result.type == metaffi_bool_type && result.data.boolean);
    metaffi_entity_free(upper);
    metaffi_entity_free(not );
}

int main(void) {
    open_guest();
    text_is_copied_with_its_length();
    text_converts_between_widths();
    numbers_convert_when_nothing_is_lost();
    a_copy_is_deep();
    text_goes_in_and_comes_out();
    characters_and_bools();
    close_guest();
    return CHECK_RESULT;
}
