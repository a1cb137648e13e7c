#include "signatures.h"

#define GUEST_ALL1(v) v
#define GUEST_ALL6(v) v, v, v, v, v, v
#define GUEST_ALL8(v) GUEST_ALL6(v), v, v

#define DEFINE_UNIFORM(name, type, ffi, info, n)                                                   \
    type guest_##name##_##n(GUEST_T##n(type, a)) {                                                 \
        return (type)(GUEST_S##n(a));                                                              \
    }
#define DEFINE_MIXED(name, n, m)                                                                   \
    double guest_##name(GUEST_T##n(int64_t, a), GUEST_T##m(double, b)) {                           \
        return (double)(GUEST_S##n(a)) + GUEST_S##m(b);                                            \
    }
#define DEFINE_CALLBACK(name, type, wide, ffi, info, n)                                            \
    type guest_repeat_##name##_##n(guest_callback_##name##_##n function, size_t count) {           \
        type result = 0;                                                                           \
        while (count--) {                                                                          \
            result = function(GUEST_ALL##n(result));                                               \
        }                                                                                          \
        return result;                                                                             \
    }

GUEST_UNIFORM(DEFINE_UNIFORM)
GUEST_MIXED(DEFINE_MIXED)
GUEST_CALLBACKS(DEFINE_CALLBACK)
