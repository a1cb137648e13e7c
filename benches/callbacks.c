/* C calls function pointers whose code is the host's. */

#include <stdio.h>
#include <string.h>

#include "client.h"
#include "guest/signatures.h"
#include "harness.h"
#include "limits/closure.h"
#include "scenarios.h"

static struct interface notify_interface, binary_interface, real_interface, fold_interface;
static guest_notify notify_libffi, notify_ours;
static guest_binary binary_libffi, binary_ours;
static guest_real real_libffi, real_ours;
static metaffi_entity *fold;
static metaffi_callable *binary;

static void libffi_notified(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)result, (void)arguments, (void)userdata;
}

static void libffi_add(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)userdata;
    *(int64_t *)result = *(int64_t *)arguments[0] + *(int64_t *)arguments[1];
}

static void libffi_multiply(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)userdata;
    *(double *)result = *(double *)arguments[0] * *(double *)arguments[1];
}

static metaffi_status host_notified(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)frame, (void)failure;
    return METAFFI_OK;
}

static metaffi_status host_add(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)failure;
    frame[2] = frame[0] + frame[1];
    return METAFFI_OK;
}

static metaffi_status host_multiply(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)failure;
    frame[2] = slot_of(double_of(frame[0]) * double_of(frame[1]));
    return METAFFI_OK;
}

static void notify_by_libffi(size_t count) {
    guest_notify_times(notify_libffi, count);
}
static void notify_by_ours(size_t count) {
    guest_notify_times(notify_ours, count);
}
static void binary_by_libffi(size_t count) {
    guest_fold(binary_libffi, count);
}
static void binary_by_ours(size_t count) {
    guest_fold(binary_ours, count);
}
static void real_by_libffi(size_t count) {
    guest_fold_real(real_libffi, count);
}
static void real_by_ours(size_t count) {
    guest_fold_real(real_ours, count);
}

static void fold_by_libffi(size_t count) {
    guest_binary function;
    size_t times;
    int64_t result;
    void *arguments[] = {&function, &times};
    while (count--) {
        function = binary_libffi;
        times = 1;
        ffi_call(&fold_interface.cif, FFI_FN(guest_fold), &result, arguments);
    }
}

static void fold_by_frame(size_t count) {
    metaffi_slot frame[3];
    while (count--) {
        frame[0] = (metaffi_slot)binary;
        frame[1] = 1;
        metaffi_entity_call_frame(fold, frame, &error);
    }
}

static metaffi_callable *callable(metaffi_callback function, metaffi_type type, size_t params) {
    metaffi_type_info infos[8];
    for (size_t i = 0; i < COUNT(infos); i++) {
        infos[i] = (metaffi_type_info){type, NULL, 0};
    }
    metaffi_callable *made;
    check(metaffi_callable_new(function, infos, params, infos, params ? 1 : 0, NULL, NULL, &made,
                               &error));
    return made;
}

static metaffi_function native(const metaffi_callable *callable) {
    metaffi_function pointer;
    check(metaffi_callable_native(callable, &pointer, &error));
    return pointer;
}

static void prepare_libffi(void) {
    const ffi_type *integers[] = {&ffi_type_sint64, &ffi_type_sint64};
    const ffi_type *reals[] = {&ffi_type_double, &ffi_type_double};
    const ffi_type *folds[] = {&ffi_type_pointer, &ffi_type_uint64};
    prepare(&notify_interface, &ffi_type_void, NULL, 0);
    prepare(&binary_interface, &ffi_type_sint64, integers, COUNT(integers));
    prepare(&real_interface, &ffi_type_double, reals, COUNT(reals));
    prepare(&fold_interface, &ffi_type_sint64, folds, COUNT(folds));
    notify_libffi = closure_new(&notify_interface, libffi_notified);
    binary_libffi = (guest_binary)closure_new(&binary_interface, libffi_add);
    real_libffi = (guest_real)closure_new(&real_interface, libffi_multiply);
}

static void prepare_ours(void) {
    binary = callable(host_add, metaffi_int64_type, 2);
    notify_ours = native(callable(host_notified, metaffi_null_type, 0));
    binary_ours = (guest_binary)native(binary);
    real_ours = (guest_real)native(callable(host_multiply, metaffi_float64_type, 2));
    fold = load("callable=guest_fold");
}

static void compare(const char *what, void (*limit)(size_t), void (*ours)(size_t)) {
    struct contestant contestants[] = {
        {.name = "libffi closure", .run = limit},
        {.name = "callable's native pointer", .run = ours},
    };
    measure(contestants, COUNT(contestants));
    row(what, &contestants[0], &contestants[1], RATIO, 1.15);
}

/* Callbacks of every kind of scalar: they return their first argument. */
#define CALLBACK(name, type, wide, ffi, info, n)                                                   \
    static guest_callback_##name##_##n name##_##n##_libffi, name##_##n##_ours;                     \
    static void libffi_##name##_##n(ffi_cif *cif, void *result, void **arguments,                  \
                                    void *userdata) {                                              \
        (void)cif, (void)userdata;                                                                 \
        *(wide *)result = (wide) * (type *)arguments[0];                                           \
    }                                                                                              \
    static metaffi_status host_##name##_##n(void *userdata, metaffi_slot *frame,                   \
                                            metaffi_error **failure) {                             \
        (void)userdata, (void)failure;                                                             \
        frame[n] = frame[0];                                                                       \
        return METAFFI_OK;                                                                         \
    }                                                                                              \
    static void name##_##n##_by_libffi(size_t count) {                                             \
        guest_repeat_##name##_##n(name##_##n##_libffi, count);                                     \
    }                                                                                              \
    static void name##_##n##_by_ours(size_t count) {                                               \
        guest_repeat_##name##_##n(name##_##n##_ours, count);                                       \
    }                                                                                              \
    static void compare_##name##_##n(void) {                                                       \
        static struct interface interface;                                                         \
        const ffi_type *types[n];                                                                  \
        for (size_t i = 0; i < n; i++) {                                                           \
            types[i] = &ffi_type_##ffi;                                                            \
        }                                                                                          \
        prepare(&interface, &ffi_type_##ffi, types, n);                                            \
        name##_##n##_libffi =                                                                      \
            (guest_callback_##name##_##n)closure_new(&interface, libffi_##name##_##n);             \
        name##_##n##_ours = (guest_callback_##name##_##n)native(                                   \
            callable(host_##name##_##n, metaffi_##info##_type, n));                                \
        compare("callback(" #n " × " #type ")", name##_##n##_by_libffi, name##_##n##_by_ours);     \
    }
GUEST_CALLBACKS(CALLBACK)

/* Callbacks of what is not a scalar, of a function that was itself called: by libffi or by frame.
 */
static struct interface within_interface;
static metaffi_entity *within;
static void (*within_function)(void);
static void (*within_closure)(void);
static metaffi_callable *within_callable, *within_raw;

static void within_by_libffi(size_t count) {
    int64_t result;
    void *arguments[] = {&within_closure, &count};
    ffi_call(&within_interface.cif, within_function, &result, arguments);
}

static void within_by_frame(size_t count) {
    metaffi_slot frame[] = {(metaffi_slot)within_callable, count, 0};
    metaffi_entity_call_frame(within, frame, &error);
}

static void within_by_closure(size_t count) {
    metaffi_slot frame[] = {(metaffi_slot)within_raw, count, 0};
    metaffi_entity_call_frame(within, frame, &error);
}

static void libffi_int(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)userdata;
    *(ffi_sarg *)result = *(int *)arguments[0] + 1;
}

static void raw_int(void *result, void **arguments, void *userdata) {
    libffi_int(NULL, result, arguments, userdata);
}

static metaffi_status host_int(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)failure;
    frame[1] = (metaffi_slot)(int64_t)((int)frame[0] + 1);
    return METAFFI_OK;
}

static void libffi_text(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)userdata;
    *(int64_t *)result = (int64_t)strlen(*(const char **)arguments[0]);
}

static void raw_text(void *result, void **arguments, void *userdata) {
    libffi_text(NULL, result, arguments, userdata);
}

static metaffi_status host_text(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)failure;
    frame[2] = frame[1];
    return METAFFI_OK;
}

static void libffi_vector(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)userdata;
    *(int64_t *)result = (int64_t)((guest_vector *)arguments[0])->x;
}

static void raw_vector(void *result, void **arguments, void *userdata) {
    libffi_vector(NULL, result, arguments, userdata);
}

static metaffi_status host_vector(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata;
    void *vector;
    metaffi_status status =
        metaffi_cdata_address((metaffi_object *)frame[0], &vector, NULL, failure);
    frame[1] = status ? 0 : (metaffi_slot)((guest_vector *)vector)->x;
    return status;
}

static void libffi_counter(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)userdata;
    *(int64_t *)result = (*(guest_counter **)arguments[0])->value;
}

static void raw_counter(void *result, void **arguments, void *userdata) {
    libffi_counter(NULL, result, arguments, userdata);
}

static metaffi_status host_counter(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata;
    void *counter;
    metaffi_status status = metaffi_cdata_pointer((metaffi_object *)frame[0], &counter, failure);
    frame[1] = status ? 0 : (metaffi_slot)((guest_counter *)counter)->value;
    return status;
}

static const struct within {
    const char *what, *path, *type;
    void (*function)(void);
    ffi_type *parameter, *result;
    closure_body body;
    metaffi_callback host;
    metaffi_raw_handler raw;
    metaffi_type types[2];
} WITHIN[] = {
    {"callback(int)",
     "callable=guest_each_int",
     "int (int)",
     FFI_FN(guest_each_int),
     &ffi_type_sint,
     &ffi_type_sint,
     libffi_int,
     host_int,
     raw_int,
     {metaffi_int32_type, metaffi_int32_type}},
    {"callback(char *)",
     "callable=guest_each_text",
     "int64_t (const char *)",
     FFI_FN(guest_each_text),
     &ffi_type_pointer,
     &ffi_type_sint64,
     libffi_text,
     host_text,
     raw_text,
     {metaffi_string8_type, metaffi_int64_type}},
    {"callback(struct)",
     "callable=guest_each_vector",
     "int64_t (guest_vector)",
     FFI_FN(guest_each_vector),
     &vector_type,
     &ffi_type_sint64,
     libffi_vector,
     host_vector,
     raw_vector,
     {metaffi_handle_type, metaffi_int64_type}},
    {"callback(struct *)",
     "callable=guest_each_counter",
     "int64_t (guest_counter *)",
     FFI_FN(guest_each_counter),
     &ffi_type_pointer,
     &ffi_type_sint64,
     libffi_counter,
     host_counter,
     raw_counter,
     {metaffi_handle_type, metaffi_int64_type}},
};

static void compare_within(const struct within *within_row) {
    static struct interface interfaces[COUNT(WITHIN)];
    struct interface *interface = &interfaces[within_row - WITHIN];
    const ffi_type *parameters[] = {&ffi_type_pointer, &ffi_type_uint64};
    metaffi_type_info parameter = {within_row->types[0], NULL, 0},
                      result = {within_row->types[1], NULL, 0};
    prepare(&within_interface, &ffi_type_sint64, parameters, COUNT(parameters));
    prepare(interface, within_row->result, (const ffi_type *[]){within_row->parameter}, 1);
    within_function = within_row->function;
    within_closure = closure_new(interface, within_row->body);
    within = load(within_row->path);
    check(metaffi_callable_new(within_row->host, &parameter, 1, &result, 1, NULL, NULL,
                               &within_callable, &error));
    metaffi_ctype *type;
    check(metaffi_ctype_parse(guest, within_row->type, &type, &error));
    check(metaffi_ctype_closure(type, NULL, 0, within_row->raw, NULL, NULL, &within_raw, &error));
    struct contestant contestants[] = {
        {.name = "libffi closure", .run = within_by_libffi},
        {.name = "callable", .run = within_by_frame},
        {.name = "metaffi_ctype_closure", .run = within_by_closure},
    };
    measure(contestants, COUNT(contestants));
    char what[64];
    snprintf(what, sizeof what, "inside a call: %s", within_row->what);
    row(what, &contestants[0], &contestants[1], RATIO, 1.3);
    snprintf(what, sizeof what, "inside a call: %s, as C has it", within_row->what);
    row(what, &contestants[0], &contestants[2], RATIO, 1.3);
    check(metaffi_callable_free(within_callable));
    check(metaffi_callable_free(within_raw));
    check(metaffi_ctype_free(type));
    check(metaffi_entity_free(within));
}

/* A callable of two integers with its pointer, made and freed. */
static void made_by_libffi(size_t count) {
    while (count--) {
        void *code;
        ffi_closure *closure = ffi_closure_alloc(sizeof *closure, &code);
        ffi_prep_closure_loc(closure, &binary_interface.cif, libffi_add, NULL, code);
        ffi_closure_free(closure);
    }
}

static void made_by_ours(size_t count) {
    while (count--) {
        metaffi_callable *made = callable(host_add, metaffi_int64_type, 2);
        native(made);
        metaffi_callable_free(made);
    }
}

static void compare_making(void) {
    struct contestant contestants[] = {
        {.name = "libffi closure", .run = made_by_libffi},
        {.name = "callable and its native pointer", .run = made_by_ours},
    };
    measure(contestants, COUNT(contestants));
    row("make and free a callable", &contestants[0], &contestants[1], RATIO, 1.5);
}

void callbacks(void) {
    prepare_libffi();
    prepare_ours();
    compare("callback of no arguments", notify_by_libffi, notify_by_ours);
    compare("callback(int64, int64)", binary_by_libffi, binary_by_ours);
    compare("callback(double, double)", real_by_libffi, real_by_ours);
#define COMPARE(name, type, wide, ffi, info, n) compare_##name##_##n();
    GUEST_CALLBACKS(COMPARE)
    for (size_t i = 0; i < COUNT(WITHIN); i++) {
        compare_within(&WITHIN[i]);
    }
    compare_making();
    struct contestant round_trip[] = {
        {.name = "ffi_call and libffi closure", .run = fold_by_libffi},
        {.name = "frame, callable as argument", .run = fold_by_frame},
    };
    measure(round_trip, COUNT(round_trip));
    row("call with a callback, called once", &round_trip[0], &round_trip[1], NOTHING, 0);
}
