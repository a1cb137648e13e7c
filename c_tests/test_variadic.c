/* Variadic functions: C's promotions, any number of arguments. */
#include "guest_module.h"

static void integers_and_doubles(void) {
    metaffi_entity *ints = load("callable=guest_sum_ints"),
                   *doubles = load("callable=guest_sum_doubles");
    metaffi_value arguments[9] = {int32_value(8)};
    int32_t sum = 0;
    for (int32_t i = 1; i < 9; i++)
        sum += (arguments[i] = int32_value(i * 100)).data.int32;
    CHECK(call_number(ints, arguments, 9) == sum);
    arguments[0] = int32_value(0);
    CHECK(call_number(ints, arguments, 1) == 0);

    for (int32_t i = 1; i < 9; i++)
        arguments[i] = float64_value(i + 0.5);
    arguments[0] = int32_value(8);
    CHECK(call_number(doubles, arguments, 9) == 40);
    metaffi_entity_free(ints);
    metaffi_entity_free(doubles);
}

static void small_types_are_promoted(void) {
    metaffi_entity *ints = load("callable=guest_sum_ints"),
                   *doubles = load("callable=guest_sum_doubles");
    metaffi_value arguments[3] = {
        int32_value(2), {metaffi_int8_type, {0}}, {metaffi_bool_type, {0}}};
    arguments[1].data.int8 = -3;
    arguments[2].data.boolean = true;
    CHECK(call_number(ints, arguments, 3) == -2);
    metaffi_value reals[2] = {int32_value(1), {metaffi_float32_type, {0}}};
    reals[1].data.float32 = 1.5f;
    CHECK(call_number(doubles, reals, 2) == 1.5);
    metaffi_entity_free(ints);
    metaffi_entity_free(doubles);
}

static void the_fixed_part_is_required(void) {
    metaffi_entity *ints = load("callable=guest_sum_ints");
    metaffi_value result;
    CHECK_FAILS(metaffi_entity_call(ints, NULL, 0, &result, 1, &err),
                METAFFI_STATUS_INVALID_ARGUMENT);
    metaffi_entity_free(ints);
}

static void explicit_types_fix_a_signature(void) {
    metaffi_type_info params[] = {info_of(metaffi_int32_type), info_of(metaffi_float64_type)};
    metaffi_type_info result = info_of(metaffi_float64_type);
    metaffi_entity *doubles = NULL;
    CHECK_OK(metaffi_entity_load(guest, "callable=guest_sum_doubles", params, 2, &result, 1,
                                 &doubles, &err));
    metaffi_value arguments[] = {int32_value(1), float64_value(2.25)};
    CHECK(call_number(doubles, arguments, 2) == 2.25);
    metaffi_entity_free(doubles);
}

int main(void) {
    open_guest();
    integers_and_doubles();
    small_types_are_promoted();
    the_fixed_part_is_required();
    explicit_types_fix_a_signature();
    close_guest();
    return CHECK_RESULT;
}
