/* Globals and constants: get, set, address. */
#include "c_data.h"

static double get(const char *path) {
    metaffi_entity *entity = load(path);
    double number = call_number(entity, NULL, 0);
    metaffi_entity_free(entity);
    return number;
}

static void set(const char *path, metaffi_value value) {
    metaffi_entity *entity = load(path);
    CHECK_OK(metaffi_entity_call(entity, &value, 1, NULL, 0, &err));
    metaffi_entity_free(entity);
}

static void globals_hold_what_was_set(void) {
    CHECK(get("global=guest_counter,getter") == 0);
    set("global=guest_counter,setter", int64_value(77));
    CHECK(get("global=guest_counter,getter") == 77);
    set("global=guest_ratio,setter", float64_value(0.75));
    CHECK(get("global=guest_ratio,getter") == 0.75);
    CHECK(get("global=guest_fixed,getter") == 42);
}

static void constants_have_their_values(void) {
    CHECK(get("constant=GUEST_MAGIC") == 0x5eed);
    CHECK(get("constant=GUEST_LIMIT") == 0x5eec);
    CHECK(get("constant=GUEST_BLUE") == 6);
}

static void text_and_aggregates(void) {
    metaffi_entity *greeting = load("global=guest_greeting,getter");
    metaffi_value text, origin;
    CHECK_OK(metaffi_entity_call(greeting, NULL, 0, &text, 1, &err));
    CHECK(text.data.string.length == 5 && memcmp(text.data.string.data, "hello", 5) == 0);
    metaffi_value_clear(&text);
    metaffi_entity_free(greeting);

    metaffi_entity *point = load("global=guest_origin,getter");
    CHECK_OK(metaffi_entity_call(point, NULL, 0, &origin, 1, &err));
    CHECK(read_number(origin.data.object, "y") == 2);
    metaffi_value_clear(&origin);
    metaffi_entity_free(point);
}

static void a_constant_global_is_not_set(void) {
    metaffi_entity *entity = NULL;
    CHECK(metaffi_entity_load(guest, "global=guest_fixed,setter", NULL, 0, NULL, 0, &entity,
                              &err) != METAFFI_OK);
    metaffi_error_free(err);
    err = NULL;
    CHECK(get("global=guest_fixed,getter") == 42);
}

int main(void) {
    open_guest();
    globals_hold_what_was_set();
    constants_have_their_values();
    text_and_aggregates();
    a_constant_global_is_not_set();
    close_guest();
    return CHECK_RESULT;
}
