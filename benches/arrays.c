/* Arrays: one that the guest reads where it is, two that it writes to, one of texts. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

enum { LENGTH = 10000, TEXTS = 100 };

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

/* Two numbers that the function returns through pointers. */
static struct interface divide_interface;
static metaffi_entity *divide;

static void divide_by_libffi(size_t count) {
    int64_t a, b, quotient, rest, *outputs[2];
    void *arguments[] = {&a, &b, &outputs[0], &outputs[1]};
    while (count--) {
        a = 7, b = 2;
        outputs[0] = &quotient, outputs[1] = &rest;
        ffi_call(&divide_interface.cif, FFI_FN(guest_divide), NULL, arguments);
    }
}

static void divide_by_frame(size_t count) {
    int64_t quotient, rest;
    size_t one = 1;
    metaffi_array outputs[] = {
        {.data = &quotient, .element = metaffi_int64_type, .rank = 1, .shape = &one},
        {.data = &rest, .element = metaffi_int64_type, .rank = 1, .shape = &one},
    };
    metaffi_slot frame[4];
    while (count--) {
        frame[0] = 7, frame[1] = 2;
        frame[2] = (metaffi_slot)&outputs[0], frame[3] = (metaffi_slot)&outputs[1];
        metaffi_entity_call_frame(divide, frame, &error);
    }
}

static void compare_outputs(void) {
    const ffi_type *types[] = {&ffi_type_sint64, &ffi_type_sint64, &ffi_type_pointer,
                               &ffi_type_pointer};
    metaffi_type_info integer = {metaffi_int64_type, NULL, 0},
                      output = {metaffi_int64_array_type, NULL, 1},
                      params[] = {integer, integer, output, output};
    prepare(&divide_interface, &ffi_type_void, types, COUNT(types));
    check(metaffi_entity_load(guest, "callable=guest_divide", params, COUNT(params), NULL, 0,
                              &divide, &error));
    struct contestant contestants[] = {
        {.name = "ffi_call", .run = divide_by_libffi},
        {.name = "frame", .run = divide_by_frame},
    };
    measure(contestants, COUNT(contestants));
    row("two out pointers as arrays, by frame", &contestants[0], &contestants[1], RATIO, 1.2);
}

/* Texts with their lengths, of which C gets copies that end in zero. */
static char characters[TEXTS][16];
static metaffi_string texts_with_length[TEXTS];
static metaffi_entity *count_texts;
static volatile int64_t counted;

/* The pointers and the copies are in one block. */
static void copied_by_hand(size_t count) {
    while (count--) {
        size_t size = TEXTS * sizeof(char *);
        for (size_t i = 0; i < TEXTS; i++) {
            size += texts_with_length[i].length + 1;
        }
        char **pointers = malloc(size), *at = (char *)(pointers + TEXTS);
        for (size_t i = 0; i < TEXTS; i++) {
            size_t length = texts_with_length[i].length;
            pointers[i] = at;
            memcpy(at, texts_with_length[i].data, length);
            at[length] = 0;
            at += length + 1;
        }
        counted = guest_count(pointers, TEXTS);
        free(pointers);
    }
}

static void copied_by_frame(size_t count) {
    size_t shape[] = {TEXTS};
    metaffi_array array = {
        .data = texts_with_length, .element = metaffi_string8_type, .rank = 1, .shape = shape};
    metaffi_slot frame[3];
    while (count--) {
        frame[0] = (metaffi_slot)&array;
        frame[1] = TEXTS;
        metaffi_entity_call_frame(count_texts, frame, &error);
    }
}

static void compare_texts(void) {
    for (size_t i = 0; i < TEXTS; i++) {
        int length = snprintf(characters[i], sizeof characters[i], "text %zu", i);
        texts_with_length[i] = (metaffi_string){characters[i], (size_t)length};
    }
    metaffi_type_info params[] = {{metaffi_string8_array_type, NULL, 1},
                                  {metaffi_size_type, NULL, 0}};
    metaffi_type_info integer = {metaffi_int64_type, NULL, 0};
    check(metaffi_entity_load(guest, "callable=guest_count", params, COUNT(params), &integer, 1,
                              &count_texts, &error));
    struct contestant contestants[] = {
        {.name = "the same copies by hand", .run = copied_by_hand},
        {.name = "frame", .run = copied_by_frame},
    };
    measure(contestants, COUNT(contestants));
    row("`char **` of 100 texts by frame", &contestants[0], &contestants[1], RATIO, 1.3);
}

void arrays(void) {
    compare_outputs();
    compare_texts();
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
