/* Eight threads calling, while a callable that was freed is inside a long call and while none is.
 * By the clock on the wall: waiting for each other counts. */

#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

enum { THREADS = 8, CALLS = 2000, TURNS = 10, WINDOWS = 20 };

static metaffi_entity *add, *increment;
static metaffi_object *counters[THREADS];
static void (*work)(int thread);
static bool finished;
static pthread_barrier_t begin, end;
static sem_t entered, leave;

static void by_frame(int thread) {
    (void)thread;
    metaffi_slot frame[3] = {0};
    metaffi_error *failure;
    for (int i = 0; i < CALLS; i++) {
        frame[0] = frame[2];
        frame[1] = 1;
        metaffi_entity_call_frame(add, frame, &failure);
    }
}

/* Objects are looked up and held on to. */
static void with_objects(int thread) {
    metaffi_slot frame[2];
    metaffi_error *failure;
    for (int i = 0; i < CALLS; i++) {
        frame[0] = (metaffi_slot)counters[thread];
        metaffi_entity_call_frame(increment, frame, &failure);
    }
}

static void *worker(void *number) {
    for (;;) {
        pthread_barrier_wait(&begin);
        if (finished) {
            return NULL;
        }
        work((int)(intptr_t)number);
        pthread_barrier_wait(&end);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Nanoseconds of a call in the best window. */
static double windows(void) {
    double best = INFINITY;
    for (int window = 0; window < WINDOWS; window++) {
        double start = now();
        pthread_barrier_wait(&begin);
        pthread_barrier_wait(&end);
        best = fmin(best, (now() - start) / (THREADS * CALLS));
    }
    return best;
}

static metaffi_status wait_inside(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
    (void)userdata, (void)frame, (void)failure;
    sem_post(&entered);
    sem_wait(&leave);
    return METAFFI_OK;
}

static void *caller(void *callable) {
    metaffi_slot frame[1];
    metaffi_error *failure;
    metaffi_callable_call_frame(callable, frame, &failure);
    return NULL;
}

static double windows_beside_a_retired(void) {
    metaffi_callable *callable;
    metaffi_error *failure;
    check(metaffi_callable_new(wait_inside, NULL, 0, NULL, 0, NULL, NULL, &callable, &failure));
    pthread_t thread;
    pthread_create(&thread, NULL, caller, callable);
    sem_wait(&entered);
    check(metaffi_callable_free(callable));
    double best = windows();
    sem_post(&leave);
    pthread_join(thread, NULL);
    return best;
}

static void compare(const char *what, void (*calls)(int)) {
    double without = INFINITY, with = INFINITY;
    work = calls;
    for (int turn = 0; turn < TURNS; turn++) {
        without = fmin(without, windows());
        with = fmin(with, windows_beside_a_retired());
    }
    row_of(what, "without", without, "a freed callable is inside a call", with, RATIO, 1.1);
}

void retired(void) {
    add = load("callable=guest_add");
    increment = load_increment();
    pthread_barrier_init(&begin, NULL, THREADS + 1);
    pthread_barrier_init(&end, NULL, THREADS + 1);
    sem_init(&entered, 0, 0);
    sem_init(&leave, 0, 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        counters[i] = object_from("callable=guest_counter_next");
        pthread_create(&threads[i], NULL, worker, (void *)(intptr_t)i);
    }
    compare("8 threads: add(int64, int64) by frame", by_frame);
    compare("8 threads: method of an object by frame", with_objects);
    finished = true;
    pthread_barrier_wait(&begin);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        check(metaffi_object_free(counters[i]));
    }
}
