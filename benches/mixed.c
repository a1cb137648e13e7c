/* Ten arguments of several types, more than fit in registers of one kind alone. */

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

static struct interface interface;
static metaffi_entity *entity;

static void by_libffi(size_t count) {
    int32_t a;
    double b, f, h, result;
    int64_t c, i;
    float d, j;
    uint8_t e;
    int16_t g;
    void *arguments[] = {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j};
    while (count--) {
        a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10;
        ffi_call(&interface.cif, FFI_FN(guest_mixed), &result, arguments);
    }
}

static metaffi_slot slot_of_float(float value) {
    union {
        float value;
        uint32_t bits;
    } both = {value};
    return both.bits;
}

static void by_frame(size_t count) {
    metaffi_slot frame[11];
    while (count--) {
        frame[0] = 1;
        frame[1] = slot_of(2);
        frame[2] = 3;
        frame[3] = slot_of_float(4);
        frame[4] = 5;
        frame[5] = slot_of(6);
        frame[6] = 7;
        frame[7] = slot_of(8);
        frame[8] = 9;
        frame[9] = slot_of_float(10);
        metaffi_entity_call_frame(entity, frame, &error);
    }
}

static void by_values(size_t count) {
    metaffi_value arguments[10], result;
    while (count--) {
        arguments[0] = (metaffi_value){metaffi_int32_type, {.int32 = 1}};
        arguments[1] = (metaffi_value){metaffi_float64_type, {.float64 = 2}};
        arguments[2] = (metaffi_value){metaffi_int64_type, {.int64 = 3}};
        arguments[3] = (metaffi_value){metaffi_float32_type, {.float32 = 4}};
        arguments[4] = (metaffi_value){metaffi_uint8_type, {.uint8 = 5}};
        arguments[5] = (metaffi_value){metaffi_float64_type, {.float64 = 6}};
        arguments[6] = (metaffi_value){metaffi_int16_type, {.int16 = 7}};
        arguments[7] = (metaffi_value){metaffi_float64_type, {.float64 = 8}};
        arguments[8] = (metaffi_value){metaffi_int64_type, {.int64 = 9}};
        arguments[9] = (metaffi_value){metaffi_float32_type, {.float32 = 10}};
        metaffi_entity_call(entity, arguments, 10, &result, 1, &error);
    }
}

void mixed(void) {
    const ffi_type *types[] = {
        &ffi_type_sint32, &ffi_type_double, &ffi_type_sint64, &ffi_type_float,  &ffi_type_uint8,
        &ffi_type_double, &ffi_type_sint16, &ffi_type_double, &ffi_type_sint64, &ffi_type_float};
    prepare(&interface, &ffi_type_double, types, COUNT(types));
    entity = load("callable=guest_mixed");
    struct contestant contestants[] = {
        {.name = "ffi_call", .run = by_libffi},
        {.name = "frame", .run = by_frame},
        {.name = "values", .run = by_values},
    };
    measure(contestants, COUNT(contestants));
    row("10 mixed arguments by frame", &contestants[0], &contestants[1], RATIO, 0.35);
    row("10 mixed arguments by values", &contestants[0], &contestants[2], NOTHING, 0);
}
