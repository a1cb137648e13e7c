/* Structs, unions, bit-fields and complex numbers by value. */
#include "c_data.h"

static void small_structs(void) {
    metaffi_entity *add = load("callable=guest_point_add");
    metaffi_object *a = new_data("struct guest_point", NULL),
                   *b = new_data("struct guest_point", NULL);
    write_value(a, "x", float64_value(1));
    write_value(b, "x", float64_value(2));
    write_value(b, "y", float64_value(5));
    metaffi_value arguments[] = {object_value(a), object_value(b)};
    metaffi_object *sum = call_object(add, arguments, 2);
    CHECK(read_number(sum, "x") == 3 && read_number(sum, "y") == 5);
    CHECK(read_number(a, "x") == 1);
    metaffi_object_free(a);
    metaffi_object_free(b);
    metaffi_object_free(sum);
    metaffi_entity_free(add);
}

static void structs_in_memory(void) {
    metaffi_entity *scale = load("callable=guest_triple_scale"),
                   *grow = load("callable=guest_record_grow");
    metaffi_object *triple = new_data("struct guest_triple", NULL);
    write_value(triple, "z", float64_value(1.5));
    metaffi_value arguments[] = {object_value(triple), float64_value(4)};
    metaffi_object *scaled = call_object(scale, arguments, 2);
    CHECK(read_number(scaled, "z") == 6);

    metaffi_object *record = new_data("struct guest_record", NULL);
    write_value(record, "id", int64_value(1));
    write_value(record, "weight", float64_value(2));
    write_value(record, "name", string_value("abc"));
    metaffi_value growing[] = {object_value(record), int64_value(3)};
    metaffi_object *grown = call_object(grow, growing, 2);
    CHECK(read_number(grown, "id") == 4 && read_number(grown, "weight") == 6);
    CHECK(read_number(grown, "place.y") == 3 && read_number(grown, "name[2]") == 'c');
    CHECK(read_number(record, "id") == 1);
    metaffi_object *all[] = {triple, scaled, record, grown};
    for (size_t i = 0; i < COUNT(all); i++)
        metaffi_object_free(all[i]);
    metaffi_entity_free(scale);
    metaffi_entity_free(grow);
}

static void unions_and_bit_fields(void) {
    metaffi_entity *negate = load("callable=guest_number_negate"),
                   *next = load("callable=guest_bits_next");
    metaffi_object *number = new_data("union guest_number", NULL),
                   *bits = new_data("struct guest_bits", NULL);
    write_value(number, "real", float64_value(2.5));
    metaffi_value argument = object_value(number);
    metaffi_object *negated = call_object(negate, &argument, 1);
    CHECK(read_number(negated, "real") == -2.5);

    write_value(bits, "low", int64_value(3));
    write_value(bits, "middle", int64_value(0));
    write_value(bits, "high", int64_value(INT64_C(1) << 39));
    argument = object_value(bits);
    metaffi_object *following = call_object(next, &argument, 1);
    CHECK(read_number(following, "low") == 4 && read_number(following, "middle") == -1);
    CHECK(read_number(following, "high") == (double)((INT64_C(1) << 39) + 1));
    metaffi_object *all[] = {number, negated, bits, following};
    for (size_t i = 0; i < COUNT(all); i++)
        metaffi_object_free(all[i]);
    metaffi_entity_free(negate);
    metaffi_entity_free(next);
}

static void complex_numbers(void) {
    double parts[2] = {3, 4};
    metaffi_ctype *type = parse_type(guest, "double _Complex");
    metaffi_object *number = NULL;
    CHECK_OK(metaffi_cdata_from_address(type, parts, NULL, NULL, &number, &err));
    metaffi_entity *conjugate = load("callable=guest_conjugate");
    metaffi_value argument = object_value(number), result = {0};
    CHECK_OK(metaffi_entity_call(conjugate, &argument, 1, &result, 1, &err));
    CHECK(result.type == metaffi_complex_type);
    if (result.type == metaffi_complex_type)
        CHECK(result.data.complex_number->real == 3 && result.data.complex_number->imaginary == -4);
    metaffi_value_clear(&result);
    metaffi_object_free(number);
    metaffi_ctype_free(type);
    metaffi_entity_free(conjugate);
}

static void another_struct_is_refused(void) {
    metaffi_entity *add = load("callable=guest_point_add");
    metaffi_object *triple = new_data("struct guest_triple", NULL);
    metaffi_value arguments[] = {object_value(triple), object_value(triple)}, result;
    CHECK_FAILS_WITH(metaffi_entity_call(add, arguments, 2, &result, 1, &err),
                     METAFFI_STATUS_TYPE_MISMATCH, "guest_point");
    metaffi_object_free(triple);
    metaffi_entity_free(add);
}

int main(void) {
    open_guest();
    small_structs();
    structs_in_memory();
    unions_and_bit_fields();
    complex_numbers();
    another_struct_is_refused();
    close_guest();
    return CHECK_RESULT;
}
