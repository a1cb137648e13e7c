/* Java: every call beside the same one by hand, by an upcall stub where the JVM has them, else by
 * its native interface. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

static metaffi_runtime *java_runtime;
static metaffi_module *java_guest;
static void *limits;
static metaffi_object *kept;
static metaffi_callable *operation;
static volatile int64_t integer;
static volatile double real;
static char text[1000];
static double numbers[10000];
static metaffi_array lent = {numbers, metaffi_float64_type, 1, (const size_t[]){10000}, NULL, NULL,
                             NULL};

static metaffi_entity *nop, *add, *multiply, *echo, *total, *in_place, *plus, *number, *apply,
    *raise;
static int64_t (*native_add)(int64_t, int64_t);
static double (*native_multiply)(double, double);

static metaffi_entity *load_java(const char *path) {
    metaffi_entity *entity;
    check(metaffi_entity_load(java_guest, path, NULL, 0, NULL, 0, &entity, &error));
    return entity;
}

/* What the JVM says of itself. */
static void tell_version(void) {
    static const char *const PROPERTIES[] = {"java.vm.name", "java.runtime.version"};
    metaffi_entity *get =
        load_java("class=java.lang.System,callable=getProperty(java.lang.String)");
    char version[512] = "";
    for (size_t i = 0; i < COUNT(PROPERTIES); i++) {
        metaffi_slot frame[4] = {(metaffi_slot)(uintptr_t)PROPERTIES[i], strlen(PROPERTIES[i])};
        check(metaffi_entity_call_frame(get, frame, &error));
        size_t length = strlen(version);
        snprintf(version + length, sizeof version - length, "%s%s", i ? " " : "",
                 (const char *)(uintptr_t)frame[2]);
        metaffi_free((void *)(uintptr_t)frame[2]);
    }
    fact("java version", version);
}

#define TIMES(name, size, body)                                                                    \
    static void name(size_t count) {                                                               \
        metaffi_slot frame[size];                                                                  \
        while (count--) {                                                                          \
            body;                                                                                  \
        }                                                                                          \
    }
#define CALL(entity) metaffi_entity_call_frame(entity, frame, &error)

static void echo_once(metaffi_slot *frame, size_t length) {
    frame[0] = (metaffi_slot)(uintptr_t)text;
    frame[1] = length;
    CALL(echo);
    metaffi_free((void *)(uintptr_t)frame[2]);
}

static void raise_once(metaffi_slot *frame) {
    metaffi_error *failure = NULL;
    metaffi_entity_call_frame(raise, frame, &failure);
    integer = metaffi_error_message(failure)[0];
    metaffi_error_free(failure);
}

TIMES(nop_calls, 1, CALL(nop))
TIMES(add_calls, 3, (frame[0] = 1000, frame[1] = 2000, CALL(add), integer = (int64_t)frame[2]))
TIMES(multiply_calls, 3,
      (frame[0] = slot_of(1.5), frame[1] = slot_of(2.5), CALL(multiply),
       real = double_of(frame[2])))
TIMES(echo_10, 4, echo_once(frame, 10))
TIMES(echo_1000, 4, echo_once(frame, 1000))
TIMES(total_calls, 2,
      (frame[0] = (metaffi_slot)(uintptr_t)&lent, CALL(total), real = double_of(frame[1])))
TIMES(in_place_calls, 2,
      (frame[0] = (metaffi_slot)(uintptr_t)&lent, CALL(in_place), real = double_of(frame[1])))
TIMES(method_calls, 3,
      (frame[0] = (metaffi_slot)(uintptr_t)kept, frame[1] = 1000, CALL(plus),
       integer = (int64_t)frame[2]))
TIMES(field_calls, 2,
      (frame[0] = (metaffi_slot)(uintptr_t)kept, CALL(number), integer = (int64_t)frame[1]))
TIMES(callback_calls, 4,
      (frame[0] = (metaffi_slot)(uintptr_t)operation, frame[1] = 1, frame[2] = 2, CALL(apply),
       integer = (int64_t)frame[3]))
TIMES(raise_calls, 1, raise_once(frame))
TIMES(native_add_calls, 1, ((void)frame, integer = native_add(1000, 2000)))
TIMES(native_multiply_calls, 1, ((void)frame, real = native_multiply(1.5, 2.5)))

static metaffi_status operate(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)failure;
    frame[2] = frame[0] + frame[1];
    return METAFFI_OK;
}

static void *limit(const char *name) {
    void *found = dlsym(limits, name);
    if (!found) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

/* What is measured: the name of the limit by an upcall stub and by the native interface, ours, and
 * what is asked of each. */
static const struct {
    const char *what, *stub, *jni;
    void (*ours)(size_t);
    double bound, bound_by_jni;
} ROWS[] = {
    {"nop()", "stub_nop_calls", "jni_nop", nop_calls, 1.4, 1.25},
    {"add(int64, int64)", "stub_add_calls", "jni_add", add_calls, 1.4, 1.25},
    {"f(double, double)", "stub_multiply_calls", "jni_multiply", multiply_calls, 1.4, 1.25},
    {"add, native pointer", "stub_add_calls", "jni_add", native_add_calls, 1.15, 1.25},
    {"f(double, double), native pointer", "stub_multiply_calls", "jni_multiply",
     native_multiply_calls, 1.15, 1.25},
    {"string echo, 10 bytes", "stub_echo_10", "jni_echo_10", echo_10, 1.4, 1.25},
    {"string echo, 1000 bytes", "stub_echo_1000", "jni_echo_1000", echo_1000, 1.2, 1.25},
    {"10 000 doubles as double[]", "stub_total", "jni_total", total_calls, 1.15, 1.25},
    {"10 000 doubles as MemorySegment", "stub_total_in_place", NULL, in_place_calls, 1.05, 0},
    {"method of a kept object", "stub_method", "jni_method", method_calls, 1.3, 1.25},
    {"field of a kept object", "stub_field", "jni_field", field_calls, 1.3, 1.25},
    {"callback, once per call", "stub_callback", "jni_callback", callback_calls, 1.4, 1.25},
    {"exception with its message", "stub_raise_calls", "jni_raise", raise_calls, 1.4, 1.25},
};

/* Until the JVM has compiled it: it does that aside, after some thousand times. */
static void warm_up(void (*run)(size_t)) {
    for (int round = 0; round < 40; round++) {
        run(2500);
        usleep(5000);
    }
}

/* The crate of Rust that others use, with what it looked up before and by name. */
static void beside_the_crate(const char *directory) {
    static const struct {
        const char *function, *what;
        double bound;
    } PEERS[] = {
        {"peer_cached", "add, beside the crate `jni`, looked up before", 0.5},
        {"peer_by_name", "add, beside the crate `jni`, by name", 0.1},
    };
    char path[4096];
    snprintf(path, sizeof path, "%s/../libjni_peer.so", directory);
    void *peer = dlopen(path, RTLD_NOW);
    if (!peer) {
        fprintf(stderr, "the crate jni is missing: %s\n", dlerror());
        return;
    }
    void (*prepare)(void *, void *) = (void (*)(void *, void *))dlsym(peer, "peer_prepare");
    prepare(((void *(*)(void))limit("machine"))(), ((void *(*)(void))limit("guest_class"))());
    for (size_t i = 0; i < COUNT(PEERS); i++) {
        struct contestant contestants[] = {
            {.name = "jni", .run = (void (*)(size_t))dlsym(peer, PEERS[i].function)},
            {.name = "frame", .run = add_calls},
        };
        warm_up(contestants[0].run);
        measure(contestants, COUNT(contestants));
        row(PEERS[i].what, &contestants[0], &contestants[1], RATIO, PEERS[i].bound);
    }
}

void java(const char *home, const char *directory) {
    char path[4096];
    java_start(home);
    metaffi_option option = {"home", home};
    check(metaffi_runtime_load("jvm", &option, 1, &java_runtime, &error));
    snprintf(path, sizeof path, "%s/classes", directory);
    check(metaffi_module_load(java_runtime, path, &java_guest, &error));
    snprintf(path, sizeof path, "%s/classes/Stubs.class", directory);
    FILE *stubs = fopen(path, "r");
    snprintf(path, sizeof path, "%s/limits.so", directory);
    limits = dlopen(path, RTLD_NOW);
    void (*prepare)(const char *, int) = (void (*)(const char *, int))limit("prepare");
    snprintf(path, sizeof path, "%s/classes", directory);
    prepare(path, stubs != NULL);

    tell_version();
    nop = load_java("class=Guest,callable=nop");
    add = load_java("class=Guest,callable=add");
    multiply = load_java("class=Guest,callable=multiply");
    echo = load_java("class=Guest,callable=echo");
    total = load_java("class=Guest,callable=total");
    plus = load_java("class=Guest,callable=plus,instance_required");
    number = load_java("class=Guest,field=number,instance_required,getter");
    raise = load_java("class=Guest,callable=raise");
    metaffi_type_info params[] = {{metaffi_callable_type, NULL, 0},
                                  {metaffi_int64_type, NULL, 0},
                                  {metaffi_int64_type, NULL, 0}};
    check(metaffi_entity_load(java_guest, "class=Guest,callable=apply", params, 3, params + 1, 1,
                              &apply, &error));
    if (stubs) {
        metaffi_type_info memory = {metaffi_float64_type | metaffi_array_type, NULL, 0};
        metaffi_type_info sum = {metaffi_float64_type, NULL, 0};
        if (metaffi_entity_load(java_guest, "class=GuestMemory,callable=total", &memory, 1, &sum, 1,
                                &in_place, &error)) {
            fprintf(stderr, "%s\n", metaffi_error_message(error)), error = NULL;
        }
        fclose(stubs);
    }
    check(metaffi_callable_new(operate, params + 1, 2, params + 1, 1, NULL, NULL, &operation,
                               &error));
    metaffi_slot frame[2] = {5};
    check(metaffi_entity_call_frame(load_java("class=Guest,callable=make"), frame, &error));
    kept = (metaffi_object *)(uintptr_t)frame[1];
    metaffi_function pointer;
    check(metaffi_entity_native(add, &pointer, &error));
    native_add = (int64_t(*)(int64_t, int64_t))pointer;
    check(metaffi_entity_native(multiply, &pointer, &error));
    native_multiply = (double (*)(double, double))pointer;
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 10000; i++) {
        numbers[i] = i;
    }

    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const char *name = stubs ? ROWS[i].stub : ROWS[i].jni;
        if (!name || (ROWS[i].ours == in_place_calls && !in_place)) {
            continue;
        }
        struct contestant contestants[] = {
            {.name = stubs ? "upcall stub" : "JNI", .run = (void (*)(size_t))limit(name)},
            {.name = "frame", .run = ROWS[i].ours},
        };
        warm_up(contestants[0].run);
        warm_up(contestants[1].run);
        measure(contestants, COUNT(contestants));
        row(ROWS[i].what, &contestants[0], &contestants[1], RATIO,
            stubs ? ROWS[i].bound : ROWS[i].bound_by_jni);
    }
    beside_the_crate(directory);
}
