/* Text in and out: the guest makes its own copy, the host another of that. */

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

static metaffi_entity *echo;
static char text[1001];
static size_t length;

/* What a C programmer writes. */
static void by_hand(size_t count) {
    while (count--) {
        const char *echoed = guest_echo(text);
        size_t size = strlen(echoed) + 1;
        char *copy = malloc(size);
        memcpy(copy, echoed, size);
        free(copy);
    }
}

static void by_frame(size_t count) {
    metaffi_slot frame[4];
    while (count--) {
        frame[0] = (metaffi_slot)text;
        frame[1] = length;
        metaffi_entity_call_frame(echo, frame, &error);
        metaffi_free((void *)frame[2]);
    }
}

static void by_values(size_t count) {
    metaffi_value argument, result;
    while (count--) {
        argument = (metaffi_value){metaffi_string8_type, {.string = {text, length}}};
        metaffi_entity_call(echo, &argument, 1, &result, 1, &error);
        metaffi_value_clear(&result);
    }
}

static void compare(const char *by_frame_row, const char *by_values_row, size_t size,
                    double bound) {
    memset(text, 'x', size);
    text[size] = 0;
    length = size;
    struct contestant contestants[] = {
        {.name = "by hand in C", .run = by_hand},
        {.name = "frame", .run = by_frame},
        {.name = "values", .run = by_values},
    };
    measure(contestants, COUNT(contestants));
    row(by_frame_row, &contestants[0], &contestants[1], RATIO, bound);
    row(by_values_row, &contestants[0], &contestants[2], NOTHING, 0);
}

void texts(void) {
    metaffi_type_info string = {metaffi_string8_type, NULL, 0};
    check(metaffi_entity_load(guest, "callable=guest_echo", &string, 1, &string, 1, &echo, &error));
    compare("echo of 10 bytes by frame", "echo of 10 bytes by values", 10, 3);
    compare("echo of 1000 bytes by frame", "echo of 1000 bytes by values", 1000, 2.5);
}
