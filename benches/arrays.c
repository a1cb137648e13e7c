/* An array that the guest reads where it is. */

#include "client.h"
#include "harness.h"
#include "scenarios.h"

enum { LENGTH = 10000 };

static metaffi_entity *sum;
static double values[LENGTH];
static volatile double result;

static void by_hand(size_t count) {
    while (count--) {
        result = guest_sum(values, LENGTH);
    }
}

static void by_frame(size_t count) {
    metaffi_slot frame[3];
    size_t shape[] = {LENGTH};
    while (count--) {
        metaffi_array array = {
            .data = values, .element = metaffi_float64_type, .rank = 1, .shape = shape};
        frame[0] = (metaffi_slot)&array;
        frame[1] = LENGTH;
        metaffi_entity_call_frame(sum, frame, &error);
    }
}

void arrays(void) {
    metaffi_type_info params[] = {{metaffi_float64_array_type, NULL, 1},
                                  {metaffi_size_type, NULL, 0}};
    metaffi_type_info real = {metaffi_float64_type, NULL, 0};
    check(metaffi_entity_load(guest, "callable=guest_sum", params, COUNT(params), &real, 1, &sum,
                              &error));
    struct contestant contestants[] = {
        {.name = "by hand in C", .run = by_hand},
        {.name = "frame", .run = by_frame},
    };
    measure(contestants, COUNT(contestants));
    row("sum of 10 000 doubles by frame", &contestants[0], &contestants[1], NOTHING, 0);
}
