/* Entities: signatures, and the three ways to call. */
#include "guest_module.h"

static void a_signature_is_what_was_declared(void) {
    metaffi_entity *entity = load("callable=guest_mixed");
    static const metaffi_type expected[] = {
        metaffi_int8_type,  metaffi_float64_type, metaffi_int16_type, metaffi_float32_type,
        metaffi_int32_type, metaffi_uint64_type,  metaffi_bool_type,  metaffi_string8_type,
        metaffi_uint8_type, metaffi_float64_type};
    CHECK_TEXT(metaffi_entity_path(entity), "callable=guest_mixed");
    CHECK(metaffi_entity_param_count(entity) == COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        metaffi_type_info info;
        const char *name = NULL;
        CHECK_OK(metaffi_entity_param(entity, i, &info, &name, &err));
        CHECK(info.type == expected[i]);
        char letter[2] = {(char)('a' + i), '\0'};
        CHECK_TEXT(name, letter);
    }
    metaffi_type_info info;
    CHECK(metaffi_entity_return_count(entity) == 1);
    CHECK_OK(metaffi_entity_return(entity, 0, &info, &err));
    CHECK(info.type == metaffi_float64_type);
    CHECK_FAILS(metaffi_entity_param(entity, 10, &info, NULL, &err), METAFFI_STATUS_OUT_OF_RANGE);
    metaffi_entity_free(entity);
}

/* An empty list is what other languages have instead of NULL: it is not NULL. */
static void empty_lists_say_none_and_unspecified_ones_nothing(void) {
    static const metaffi_type_info empty[1];
    metaffi_entity *entity = NULL;
    CHECK_FAILS_WITH(
        metaffi_entity_load(guest, "callable=guest_add", empty, 0, NULL, 0, &entity, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "METAFFI_UNSPECIFIED");
    CHECK_OK(metaffi_entity_load(guest, "callable=guest_add", empty, METAFFI_UNSPECIFIED, empty,
                                 METAFFI_UNSPECIFIED, &entity, &err));
    CHECK(metaffi_entity_param_count(entity) == 2);
    CHECK(metaffi_entity_return_count(entity) == 1);
    metaffi_entity_free(entity);
    CHECK_OK(metaffi_entity_load(guest, "callable=guest_add", NULL, METAFFI_UNSPECIFIED, empty, 0,
                                 &entity, &err));
    CHECK(metaffi_entity_return_count(entity) == 0);
    metaffi_entity_free(entity);
}

static void ten_mixed_arguments_arrive(void) {
    metaffi_entity *entity = load("callable=guest_mixed");
    metaffi_value arguments[10] = {
        int64_value(-1),  float64_value(0.5),  int64_value(-300),        float64_value(0.25),
        int64_value(100), int64_value(100000), {metaffi_bool_type, {0}}, string_value("four"),
        int64_value(200), float64_value(1000)};
    arguments[6].data.boolean = true;
    CHECK(call_number(entity, arguments, 10) ==
          -1 + 0.5 - 300 + 0.25 + 100 + 100000 + 1 + 4 + 200 + 1000);
    metaffi_entity_free(entity);
}

static void a_frame_holds_arguments_then_returns(void) {
    metaffi_entity *entity = load("callable=guest_add");
    CHECK(metaffi_entity_frame_size(entity) == 3);
    CHECK(metaffi_entity_frame_param(entity, 1) == 1);
    CHECK(metaffi_entity_frame_return(entity, 0) == 2);
    metaffi_slot frame[3] = {(metaffi_slot)-40, 2, 0};
    CHECK_OK(metaffi_entity_call_frame(entity, frame, &err));
    CHECK((int64_t)frame[2] == -38);
    metaffi_entity_free(entity);

    entity = load("callable=guest_negate8");
    metaffi_slot narrow[2] = {(metaffi_slot)(int64_t)100, 0};
    CHECK_OK(metaffi_entity_call_frame(entity, narrow, &err));
    CHECK((int64_t)narrow[1] == -100);
    metaffi_entity_free(entity);
}

static void a_c_functions_native_pointer_is_the_function(void) {
    metaffi_entity *entity = load("callable=guest_add");
    metaffi_function function = NULL;
    CHECK_OK(metaffi_entity_native(entity, &function, &err));
    CHECK(((int64_t(*)(int64_t, int64_t))function)(40, 2) == 42);
    metaffi_entity_free(entity);
}

static void other_declared_types_are_converted_or_refused(void) {
    metaffi_type_info wide[] = {info_of(metaffi_int64_type), info_of(metaffi_int64_type)};
    metaffi_entity *entity = NULL;
    metaffi_status status =
        metaffi_entity_load(guest, "callable=guest_multiply", wide, 2, wide, 1, &entity, &err);
    if (status == METAFFI_OK) {
        metaffi_value arguments[] = {int64_value(6), int64_value(7)};
        CHECK(call_number(entity, arguments, 2) == 42);
    } else {
        CHECK_FAILS(status, METAFFI_STATUS_TYPE_MISMATCH);
    }
    metaffi_entity_free(entity);
}

static void every_scalar_returns(void) {
    static const struct {
        const char *path;
        double argument, result;
    } cases[] = {{"callable=guest_negate8", 127, -127},
                 {"callable=guest_next8", 254, 255},
                 {"callable=guest_next16", 65534, 65535},
                 {"callable=guest_next32", 4294967294.0, 4294967295.0},
                 {"callable=guest_next64", 4503599627370496.0, 4503599627370497.0},
                 {"callable=guest_halve", 3, 1.5},
                 {"callable=guest_next_color", 0, 5}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        metaffi_entity *entity = load(cases[i].path);
        metaffi_type_info info = {0, NULL, 0};
        CHECK_OK(metaffi_entity_param(entity, 0, &info, NULL, &err));
        int is_float = info.type == metaffi_float32_type;
        metaffi_value argument = {0}, number = is_float ? float64_value(cases[i].argument)
                                                        : int64_value((int64_t)cases[i].argument);
        CHECK_OK(metaffi_value_convert(&number, info.type, &argument, &err));
        double result = call_number(entity, &argument, 1);
        if (result != cases[i].result)
            check_fail(__FILE__, __LINE__, cases[i].path, "returned another number");
        metaffi_entity_free(entity);
    }
}

static void an_entity_outlives_its_module_handle(void) {
    metaffi_module *module = open_module(GUEST_LIBRARY ";" GUEST_HEADER);
    metaffi_entity *entity = load_from(module, "callable=guest_add"), *clone = NULL;
    CHECK(metaffi_module_free(module) == METAFFI_OK);
    CHECK_OK(metaffi_entity_clone(entity, &clone, &err));
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    metaffi_value arguments[] = {int64_value(1), int64_value(2)};
    CHECK(call_number(clone, arguments, 2) == 3);
    CHECK(metaffi_entity_free(clone) == METAFFI_OK);
}

int main(void) {
    open_guest();
    a_signature_is_what_was_declared();
    empty_lists_say_none_and_unspecified_ones_nothing();
    ten_mixed_arguments_arrive();
    a_frame_holds_arguments_then_returns();
    a_c_functions_native_pointer_is_the_function();
    other_declared_types_are_converted_or_refused();
    every_scalar_returns();
    an_entity_outlives_its_module_handle();
    close_guest();
    return CHECK_RESULT;
}
