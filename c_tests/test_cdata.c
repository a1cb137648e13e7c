/* C data: typed memory, read and written by path, cast, viewed, released. */
#include "c_data.h"

static void members_read_what_was_written(void) {
    metaffi_object *record = new_data("struct guest_record", NULL);
    CHECK(read_number(record, "weight") == 0);
    write_value(record, "id", int64_value(-5));
    write_value(record, "place.y", float64_value(2.5));
    write_value(record, "name", string_value("seven"));
    CHECK(read_number(record, "id") == -5 && read_number(record, "place.y") == 2.5);
    metaffi_value letter;
    CHECK_OK(metaffi_cdata_read(record, "name[1]", &letter, &err));
    CHECK(letter.data.char8 == 'e');
    metaffi_value too_long = string_value("more than eight");
    CHECK_FAILS(metaffi_cdata_write(record, "name", &too_long, &err), METAFFI_STATUS_OUT_OF_RANGE);
    metaffi_value big = int64_value(INT64_C(1) << 40);
    CHECK_FAILS(metaffi_cdata_write(record, "id", &big, &err), METAFFI_STATUS_OUT_OF_RANGE);
    CHECK(read_number(record, "id") == -5);

    metaffi_value part;
    CHECK_OK(metaffi_cdata_read(record, "place", &part, &err));
    CHECK(part.type == metaffi_handle_type);
    metaffi_object_free(record);
    CHECK(read_number(part.data.object, "y") == 2.5);
    metaffi_value_clear(&part);
}

static void bit_fields_and_unions(void) {
    metaffi_object *bits = new_data("struct guest_bits", NULL);
    write_value(bits, "low", int64_value(7));
    write_value(bits, "middle", int64_value(-16));
    write_value(bits, "high", int64_value((INT64_C(1) << 40) - 1));
    CHECK(read_number(bits, "low") == 7 && read_number(bits, "middle") == -16);
    CHECK(read_number(bits, "high") == (double)((INT64_C(1) << 40) - 1));
    metaffi_value eight = int64_value(8);
    CHECK_FAILS(metaffi_cdata_write(bits, "low", &eight, &err), METAFFI_STATUS_OUT_OF_RANGE);
    metaffi_object_free(bits);

    metaffi_object *number = new_data("union guest_number", NULL);
    write_value(number, "real", float64_value(1.0));
    CHECK(read_number(number, "integer") == 0);
    metaffi_object_free(number);
}

static void arrays_have_bounds(void) {
    metaffi_ctype *element = parse_type(guest, "int");
    metaffi_object *numbers = NULL;
    CHECK_OK(metaffi_cdata_new_array(element, 4, &numbers, &err));
    write_value(numbers, "[3]", int64_value(33));
    CHECK(read_number(numbers, "[3]") == 33);
    metaffi_value value = {0};
    CHECK_FAILS(metaffi_cdata_read(numbers, "[4]", &value, &err), METAFFI_STATUS_OUT_OF_RANGE);

    metaffi_array *bytes = NULL;
    CHECK_OK(metaffi_cdata_buffer(numbers, SIZE_MAX, &bytes, &err));
    metaffi_object_free(numbers);
    CHECK(metaffi_array_length(bytes) == 4 * sizeof(int));
    CHECK(((int *)bytes->data)[3] == 33);
    metaffi_array_free(bytes);
    metaffi_ctype_free(element);
}

static void pointers_keep_memory_alive(void) {
    metaffi_value text = string_value("hello");
    metaffi_object *letters = new_data("char[16]", &text), *pointer = NULL, *bytes = NULL;
    CHECK_OK(metaffi_cdata_address_of(letters, "[1]", &pointer, &err));
    metaffi_ctype *type = parse_type(guest, "unsigned char[16]");
    CHECK_OK(metaffi_cdata_cast(letters, type, &bytes, &err));
    metaffi_ctype_free(type);
    metaffi_object_free(letters);
    CHECK(read_number(bytes, "[4]") == 'o');

    metaffi_value string;
    CHECK_OK(metaffi_cdata_string(pointer, SIZE_MAX, &string, &err));
    CHECK(string.data.string.length == 4 && memcmp(string.data.string.data, "ello", 4) == 0);
    metaffi_value_clear(&string);
    metaffi_object_free(pointer);
    metaffi_object_free(bytes);
}

static void an_address_is_not_owned(void) {
    int numbers[] = {1, 2};
    metaffi_ctype *type = parse_type(guest, "int[2]"), *found = NULL;
    metaffi_object *data = NULL;
    CHECK_OK(metaffi_cdata_from_address(type, numbers, NULL, NULL, &data, &err));
    write_value(data, "[1]", int64_value(20));
    CHECK(numbers[1] == 20);
    void *address = NULL;
    size_t size = 0;
    CHECK_OK(metaffi_cdata_address(data, &address, &size, &err));
    CHECK(address == numbers && size == sizeof numbers);
    CHECK_OK(metaffi_cdata_type(data, &found, &err));
    char *name = NULL;
    CHECK_OK(metaffi_ctype_name(found, &name, &err));
    CHECK(name != NULL && strstr(name, "int") != NULL);
    metaffi_free(name);
    metaffi_ctype_free(found);
    metaffi_ctype_free(type);
    metaffi_object_free(data);
}

static void released_memory_is_an_error(void) {
    metaffi_object *point = new_data("struct guest_point", NULL), *pointer = NULL;
    CHECK_OK(metaffi_cdata_address_of(point, "x", &pointer, &err));
    CHECK_OK(metaffi_cdata_release(point, &err));
    metaffi_value value = {0};
    CHECK(metaffi_cdata_read(point, "x", &value, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    CHECK(metaffi_cdata_read(pointer, "*", &value, &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    metaffi_object_free(point);
    metaffi_object_free(pointer);
}

int main(void) {
    open_guest();
    members_read_what_was_written();
    bit_fields_and_unions();
    arrays_have_bounds();
    pointers_keep_memory_alive();
    an_address_is_not_owned();
    released_memory_is_an_error();
    close_guest();
    return CHECK_RESULT;
}
