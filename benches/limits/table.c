#include "table.h"

#include <stddef.h>

typedef int (*invoker)(void (*code)(void), uint64_t *frame, uint64_t map, void **error,
                       uint64_t key);

/* As large as metaffi's, and like it read while others may change it. */
struct function {
    _Alignas(64) uint64_t key;
    invoker invoke;
    void (*code)(void);
    uint64_t map;
};

enum { KIND = 3, KIND_BITS = 4, CHUNK_BITS = 10, CHUNKS = 16 };

static struct function first[1 << CHUNK_BITS];
static struct function *chunks[CHUNKS] = {first};

static int thunk(void (*code)(void), uint64_t *frame, uint64_t map, void **error, uint64_t key) {
    (void)frame, (void)map, (void)error, (void)key;
    code();
    return 0;
}

uint64_t table_add(void (*code)(void)) {
    static uint64_t used;
    struct function *function = &first[++used];
    function->invoke = thunk;
    function->code = code;
    return function->key = used << KIND_BITS | KIND;
}

int table_call(uint64_t key, uint64_t *frame, void **error) {
    uint64_t index = key >> KIND_BITS;
    struct function **chunk = &chunks[index >> CHUNK_BITS & (CHUNKS - 1)];
    struct function *function =
        &__atomic_load_n(chunk, __ATOMIC_ACQUIRE)[index & ((1 << CHUNK_BITS) - 1)];
    if (__atomic_load_n(&function->key, __ATOMIC_ACQUIRE) != key || !frame) {
        return 1;
    }
    invoker invoke = __atomic_load_n(&function->invoke, __ATOMIC_RELAXED);
    void (*code)(void) = __atomic_load_n(&function->code, __ATOMIC_RELAXED);
    uint64_t map = __atomic_load_n(&function->map, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&function->key, __ATOMIC_RELAXED) != key) {
        return 1;
    }
    if (error) {
        *error = NULL;
    }
    return invoke(code, frame, map, error, key);
}
