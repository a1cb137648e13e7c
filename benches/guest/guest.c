#include "guest.h"

#include <string.h>

void guest_nop(void) {}

int64_t guest_add(int64_t a, int64_t b) {
    return a + b;
}

double guest_multiply(double a, double b) {
    return a * b;
}

double guest_mixed(int32_t a, double b, int64_t c, float d, uint8_t e, double f, int16_t g,
                   double h, int64_t i, float j) {
    return a + b + (double)c + d + e + f + g + h + (double)i + j;
}

double guest_norm(guest_vector v) {
    return v.x * v.x + v.y * v.y + v.z * v.z;
}

guest_vector guest_scaled(double x, double y, double z) {
    return (guest_vector){2 * x, 2 * y, 2 * z};
}

void guest_notify_times(guest_notify function, size_t count) {
    while (count--) {
        function();
    }
}

int64_t guest_fold(guest_binary function, size_t count) {
    int64_t result = 0;
    while (count--) {
        result = function(result, 1);
    }
    return result;
}

double guest_fold_real(guest_real function, size_t count) {
    double result = 1;
    while (count--) {
        result = function(result, 1);
    }
    return result;
}

const char *guest_echo(const char *text) {
    static _Thread_local char buffer[4096];
    size_t length = strnlen(text, sizeof buffer - 1);
    memcpy(buffer, text, length);
    buffer[length] = 0;
    return buffer;
}

double guest_sum(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
}

guest_counter *guest_counter_next(void) {
    static struct { _Alignas(128) guest_counter counter; } counters[16];
    static size_t next;
    return &counters[next++ % 16].counter;
}

guest_counter *guest_counter_constant(void) {
    static guest_counter counter = {1000};
    return &counter;
}

int64_t guest_counter_increment(guest_counter *self) {
    return ++self->value;
}

#define GUEST_DEFINE(n)                                                                            \
    int64_t guest_symbol_##n(int64_t a, int64_t b) {                                               \
        return a + b;                                                                              \
    }
GUEST_16(GUEST_DEFINE, 0)
GUEST_16(GUEST_DEFINE, 1)
GUEST_16(GUEST_DEFINE, 2)
GUEST_16(GUEST_DEFINE, 3)
