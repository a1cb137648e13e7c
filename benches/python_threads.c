/* Calls from threads that have never seen Python before. */

#include <pthread.h>

#include "client.h"
#include "harness.h"
#include "python.h"

enum { CALLS = 1000 };

static metaffi_entity *add;
static volatile int64_t integer;

static void *add_on_thread(void *unused) {
    (void)unused;
    metaffi_slot frame[3];
    for (int i = 0; i < CALLS; i++) {
        frame[0] = 1000;
        frame[1] = 2000;
        metaffi_entity_call_frame(add, frame, &error);
        integer = (int64_t)frame[2];
    }
    return NULL;
}

static void add_on_threads(size_t count) {
    while (count--) {
        pthread_t thread;
        pthread_create(&thread, NULL, add_on_thread, NULL);
        pthread_join(thread, NULL);
    }
}

void python_threads(void) {
    metaffi_type_info integers[] = {{metaffi_int64_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    add = load_python("callable=add", integers, 2, integers);
    struct contestant contestants[] = {
        {.name = "kept thread state", .run = python_limit("add_on_threads"), .on_threads = true},
        {.name = "frame", .run = add_on_threads, .on_threads = true},
    };
    measure(contestants, COUNT(contestants));
    row("1 000 × add(int64, int64) on a fresh thread", &contestants[0], &contestants[1], RATIO,
        1.3);
}
