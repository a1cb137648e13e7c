/* A variadic call whose types are known only when it is made. */

#include <stdlib.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

static metaffi_ctype *function_type;
static const metaffi_ctype *types[2];

static void by_libffi(size_t count) {
    ffi_type *parameters[] = {&ffi_type_sint, &ffi_type_sint64, &ffi_type_sint64};
    int numbers;
    int64_t a, b, result;
    void *arguments[] = {&numbers, &a, &b};
    while (count--) {
        ffi_cif cif;
        numbers = 2, a = 1, b = 2;
        if (ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, 1, 3, &ffi_type_sint64, parameters)) {
            exit(1);
        }
        ffi_call(&cif, FFI_FN(guest_sum_of), &result, arguments);
    }
}

static void by_ours(size_t count) {
    int numbers;
    int64_t a, b, result;
    void *arguments[] = {&numbers, &a, &b};
    while (count--) {
        numbers = 2, a = 1, b = 2;
        metaffi_ctype_call(function_type, (metaffi_function)guest_sum_of, &result, arguments, 3,
                           types, 2, &error);
    }
}

void variadic(void) {
    metaffi_ctype *integer;
    check(metaffi_ctype_parse(guest, "int64_t (int, ...)", &function_type, &error));
    check(metaffi_ctype_parse(guest, "int64_t", &integer, &error));
    types[0] = types[1] = integer;
    struct contestant contestants[] = {
        {.name = "ffi_prep_cif_var and ffi_call", .run = by_libffi},
        {.name = "metaffi_ctype_call", .run = by_ours},
    };
    measure(contestants, COUNT(contestants));
    row("variadic call with run-time types", &contestants[0], &contestants[1], RATIO, 1.2);
}
