/* Two threads calling at once. By the clock on the wall: waiting for each other counts. */

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

enum { THREADS = 2, WINDOWS = 2000, CALLS = 20000 };

static struct interface interface;
static metaffi_entity *add;
static metaffi_object *counters[THREADS];
static metaffi_entity *increment;

typedef void (*worker)(int thread, size_t count);

/* What the second thread does next; NULL while it waits. */
static _Atomic(worker) job;
static atomic_bool finished;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void by_libffi(int thread, size_t count) {
    (void)thread;
    int64_t a, b, result = 0;
    void *arguments[] = {&a, &b};
    while (count--) {
        a = result;
        b = 1;
        ffi_call(&interface.cif, FFI_FN(guest_add), &result, arguments);
    }
}

static void by_frame(int thread, size_t count) {
    (void)thread;
    metaffi_slot frame[3] = {0};
    metaffi_error *failure;
    while (count--) {
        frame[0] = frame[2];
        frame[1] = 1;
        metaffi_entity_call_frame(add, frame, &failure);
    }
}

static void by_values(int thread, size_t count) {
    (void)thread;
    metaffi_value arguments[2], result = {metaffi_int64_type, {.int64 = 0}};
    metaffi_error *failure;
    while (count--) {
        arguments[0] = (metaffi_value){metaffi_int64_type, {.int64 = result.data.int64}};
        arguments[1] = (metaffi_value){metaffi_int64_type, {.int64 = 1}};
        metaffi_entity_call(add, arguments, 2, &result, 1, &failure);
    }
}

/* Objects are looked up and held on to. */
static void with_objects(int thread, size_t count) {
    metaffi_slot frame[2];
    metaffi_error *failure;
    while (count--) {
        frame[0] = (metaffi_slot)counters[thread];
        metaffi_entity_call_frame(increment, frame, &failure);
    }
}

static void *second_thread(void *unused) {
    (void)unused;
    while (!atomic_load(&finished)) {
        worker work = atomic_load(&job);
        if (work) {
            work(1, CALLS);
            atomic_store(&job, NULL);
        }
    }
    return NULL;
}

static double alone(worker work) {
    double start = now();
    work(0, CALLS);
    return now() - start;
}

static double together(worker work) {
    double start = now();
    atomic_store(&job, work);
    work(0, CALLS);
    while (atomic_load(&job)) {
    }
    return now() - start;
}

/* Writes a row with the nanoseconds that a call takes one thread, and takes two. */
static void compare(const char *what, worker work, double bound) {
    double one = INFINITY, two = INFINITY;
    for (int window = 0; window < WINDOWS; window++) {
        one = fmin(one, alone(work) / CALLS);
        two = fmin(two, together(work) / (THREADS * CALLS));
    }
    row_of(what, "one thread", one, "two threads", two, THROUGHPUT, bound);
}

void threads(void) {
    if (sysconf(_SC_NPROCESSORS_ONLN) < THREADS) {
        fact("threads", "not measured: this machine has one processor");
        return;
    }
    const ffi_type *types[] = {&ffi_type_sint64, &ffi_type_sint64};
    prepare(&interface, &ffi_type_sint64, types, COUNT(types));
    add = load("callable=guest_add");
    increment = load_increment();
    for (int i = 0; i < THREADS; i++) {
        counters[i] = object_from("callable=guest_counter_next");
    }
    pthread_t thread;
    pthread_create(&thread, NULL, second_thread, NULL);
    compare("two threads: ffi_call", by_libffi, 0);
    compare("two threads: add(int64, int64) by frame", by_frame, 1.8);
    compare("two threads: add(int64, int64) by values", by_values, 1.8);
    compare("two threads: method of an object by frame", with_objects, 1.8);
    atomic_store(&finished, true);
    pthread_join(thread, NULL);
}
