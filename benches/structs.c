/* A struct of three doubles by value. */

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

static struct interface norm_interface, scaled_interface;
static metaffi_entity *norm, *scaled;
static metaffi_object *vector;

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

void structs(void) {
    const ffi_type *vectors[] = {&vector_type};
    const ffi_type *doubles[] = {&ffi_type_double, &ffi_type_double, &ffi_type_double};
    prepare(&norm_interface, &ffi_type_double, vectors, COUNT(vectors));
    prepare(&scaled_interface, &vector_type, doubles, COUNT(doubles));
    norm = load("callable=guest_norm");
    scaled = load("callable=guest_scaled");
    metaffi_value coordinates[3], made;
    for (int i = 0; i < 3; i++) {
        coordinates[i] = (metaffi_value){metaffi_float64_type, {.float64 = i}};
    }
    check(metaffi_entity_call(scaled, coordinates, 3, &made, 1, &error));
    vector = made.data.object;
    struct contestant arguments[] = {
        {.name = "ffi_call", .run = norm_by_libffi},
        {.name = "frame", .run = norm_by_frame},
        {.name = "values", .run = norm_by_values},
    };
    measure(arguments, COUNT(arguments));
    row("struct of 3 doubles as argument, by frame", &arguments[0], &arguments[1], RATIO, 1.15);
    row("struct of 3 doubles as argument, by values", &arguments[0], &arguments[2], NOTHING, 0);
    struct contestant returns[] = {
        {.name = "ffi_call", .run = scaled_by_libffi},
        {.name = "frame, object freed", .run = scaled_by_frame},
    };
    measure(returns, COUNT(returns));
    row("struct of 3 doubles as return, by frame", &returns[0], &returns[1], RATIO, 1.15);
    metaffi_object_free(vector);
}
