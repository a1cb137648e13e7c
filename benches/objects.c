/* A pointer to a struct that the host keeps as an object and passes again and again. */

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

static struct interface interface;
static metaffi_entity *increment;
static metaffi_object *counter;

static void by_libffi(size_t count) {
    guest_counter *self;
    int64_t result;
    void *arguments[] = {&self};
    guest_counter *kept = guest_counter_next();
    while (count--) {
        self = kept;
        ffi_call(&interface.cif, FFI_FN(guest_counter_increment), &result, arguments);
    }
}

static void by_frame(size_t count) {
    metaffi_slot frame[2];
    while (count--) {
        frame[0] = (metaffi_slot)counter;
        metaffi_entity_call_frame(increment, frame, &error);
    }
}

static void by_values(size_t count) {
    metaffi_value argument, result;
    while (count--) {
        argument = (metaffi_value){metaffi_handle_type, {.object = counter}};
        metaffi_entity_call(increment, &argument, 1, &result, 1, &error);
    }
}

void objects(void) {
    const ffi_type *types[] = {&ffi_type_pointer};
    prepare(&interface, &ffi_type_sint64, types, COUNT(types));
    increment = load_increment();
    counter = object_from("callable=guest_counter_next");
    struct contestant contestants[] = {
        {.name = "ffi_call", .run = by_libffi},
        {.name = "frame", .run = by_frame},
        {.name = "values", .run = by_values},
    };
    measure(contestants, COUNT(contestants));
    row("method of an object by frame", &contestants[0], &contestants[1], RATIO, 1.2);
    row("method of an object by values", &contestants[0], &contestants[2], NOTHING, 0);
    check(metaffi_object_free(counter));
}
