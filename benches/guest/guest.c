#include "guest.h"

#include <stdarg.h>
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

int64_t guest_each_int(int (*function)(int), size_t count) {
    int result = 0;
    while (count--) {
        result = function(result);
    }
    return result;
}

int64_t guest_each_text(int64_t (*function)(const char *), size_t count) {
    int64_t result = 0;
    while (count--) {
        result += function("ten bytes.");
    }
    return result;
}

int64_t guest_each_vector(int64_t (*function)(guest_vector), size_t count) {
    guest_vector vector = {0, 1, 2};
    int64_t result = 0;
    while (count--) {
        vector.x += 1;
        result += function(vector);
    }
    return result;
}

int64_t guest_each_counter(int64_t (*function)(guest_counter *), size_t count) {
    guest_counter counter = {0};
    int64_t result = 0;
    while (count--) {
        counter.value++;
        result += function(&counter);
    }
    return result;
}

int64_t guest_sum_of(int count, ...) {
    va_list numbers;
    va_start(numbers, count);
    int64_t sum = 0;
    while (count--) {
        sum += va_arg(numbers, int64_t);
    }
    va_end(numbers);
    return sum;
}

void guest_divide(int64_t a, int64_t b, int64_t *quotient, int64_t *rest) {
    *quotient = a + b;
    *rest = a - b;
}

int64_t guest_count(char **texts, size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += texts[i][0];
    }
    return sum;
}

guest_pair guest_pair_of(int64_t first, double second) {
    return (guest_pair){first, second};
}

int64_t guest_pair_sum(guest_pair pair) {
    return pair.first + (int64_t)pair.second;
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
