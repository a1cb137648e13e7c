/* What is left of operations on objects: nothing, however often they are done, and by how many
 * threads. */
#ifndef LEAKS_H
#define LEAKS_H

#include "operations.h"

#include <pthread.h>
#include <unistd.h>

#define THREADS 8
/* Memory that comes and goes with allocators. */
#ifdef __SANITIZE_ADDRESS__
/* The sanitizer looks for leaks itself, and keeps so much back from reuse. */
#define SLACK ((size_t)256 << 20)
#else
#define SLACK ((size_t)1 << 20)
#endif

struct subject {
    const char *name;
    metaffi_object *object;
};

/* How often each operation is done: so few times, or what METAFFI_TEST_ROUNDS says. */
static inline size_t rounds_or(size_t few) {
    const char *asked = getenv("METAFFI_TEST_ROUNDS");
    return asked != NULL ? strtoull(asked, NULL, 10) : few;
}

static inline size_t resident(void) {
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*u %zu", &pages) != 1)
        abort();
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Does an operation, which fails with an error or not at all. */
static inline void do_once(const struct operation *operation, const metaffi_object *object) {
    metaffi_error *failure = NULL;
    metaffi_status status = operation->run(object, &failure);
    if ((failure == NULL) != (status == METAFFI_OK))
        check_fail(__FILE__, __LINE__, operation->name, metaffi_status_name(status));
    metaffi_error_free(failure);
}

/* Each operation on each object, one after the other; how much is left is told where it is much. */
static inline void nothing_is_left(const struct subject *subjects, size_t count, size_t rounds) {
    for (size_t i = 0; i < COUNT(OPERATIONS); i++) {
        size_t before = 0;
        for (size_t round = 0; round < rounds + rounds / 4; round++) {
            if (round == rounds / 4)
                before = resident();
            for (size_t j = 0; j < count; j++)
                do_once(&OPERATIONS[i], subjects[j].object);
        }
        size_t after = resident(), left = after > before ? after - before : 0;
        if (getenv("METAFFI_TEST_ROUNDS") != NULL)
            printf("%-20s %8zu bytes after %zu rounds\n", OPERATIONS[i].name, left, rounds);
        if (left > SLACK + rounds * count) {
            fprintf(stderr, "%s: %zu bytes are left\n", OPERATIONS[i].name, left);
            CHECK(!"nothing is left");
        }
    }
}

struct sharing {
    const struct subject *subjects;
    size_t count, rounds, first;
    const metaffi_runtime *runtime;
};

/* Every operation on every object, by each thread in another order. */
static inline void *do_all(void *userdata) {
    const struct sharing *sharing = userdata;
    for (size_t round = 0; round < sharing->rounds; round++) {
        metaffi_scope *scope = NULL;
        if (sharing->runtime != NULL && round % 2 == 0)
            CHECK_OK(metaffi_scope_enter(sharing->runtime, &scope, &err));
        for (size_t i = 0; i < COUNT(OPERATIONS); i++)
            for (size_t j = 0; j < sharing->count; j++)
                do_once(&OPERATIONS[(i * 7 + round + sharing->first) % COUNT(OPERATIONS)],
                        sharing->subjects[(j + sharing->first) % sharing->count].object);
        if (scope != NULL)
            CHECK_OK(metaffi_scope_leave(scope, &err));
    }
    return NULL;
}

static inline void on_all_threads(struct sharing sharing) {
    pthread_t threads[THREADS];
    struct sharing each[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        each[i] = sharing;
        each[i].first = i;
        pthread_create(&threads[i], NULL, do_all, &each[i]);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* The same by threads at once, of a runtime that they enter half of the time, or of none. */
static inline void threads_leave_nothing(const struct subject *subjects, size_t count,
                                         size_t rounds, const metaffi_runtime *runtime) {
    struct sharing sharing = {subjects, count, rounds / 4 + 1, 0, runtime};
    on_all_threads(sharing);
    sharing.rounds = rounds;
    size_t before = resident();
    on_all_threads(sharing);
    size_t after = resident();
    /* Each thread may have its own of what allocators keep. */
    if (after > before + 4 * SLACK + rounds * count * COUNT(OPERATIONS)) {
        fprintf(stderr, "threads: %zu bytes are left\n", after - before);
        CHECK(!"nothing is left");
    }
}

#endif
