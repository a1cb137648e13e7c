/* Functions whose arguments all travel in registers. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "limits/table.h"
#include "scenarios.h"

static struct interface nop_interface, add_interface, multiply_interface;
static metaffi_entity *nop, *add, *multiply;
static void (*volatile nop_pointer)(void), (*volatile nop_native)(void);
static guest_binary volatile add_pointer, add_native;
static guest_real volatile multiply_pointer, multiply_native;
static uint64_t nop_key;
static int64_t integer;
static double real;

static void nop_by_pointer(size_t count) {
    while (count--) {
        nop_pointer();
    }
}

static void nop_by_native(size_t count) {
    while (count--) {
        nop_native();
    }
}

static void nop_by_libffi(size_t count) {
    while (count--) {
        ffi_call(&nop_interface.cif, FFI_FN(guest_nop), NULL, NULL);
    }
}

/* What finding the function by its handle takes, done by hand. */
static void nop_by_table(size_t count) {
    uint64_t frame[1];
    while (count--) {
        table_call(nop_key, frame, (void **)&error);
    }
}

static void nop_by_frame(size_t count) {
    metaffi_slot frame[1];
    while (count--) {
        metaffi_entity_call_frame(nop, frame, &error);
    }
}

static void nop_by_values(size_t count) {
    while (count--) {
        metaffi_entity_call(nop, NULL, 0, NULL, 0, &error);
    }
}

static void add_by_pointer(size_t count) {
    while (count--) {
        integer = add_pointer(integer, 1);
    }
}

static void add_by_native(size_t count) {
    while (count--) {
        integer = add_native(integer, 1);
    }
}

static void add_by_libffi(size_t count) {
    int64_t a, b, result = 0;
    void *arguments[] = {&a, &b};
    while (count--) {
        a = result;
        b = 1;
        ffi_call(&add_interface.cif, FFI_FN(guest_add), &result, arguments);
    }
}

static void add_by_frame(size_t count) {
    metaffi_slot frame[3] = {0};
    while (count--) {
        frame[0] = frame[2];
        frame[1] = 1;
        metaffi_entity_call_frame(add, frame, &error);
    }
}

static void add_by_values(size_t count) {
    metaffi_value arguments[2], result = {metaffi_int64_type, {.int64 = 0}};
    while (count--) {
        arguments[0] = (metaffi_value){metaffi_int64_type, {.int64 = result.data.int64}};
        arguments[1] = (metaffi_value){metaffi_int64_type, {.int64 = 1}};
        metaffi_entity_call(add, arguments, 2, &result, 1, &error);
    }
}

static void multiply_by_pointer(size_t count) {
    real = 1;
    while (count--) {
        real = multiply_pointer(real, 1);
    }
}

static void multiply_by_native(size_t count) {
    real = 1;
    while (count--) {
        real = multiply_native(real, 1);
    }
}

static void multiply_by_libffi(size_t count) {
    double a, b, result = 1;
    void *arguments[] = {&a, &b};
    while (count--) {
        a = result;
        b = 1;
        ffi_call(&multiply_interface.cif, FFI_FN(guest_multiply), &result, arguments);
    }
}

static void multiply_by_frame(size_t count) {
    metaffi_slot frame[3] = {0, 0, slot_of(1)};
    while (count--) {
        frame[0] = frame[2];
        frame[1] = slot_of(1);
        metaffi_entity_call_frame(multiply, frame, &error);
    }
}

static void multiply_by_values(size_t count) {
    metaffi_value arguments[2], result = {metaffi_float64_type, {.float64 = 1}};
    while (count--) {
        arguments[0] = (metaffi_value){metaffi_float64_type, {.float64 = result.data.float64}};
        arguments[1] = (metaffi_value){metaffi_float64_type, {.float64 = 1}};
        metaffi_entity_call(multiply, arguments, 2, &result, 1, &error);
    }
}

/* The native pointer; it must be the symbol itself. */
static metaffi_function native(const metaffi_entity *entity, const char *symbol) {
    metaffi_function pointer;
    check(metaffi_entity_native(entity, &pointer, &error));
    if (dlsym(RTLD_DEFAULT, symbol) != (void *)pointer) {
        fprintf(stderr, "the native pointer of %s is not the symbol itself\n", symbol);
        exit(1);
    }
    return pointer;
}

static void compare(const char *const rows[3], struct contestant contestants[5], double by_frame,
                    double by_values) {
    measure(contestants, 5);
    row(rows[0], &contestants[2], &contestants[3], RATIO, by_frame);
    row(rows[1], &contestants[2], &contestants[4], RATIO, by_values);
    row(rows[2], &contestants[0], &contestants[1], NOTHING, 0);
}

static void compare_nop(void) {
    nop = load("callable=guest_nop");
    nop_pointer = guest_nop;
    nop_native = native(nop, "guest_nop");
    prepare(&nop_interface, &ffi_type_void, NULL, 0);
    const char *rows[] = {"nop() by frame", "nop() by values", "nop() by native pointer"};
    struct contestant contestants[] = {
        {.name = "function pointer", .run = nop_by_pointer},
        {.name = "native pointer", .run = nop_by_native},
        {.name = "ffi_call", .run = nop_by_libffi},
        {.name = "frame", .run = nop_by_frame},
        {.name = "values", .run = nop_by_values},
    };
    compare(rows, contestants, 0.40, 0.53);
    nop_key = table_add(guest_nop);
    struct contestant table[] = {
        {.name = "ffi_call", .run = nop_by_libffi},
        {.name = "by hand", .run = nop_by_table},
    };
    measure(table, COUNT(table));
    row("nop() by a table of functions", &table[0], &table[1], NOTHING, 0);
}

static void compare_add(void) {
    add = load("callable=guest_add");
    add_pointer = guest_add;
    add_native = (guest_binary)native(add, "guest_add");
    const ffi_type *types[] = {&ffi_type_sint64, &ffi_type_sint64};
    prepare(&add_interface, &ffi_type_sint64, types, COUNT(types));
    const char *rows[] = {"add(int64, int64) by frame", "add(int64, int64) by values",
                          "add(int64, int64) by native pointer"};
    struct contestant contestants[] = {
        {.name = "function pointer", .run = add_by_pointer},
        {.name = "native pointer", .run = add_by_native},
        {.name = "ffi_call", .run = add_by_libffi},
        {.name = "frame", .run = add_by_frame},
        {.name = "values", .run = add_by_values},
    };
    compare(rows, contestants, 0.20, 0.48);
}

static void compare_multiply(void) {
    multiply = load("callable=guest_multiply");
    multiply_pointer = guest_multiply;
    multiply_native = (guest_real)native(multiply, "guest_multiply");
    const ffi_type *types[] = {&ffi_type_double, &ffi_type_double};
    prepare(&multiply_interface, &ffi_type_double, types, COUNT(types));
    const char *rows[] = {"f(double, double) by frame", "f(double, double) by values",
                          "f(double, double) by native pointer"};
    struct contestant contestants[] = {
        {.name = "function pointer", .run = multiply_by_pointer},
        {.name = "native pointer", .run = multiply_by_native},
        {.name = "ffi_call", .run = multiply_by_libffi},
        {.name = "frame", .run = multiply_by_frame},
        {.name = "values", .run = multiply_by_values},
    };
    compare(rows, contestants, 0.25, 0.60);
}

void scalars(void) {
    compare_nop();
    compare_add();
    compare_multiply();
}
