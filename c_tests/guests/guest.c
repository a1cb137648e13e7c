#include "guest.h"

#include <complex.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

int guest_counter = 0;
double guest_ratio = 0.5;
const char *guest_greeting = "hello";
struct guest_point guest_origin = {1.0, 2.0};
const int guest_fixed = 42;
int guest_table[4] = {1, 2, 3, 4};

void guest_nothing(void) {}
int64_t guest_add(int64_t a, int64_t b) {
    return a + b;
}
int guest_add_int(int a, int b) {
    return a + b;
}
int8_t guest_negate8(int8_t value) {
    return (int8_t)-value;
}
uint8_t guest_next8(uint8_t value) {
    return (uint8_t)(value + 1);
}
uint16_t guest_next16(uint16_t value) {
    return (uint16_t)(value + 1);
}
uint32_t guest_next32(uint32_t value) {
    return value + 1;
}
uint64_t guest_next64(uint64_t value) {
    return value + 1;
}
float guest_halve(float value) {
    return value / 2;
}
double guest_multiply(double a, double b) {
    return a * b;
}
bool guest_not(bool value) {
    return !value;
}
char guest_upper(char letter) {
    return (char)toupper((unsigned char)letter);
}
enum guest_color guest_next_color(enum guest_color color) {
    return color == GUEST_RED ? GUEST_GREEN : GUEST_BLUE;
}
double guest_mixed(int8_t a, double b, int16_t c, float d, int32_t e, uint64_t f, bool g,
                   const char *h, uint8_t i, double j) {
    return a + b + c + d + e + (double)f + g + (double)strlen(h) + i + j;
}

size_t guest_length(const char *text) {
    return text != NULL ? strlen(text) : 0;
}
const char *guest_echo(const char *text) {
    return text;
}
double guest_sum(const double *numbers, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}
void guest_fill(int32_t *numbers, size_t count, int32_t value) {
    for (size_t i = 0; i < count; i++)
        numbers[i] = value;
}
int guest_divide(int a, int b, int *rest) {
    *rest = a % b;
    return a / b;
}

struct guest_point guest_point_add(struct guest_point a, struct guest_point b) {
    return (struct guest_point){a.x + b.x, a.y + b.y};
}
struct guest_triple guest_triple_scale(struct guest_triple value, double factor) {
    return (struct guest_triple){value.x * factor, value.y * factor, value.z * factor};
}
struct guest_record guest_record_grow(struct guest_record record, int32_t by) {
    record.id += by;
    record.weight *= by;
    record.place.y = by;
    return record;
}
union guest_number guest_number_negate(union guest_number number) {
    number.real = -number.real;
    return number;
}
struct guest_bits guest_bits_next(struct guest_bits bits) {
    bits.low++;
    bits.middle--;
    bits.high++;
    return bits;
}
double guest_point_norm(const struct guest_point *point) {
    return hypot(point->x, point->y);
}

double _Complex guest_conjugate(double _Complex value) {
    return conj(value);
}
float _Complex guest_conjugate_float(float _Complex value) {
    return conjf(value);
}

int64_t guest_sum_ints(int count, ...) {
    va_list rest;
    va_start(rest, count);
    int64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += va_arg(rest, int);
    va_end(rest);
    return sum;
}
double guest_sum_doubles(int count, ...) {
    va_list rest;
    va_start(rest, count);
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += va_arg(rest, double);
    va_end(rest);
    return sum;
}
int guest_fail(int error_number) {
    errno = error_number;
    return -1;
}

int guest_apply(guest_function function, int value) {
    return function(value);
}
int guest_apply_to_text(const char *text, guest_function function) {
    int result = function(0);
    return result + (int)strlen(text);
}
int guest_apply_twice(guest_function function, int value) {
    return function(function(value));
}

struct thread_call {
    guest_function function;
    int value;
};
static void *run_thread_call(void *argument) {
    struct thread_call *call = argument;
    call->value = call->function(call->value);
    return NULL;
}
int guest_apply_on_thread(guest_function function, int value) {
    struct thread_call call = {function, value};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_thread_call, &call) != 0)
        return -1;
    pthread_join(thread, NULL);
    return call.value;
}
void guest_each(const int *numbers, size_t count, void (*visit)(int number, void *context),
                void *context) {
    for (size_t i = 0; i < count; i++)
        visit(numbers[i], context);
}
static int double_it(int value) {
    return 2 * value;
}
guest_function guest_doubler(void) {
    return double_it;
}

static guest_function kept;
void guest_keep(guest_function function) {
    kept = function;
}
int guest_call_kept(int value) {
    return kept(value);
}

void guest_jump(void *environment) {
    longjmp(*(jmp_buf *)environment, 7);
}
