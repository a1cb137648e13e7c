#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

metaffi_runtime *runtime;
metaffi_module *guest;
metaffi_error *error;

void check(metaffi_status status) {
    if (status != METAFFI_OK) {
        fprintf(stderr, "%s: %s\n", metaffi_status_name(status), metaffi_error_message(error));
        exit(1);
    }
}

/* A call that succeeds stores NULL. */
static void verify_calls(void) {
    if (error) {
        check(metaffi_error_status(error));
    }
}

void client_open(void) {
    verify = verify_calls;
    check(metaffi_runtime_load("c", NULL, 0, &runtime, &error));
    check(metaffi_module_load(runtime, GUEST_LIBRARY ";" GUEST_HEADER, &guest, &error));
}

metaffi_entity *load(const char *path) {
    metaffi_entity *entity;
    check(metaffi_entity_load(guest, path, NULL, 0, NULL, 0, &entity, &error));
    return entity;
}

metaffi_entity *load_increment(void) {
    metaffi_type_info self = {metaffi_handle_type, NULL, 0}, result = {metaffi_int64_type, NULL, 0};
    metaffi_entity *entity;
    check(metaffi_entity_load(guest, "callable=guest_counter_increment", &self, 1, &result, 1,
                              &entity, &error));
    return entity;
}

metaffi_slot slot_of(double value) {
    metaffi_slot slot;
    memcpy(&slot, &value, sizeof slot);
    return slot;
}

double double_of(metaffi_slot slot) {
    double value;
    memcpy(&value, &slot, sizeof value);
    return value;
}

metaffi_object *object_from(const char *path) {
    metaffi_entity *maker = load(path);
    metaffi_value made;
    check(metaffi_entity_call(maker, NULL, 0, &made, 1, &error));
    check(metaffi_entity_free(maker));
    return made.data.object;
}
