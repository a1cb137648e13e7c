/* Structs by value: three doubles travel in memory, a pair in two registers. */

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

static struct interface norm_interface, scaled_interface, sum_interface, pair_interface;
static metaffi_entity *norm, *scaled, *sum, *pair;
static metaffi_ctype *scaled_type;
static metaffi_object *vector, *kept_pair;

static void norm_by_libffi(size_t count) {
    guest_vector v = {1, 2, 3};
    double result;
    while (count--) {
        /* libffi may overwrite the array: it is filled anew for each call. */
        void *arguments[] = {&v};
        ffi_call(&norm_interface.cif, FFI_FN(guest_norm), &result, arguments);
    }
}

static void norm_by_frame(size_t count) {
    metaffi_slot frame[2];
    while (count--) {
        frame[0] = (metaffi_slot)vector;
        metaffi_entity_call_frame(norm, frame, &error);
    }
}

static void norm_by_values(size_t count) {
    metaffi_value argument, result;
    while (count--) {
        argument = (metaffi_value){metaffi_handle_type, {.object = vector}};
        metaffi_entity_call(norm, &argument, 1, &result, 1, &error);
    }
}

static void scaled_by_libffi(size_t count) {
    double x, y, z;
    guest_vector result;
    void *arguments[] = {&x, &y, &z};
    while (count--) {
        x = 1, y = 2, z = 3;
        ffi_call(&scaled_interface.cif, FFI_FN(guest_scaled), &result, arguments);
    }
}

/* The result is an object of its own, and freed like one. */
static void scaled_by_frame(size_t count) {
    metaffi_slot frame[4];
    while (count--) {
        frame[0] = slot_of(1);
        frame[1] = slot_of(2);
        frame[2] = slot_of(3);
        metaffi_entity_call_frame(scaled, frame, &error);
        metaffi_object_free((metaffi_object *)frame[3]);
    }
}

static void scaled_into_memory(size_t count) {
    double x, y, z;
    guest_vector result;
    void *arguments[] = {&x, &y, &z};
    while (count--) {
        x = 1, y = 2, z = 3;
        metaffi_ctype_call(scaled_type, (metaffi_function)guest_scaled, &result, arguments, 3, NULL,
                           0, &error);
    }
}

static void sum_by_libffi(size_t count) {
    guest_pair p = {1, 2};
    int64_t result;
    void *arguments[] = {&p};
    while (count--) {
        ffi_call(&sum_interface.cif, FFI_FN(guest_pair_sum), &result, arguments);
    }
}

static void sum_by_frame(size_t count) {
    metaffi_slot frame[2];
    while (count--) {
        frame[0] = (metaffi_slot)kept_pair;
        metaffi_entity_call_frame(sum, frame, &error);
    }
}

static void pair_by_libffi(size_t count) {
    int64_t first;
    double second;
    guest_pair result;
    void *arguments[] = {&first, &second};
    while (count--) {
        first = 1, second = 2;
        ffi_call(&pair_interface.cif, FFI_FN(guest_pair_of), &result, arguments);
    }
}

static void pair_by_frame(size_t count) {
    metaffi_slot frame[3];
    while (count--) {
        frame[0] = 1;
        frame[1] = slot_of(2);
        metaffi_entity_call_frame(pair, frame, &error);
        metaffi_object_free((metaffi_object *)frame[2]);
    }
}

static metaffi_ctype *type_of(const char *text) {
    metaffi_ctype *type;
    check(metaffi_ctype_parse(guest, text, &type, &error));
    return type;
}

static metaffi_object *zero(const char *type_text) {
    metaffi_ctype *type = type_of(type_text);
    metaffi_object *made;
    check(metaffi_cdata_new(type, NULL, &made, &error));
    check(metaffi_ctype_free(type));
    return made;
}

static void compare_vectors(void) {
    const ffi_type *vectors[] = {&vector_type};
    const ffi_type *doubles[] = {&ffi_type_double, &ffi_type_double, &ffi_type_double};
    prepare(&norm_interface, &ffi_type_double, vectors, COUNT(vectors));
    prepare(&scaled_interface, &vector_type, doubles, COUNT(doubles));
    norm = load("callable=guest_norm");
    scaled = load("callable=guest_scaled");
    scaled_type = type_of("guest_vector (double, double, double)");
    vector = zero("guest_vector");
    struct contestant arguments[] = {
        {.name = "ffi_call", .run = norm_by_libffi},
        {.name = "frame", .run = norm_by_frame},
        {.name = "values", .run = norm_by_values},
    };
    measure(arguments, COUNT(arguments));
    row("struct of 3 doubles as argument, by frame", &arguments[0], &arguments[1], RATIO, 1.1);
    row("struct of 3 doubles as argument, by values", &arguments[0], &arguments[2], NOTHING, 0);
    struct contestant returns[] = {
        {.name = "ffi_call", .run = scaled_by_libffi},
        {.name = "frame, object freed", .run = scaled_by_frame},
        {.name = "metaffi_ctype_call", .run = scaled_into_memory},
    };
    measure(returns, COUNT(returns));
    row("struct of 3 doubles as return, by frame", &returns[0], &returns[1], RATIO, 2);
    row("struct of 3 doubles returned into the caller's memory", &returns[0], &returns[2], RATIO,
        1.15);
    check(metaffi_object_free(vector));
}

static void compare_pairs(void) {
    const ffi_type *pairs[] = {&pair_type};
    const ffi_type *numbers[] = {&ffi_type_sint64, &ffi_type_double};
    prepare(&sum_interface, &ffi_type_sint64, pairs, COUNT(pairs));
    prepare(&pair_interface, &pair_type, numbers, COUNT(numbers));
    sum = load("callable=guest_pair_sum");
    pair = load("callable=guest_pair_of");
    kept_pair = zero("guest_pair");
    struct contestant arguments[] = {
        {.name = "ffi_call", .run = sum_by_libffi},
        {.name = "frame", .run = sum_by_frame},
    };
    measure(arguments, COUNT(arguments));
    row("struct of 16 bytes as argument, by frame", &arguments[0], &arguments[1], RATIO, 1.1);
    struct contestant returns[] = {
        {.name = "ffi_call", .run = pair_by_libffi},
        {.name = "frame, object freed", .run = pair_by_frame},
    };
    measure(returns, COUNT(returns));
    row("struct of 16 bytes as return, by frame", &returns[0], &returns[1], RATIO, 1.5);
    check(metaffi_object_free(kept_pair));
}

void structs(void) {
    compare_vectors();
    compare_pairs();
}
