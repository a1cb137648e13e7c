/* Functions of every shape, for the tests to call. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GUEST_MAGIC 0x5eed
#define GUEST_LIMIT (GUEST_MAGIC - 1)

enum guest_color { GUEST_RED, GUEST_GREEN = 5, GUEST_BLUE };

/* scalars */
void guest_nothing(void);
int64_t guest_add(int64_t a, int64_t b);
int guest_add_int(int a, int b);
int8_t guest_negate8(int8_t value);
uint8_t guest_next8(uint8_t value);
uint16_t guest_next16(uint16_t value);
uint32_t guest_next32(uint32_t value);
uint64_t guest_next64(uint64_t value);
float guest_halve(float value);
double guest_multiply(double a, double b);
bool guest_not(bool value);
char guest_upper(char letter);
enum guest_color guest_next_color(enum guest_color color);
double guest_mixed(int8_t a, double b, int16_t c, float d, int32_t e, uint64_t f, bool g,
                   const char *h, uint8_t i, double j);

/* text and memory */
size_t guest_length(const char *text);
const char *guest_echo(const char *text);
double guest_sum(const double *numbers, size_t count);
void guest_fill(int32_t *numbers, size_t count, int32_t value);
int guest_divide(int a, int b, int *rest);

/* aggregates by value */
struct guest_point {
    double x, y;
};
struct guest_triple {
    double x, y, z;
};
struct guest_record {
    int32_t id;
    double weight;
    char name[8];
    struct guest_point place;
};
union guest_number {
    int32_t integer;
    double real;
};
struct guest_bits {
    unsigned low : 3;
    int middle : 5;
    unsigned long long high : 40;
};
struct guest_point guest_point_add(struct guest_point a, struct guest_point b);
struct guest_triple guest_triple_scale(struct guest_triple value, double factor);
struct guest_record guest_record_grow(struct guest_record record, int32_t by);
union guest_number guest_number_negate(union guest_number number);
struct guest_bits guest_bits_next(struct guest_bits bits);
double guest_point_norm(const struct guest_point *point);

#ifndef __cplusplus
double _Complex guest_conjugate(double _Complex value);
float _Complex guest_conjugate_float(float _Complex value);
#endif

/* variadics and errno */
int64_t guest_sum_ints(int count, ...);
double guest_sum_doubles(int count, ...);
int guest_fail(int error_number);

/* callbacks */
typedef int (*guest_function)(int);
int guest_apply(guest_function function, int value);
int guest_apply_to_text(const char *text, guest_function function);
int guest_apply_twice(guest_function function, int value);
int guest_apply_on_thread(guest_function function, int value);
void guest_each(const int *numbers, size_t count, void (*visit)(int number, void *context),
                void *context);
guest_function guest_doubler(void);
void guest_keep(guest_function function);
int guest_call_kept(int value);

/* unwinding; guest_alive counts the C++ objects that have not been destroyed */
void guest_throw(const char *message);
int guest_call_with_destructor(guest_function function, int value);
int guest_alive(void);
void guest_jump(void *environment);

/* data */
extern int guest_counter;
extern double guest_ratio;
extern const char *guest_greeting;
extern struct guest_point guest_origin;
extern const int guest_fixed;
extern int guest_table[4];

#ifdef __cplusplus
}
#endif

#endif
