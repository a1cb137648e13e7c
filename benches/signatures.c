/* Scalars of every type, and every number of them, by frame. */

#include <stdio.h>

#include "client.h"
#include "guest/signatures.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

/* What is measured now. */
static struct interface interface;
static metaffi_entity *entity;

/* The first argument is what the call before has returned. Stores are written out, as by hand. */
#define STORE _Pragma("GCC unroll 16") for
#define UNIFORM(name, type, ffi, info, n)                                                          \
    static void name##_##n##_by_libffi(size_t count) {                                             \
        type values[n];                                                                            \
        void *arguments[n];                                                                        \
        union {                                                                                    \
            ffi_arg word;                                                                          \
            type value;                                                                            \
        } result = {0};                                                                            \
        for (int i = 0; i < n; i++) {                                                              \
            arguments[i] = &values[i];                                                             \
        }                                                                                          \
        while (count--) {                                                                          \
            values[0] = result.value;                                                              \
            STORE(int i = 1; i < n; i++) {                                                         \
                values[i] = (type)(intptr_t)1;                                                     \
            }                                                                                      \
            ffi_call(&interface.cif, FFI_FN(guest_##name##_##n), &result, arguments);              \
        }                                                                                          \
    }                                                                                              \
    static void name##_##n##_by_frame(size_t count) {                                              \
        static const union {                                                                       \
            type value;                                                                            \
            metaffi_slot slot;                                                                     \
        } one = {(type)(intptr_t)1};                                                               \
        metaffi_slot frame[n + 1] = {0};                                                           \
        while (count--) {                                                                          \
            frame[0] = frame[n];                                                                   \
            STORE(int i = 1; i < n; i++) {                                                         \
                frame[i] = one.slot;                                                               \
            }                                                                                      \
            metaffi_entity_call_frame(entity, frame, &error);                                      \
        }                                                                                          \
    }
#define MIXED(name, n, m)                                                                          \
    static void name##_by_libffi(size_t count) {                                                   \
        int64_t integers[n];                                                                       \
        double reals[m], result;                                                                   \
        void *arguments[n + m];                                                                    \
        for (int i = 0; i < n + m; i++) {                                                          \
            arguments[i] = i < n ? (void *)&integers[i] : &reals[i - n];                           \
        }                                                                                          \
        while (count--) {                                                                          \
            STORE(int i = 0; i < n; i++) {                                                         \
                integers[i] = 1;                                                                   \
            }                                                                                      \
            STORE(int i = 0; i < m; i++) {                                                         \
                reals[i] = 1;                                                                      \
            }                                                                                      \
            ffi_call(&interface.cif, FFI_FN(guest_##name), &result, arguments);                    \
        }                                                                                          \
    }                                                                                              \
    static void name##_by_frame(size_t count) {                                                    \
        metaffi_slot frame[n + m + 1];                                                             \
        while (count--) {                                                                          \
            STORE(int i = 0; i < n; i++) {                                                         \
                frame[i] = 1;                                                                      \
            }                                                                                      \
            STORE(int i = n; i < n + m; i++) {                                                     \
                frame[i] = slot_of(1);                                                             \
            }                                                                                      \
            metaffi_entity_call_frame(entity, frame, &error);                                      \
        }                                                                                          \
    }
GUEST_UNIFORM(UNIFORM)
GUEST_MIXED(MIXED)

static const struct signature {
    const char *path, *what;
    void (*by_libffi)(size_t);
    void (*by_frame)(size_t);
    ffi_type *libffi;
    metaffi_type type;
    size_t count, reals;
} SIGNATURES[] = {
#define ROW(name, type, ffi, info, n)                                                              \
    {"callable=guest_" #name "_" #n,                                                               \
     #n " × " #type,                                                                               \
     name##_##n##_by_libffi,                                                                       \
     name##_##n##_by_frame,                                                                        \
     &ffi_type_##ffi,                                                                              \
     metaffi_##info##_type,                                                                        \
     n,                                                                                            \
     0},
#define MIXED_ROW(name, n, m)                                                                      \
    {"callable=guest_" #name,                                                                      \
     #n " × int64_t, " #m " × double",                                                             \
     name##_by_libffi,                                                                             \
     name##_by_frame,                                                                              \
     &ffi_type_sint64,                                                                             \
     metaffi_int64_type,                                                                           \
     n,                                                                                            \
     m},
    GUEST_UNIFORM(ROW) GUEST_MIXED(MIXED_ROW)};

static void compare(const struct signature *signature) {
    const ffi_type *types[16];
    metaffi_type_info infos[16];
    size_t all = signature->count + signature->reals;
    for (size_t i = 0; i < all; i++) {
        bool real = i >= signature->count;
        types[i] = real ? &ffi_type_double : signature->libffi;
        infos[i] = (metaffi_type_info){real ? metaffi_float64_type : signature->type, NULL, 0};
    }
    prepare(&interface, (ffi_type *)types[all - 1], types, all);
    check(metaffi_entity_load(guest, signature->path, infos, all, &infos[all - 1], 1, &entity,
                              &error));
    struct contestant contestants[] = {
        {.name = "ffi_call", .run = signature->by_libffi},
        {.name = "frame", .run = signature->by_frame},
    };
    measure(contestants, COUNT(contestants));
    char what[64];
    snprintf(what, sizeof what, "f(%s) by frame", signature->what);
    /* From the seventh integer on, arguments are in memory. */
    bool in_memory = signature->type != metaffi_float64_type && signature->count > 6;
    row(what, &contestants[0], &contestants[1], RATIO, in_memory ? 0.5 : 0.35);
    check(metaffi_entity_free(entity));
}

void signatures(void) {
    for (size_t i = 0; i < COUNT(SIGNATURES); i++) {
        compare(&SIGNATURES[i]);
    }
}
