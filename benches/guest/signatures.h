/* Functions of scalars: parameters of one type, or integers and then numbers of a floating type. */

#ifndef GUEST_SIGNATURES_H
#define GUEST_SIGNATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many parameters, and their sum. */
#define GUEST_T1(T, v) T v##1
#define GUEST_T2(T, v) GUEST_T1(T, v), T v##2
#define GUEST_T3(T, v) GUEST_T2(T, v), T v##3
#define GUEST_T4(T, v) GUEST_T3(T, v), T v##4
#define GUEST_T5(T, v) GUEST_T4(T, v), T v##5
#define GUEST_T6(T, v) GUEST_T5(T, v), T v##6
#define GUEST_T7(T, v) GUEST_T6(T, v), T v##7
#define GUEST_T8(T, v) GUEST_T7(T, v), T v##8
#define GUEST_T16(T, v)                                                                            \
    GUEST_T8(T, v), T v##9, T v##10, T v##11, T v##12, T v##13, T v##14, T v##15, T v##16
#define GUEST_S1(v) v##1
#define GUEST_S2(v) GUEST_S1(v) + v##2
#define GUEST_S3(v) GUEST_S2(v) + v##3
#define GUEST_S4(v) GUEST_S3(v) + v##4
#define GUEST_S5(v) GUEST_S4(v) + v##5
#define GUEST_S6(v) GUEST_S5(v) + v##6
#define GUEST_S7(v) GUEST_S6(v) + v##7
#define GUEST_S8(v) GUEST_S7(v) + v##8
#define GUEST_S16(v) GUEST_S8(v) + v##9 + v##10 + v##11 + v##12 + v##13 + v##14 + v##15 + v##16

/* M(name, type, libffi's type, metaffi's type, parameters): they and the result are of the type. */
#define GUEST_UNIFORM(M)                                                                           \
    M(int8, int8_t, sint8, int8, 1)                                                                \
    M(int16, int16_t, sint16, int16, 1)                                                            \
    M(int32, int32_t, sint32, int32, 1)                                                            \
    M(int64, int64_t, sint64, int64, 1)                                                            \
    M(uint8, uint8_t, uint8, uint8, 1)                                                             \
    M(uint16, uint16_t, uint16, uint16, 1)                                                         \
    M(uint32, uint32_t, uint32, uint32, 1)                                                         \
    M(uint64, uint64_t, uint64, uint64, 1)                                                         \
    M(bool, bool, uint8, bool, 1)                                                                  \
    M(char, char, schar, char8, 1)                                                                 \
    M(pointer, void *, pointer, size, 1)                                                           \
    M(float, float, float, float32, 1)                                                             \
    M(double, double, double, float64, 1)                                                          \
    M(int32, int32_t, sint32, int32, 2)                                                            \
    M(float, float, float, float32, 2)                                                             \
    M(int64, int64_t, sint64, int64, 3)                                                            \
    M(int64, int64_t, sint64, int64, 4)                                                            \
    M(int64, int64_t, sint64, int64, 5)                                                            \
    M(int64, int64_t, sint64, int64, 6)                                                            \
    M(int64, int64_t, sint64, int64, 7)                                                            \
    M(int64, int64_t, sint64, int64, 8)                                                            \
    M(int64, int64_t, sint64, int64, 16)                                                           \
    M(double, double, double, float64, 3)                                                          \
    M(double, double, double, float64, 4)                                                          \
    M(double, double, double, float64, 5)                                                          \
    M(double, double, double, float64, 6)                                                          \
    M(double, double, double, float64, 7)                                                          \
    M(double, double, double, float64, 8)

/* M(name, integers, doubles): int64_t, then double, which the result is. */
#define GUEST_MIXED(M)                                                                             \
    M(mixed_1_1, 1, 1)                                                                             \
    M(mixed_2_2, 2, 2)                                                                             \
    M(mixed_4_4, 4, 4)                                                                             \
    M(mixed_6_8, 6, 8)

/* M(name, type, what a closure of libffi returns, libffi's type, metaffi's type, parameters) */
#define GUEST_CALLBACKS(M)                                                                         \
    M(int32, int32_t, ffi_sarg, sint32, int32, 1)                                                  \
    M(pointer, void *, ffi_arg, pointer, size, 1)                                                  \
    M(uint8, uint8_t, ffi_arg, uint8, uint8, 1)                                                    \
    M(bool, bool, ffi_arg, uint8, bool, 1)                                                         \
    M(float, float, float, float, float32, 1)                                                      \
    M(int64, int64_t, ffi_sarg, sint64, int64, 6)                                                  \
    M(int64, int64_t, ffi_sarg, sint64, int64, 8)                                                  \
    M(double, double, double, double, float64, 8)

#define GUEST_DECLARE_UNIFORM(name, type, ffi, info, n)                                            \
    type guest_##name##_##n(GUEST_T##n(type, a));
#define GUEST_DECLARE_MIXED(name, n, m)                                                            \
    double guest_##name(GUEST_T##n(int64_t, a), GUEST_T##m(double, b));
/* Call back `count` times, with the result as every argument of the next time. */
#define GUEST_DECLARE_CALLBACK(name, type, wide, ffi, info, n)                                     \
    typedef type (*guest_callback_##name##_##n)(GUEST_T##n(type, a));                              \
    type guest_repeat_##name##_##n(guest_callback_##name##_##n function, size_t count);

GUEST_UNIFORM(GUEST_DECLARE_UNIFORM)
GUEST_MIXED(GUEST_DECLARE_MIXED)
GUEST_CALLBACKS(GUEST_DECLARE_CALLBACK)

#endif
