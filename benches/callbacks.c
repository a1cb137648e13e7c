/* C calls function pointers whose code is the host's. */

#include "client.h"
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
    metaffi_type_info info = {type, NULL, 0}, infos[] = {info, info};
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

void callbacks(void) {
    prepare_libffi();
    prepare_ours();
    compare("callback of no arguments", notify_by_libffi, notify_by_ours);
    compare("callback(int64, int64)", binary_by_libffi, binary_by_ours);
    compare("callback(double, double)", real_by_libffi, real_by_ours);
    struct contestant round_trip[] = {
        {.name = "ffi_call and libffi closure", .run = fold_by_libffi},
        {.name = "frame, callable as argument", .run = fold_by_frame},
    };
    measure(round_trip, COUNT(round_trip));
    row("call with a callback, called once", &round_trip[0], &round_trip[1], NOTHING, 0);
}
