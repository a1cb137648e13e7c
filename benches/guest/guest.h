/* What the benchmarks call: a library of its own, so that no compiler sees through a call. */

#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    double x, y, z;
} guest_vector;

typedef struct {
    guest_vector position;
    double mass;
} guest_body;

typedef struct {
    int64_t value;
} guest_counter;

/* Of 16 bytes: it travels in two registers. */
typedef struct {
    int64_t first;
    double second;
} guest_pair;

typedef void (*guest_notify)(void);
typedef int64_t (*guest_binary)(int64_t a, int64_t b);
typedef double (*guest_real)(double a, double b);

void guest_nop(void);
int64_t guest_add(int64_t a, int64_t b);
double guest_multiply(double a, double b);
double guest_mixed(int32_t a, double b, int64_t c, float d, uint8_t e, double f, int16_t g,
                   double h, int64_t i, float j);

double guest_norm(guest_vector v);
guest_vector guest_scaled(double x, double y, double z);
int64_t guest_pair_sum(guest_pair pair);
guest_pair guest_pair_of(int64_t first, double second);

/* Call back `count` times. */
void guest_notify_times(guest_notify function, size_t count);
int64_t guest_fold(guest_binary function, size_t count);
double guest_fold_real(guest_real function, size_t count);

int64_t guest_each_int(int (*function)(int), size_t count);
int64_t guest_each_text(int64_t (*function)(const char *), size_t count);
int64_t guest_each_vector(int64_t (*function)(guest_vector), size_t count);
int64_t guest_each_counter(int64_t (*function)(guest_counter *), size_t count);

/* The sum of so many int64_t. */
int64_t guest_sum_of(int count, ...);

void guest_divide(int64_t a, int64_t b, int64_t *quotient, int64_t *rest);
/* Reads the first byte of each. */
int64_t guest_count(char **texts, size_t count);

/* Its own copy of the text, good until the next call on this thread. */
const char *guest_echo(const char *text);
double guest_sum(const double *values, size_t count);

/* One of a few, each in a cache line of its own. */
guest_counter *guest_counter_next(void);
/* One that nobody increments. */
guest_counter *guest_counter_constant(void);
int64_t guest_counter_increment(guest_counter *self);

/* Symbols to load. */
#define GUEST_16(M, n)                                                                             \
    M(n##0)                                                                                        \
    M(n##1)                                                                                        \
    M(n##2)                                                                                        \
    M(n##3)                                                                                        \
    M(n##4) M(n##5) M(n##6) M(n##7) M(n##8) M(n##9) M(n##a) M(n##b) M(n##c) M(n##d) M(n##e) M(n##f)
#define GUEST_DECLARE(n) int64_t guest_symbol_##n(int64_t a, int64_t b);
GUEST_16(GUEST_DECLARE, 0)
GUEST_16(GUEST_DECLARE, 1)
GUEST_16(GUEST_DECLARE, 2)
GUEST_16(GUEST_DECLARE, 3)

#endif
