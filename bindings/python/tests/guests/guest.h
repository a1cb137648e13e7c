/* What the tests of the Python package call. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

#define GUEST_LIMIT 4096
#define GUEST_NAME "guest"
#define GUEST_RATIO 0.25

enum color { RED, GREEN = 5, BLUE };

struct point {
    double x, y;
};

struct inner {
    int32_t id;
    uint8_t flags : 3;
    uint8_t mode : 5;
};

struct record {
    char name[16];
    struct inner inner;
    int64_t values[4];
    struct point *where;
};

extern int guest_counter;
extern int (*guest_hook)(int);
int call_guest_hook(int number);

/* Every call of a function that counts adds one here. */
int64_t guest_calls(void);

void nop(void);
int64_t add(int64_t left, int64_t right);
double multiply(double left, double right);
bool negate(bool truth);

int8_t echo_int8(int8_t value);
int16_t echo_int16(int16_t value);
int32_t echo_int32(int32_t value);
int64_t echo_int64(int64_t value);
uint8_t echo_uint8(uint8_t value);
uint16_t echo_uint16(uint16_t value);
uint32_t echo_uint32(uint32_t value);
uint64_t echo_uint64(uint64_t value);
float echo_float(float value);
double echo_double(double value);
char echo_char(char value);
char32_t echo_wide(char32_t value);
size_t echo_size(size_t value);
enum color next_color(enum color color);
const char *echo_text(const char *text);
const char *no_text(void);
void *echo_pointer(void *pointer);
void *no_pointer(void);

size_t text_length(const char *text);
double sum_doubles(const double *values, size_t count);
void scale_doubles(double *values, size_t count, double factor);
int64_t sum_bytes(const uint8_t *values, size_t count);
int64_t sum_int32(const int32_t *values, size_t count);
int many(int a, double b, const char *c, uint8_t d, float e, int64_t f, int16_t g, bool h);

double norm(struct point point);
struct point mirrored(struct point point);
void move_point(struct point *point, double dx, double dy);
struct record *new_record(const char *name, int32_t id);
void free_record(struct record *record);
int64_t live_records(void);

typedef int64_t (*binary)(int64_t left, int64_t right);
int64_t apply(binary function, int64_t left, int64_t right);
binary pick(bool multiplies);
void each(void (*visit)(int32_t index, const char *text), int32_t count);
/* Characters without a zero behind them: where they end, memory ends. */
size_t pour(size_t (*write)(char *data, size_t size, size_t count, void *to), size_t count,
            void *to);
size_t tell(size_t (*hear)(const char *text, size_t length), size_t count);
size_t tell_int(size_t (*hear)(void *to, const char *text, int length), size_t count);
/* Text with a number behind it that is no length. */
int32_t rate(int32_t (*rank)(const char *name, int32_t worth), const char *name, int32_t worth);

/* Each by value, as it comes back. */
char through_char(char (*function)(char), char value);
bool through_bool(bool (*function)(bool), bool value);
float through_float(float (*function)(float), float value);
uint64_t through_uint64(uint64_t (*function)(uint64_t), uint64_t value);
enum color through_enum(enum color (*function)(enum color), enum color value);
double through_point(double (*function)(struct point), struct point value);
struct point to_point(struct point (*function)(double), double value);
int32_t *through_pointer(int32_t *(*function)(int32_t *), int32_t *value);
void visit_points(void (*visit)(struct point *point), struct point *points, size_t count);
int64_t through_many(int64_t (*function)(int8_t, int16_t, int32_t, int64_t, float, double, uint8_t,
                                         uint16_t, uint32_t, uint64_t, char, bool, float, double,
                                         int32_t, int32_t, int32_t, int32_t));
int format_with(int (*function)(const char *format, ...));

/* Calls back so many times, whatever comes of it; the sum of what came back. */
int64_t repeat(binary function, int64_t times);
double integrate(double (*function)(double x), double from, double to, int32_t steps);

/* Calls back from so many threads of its own, all at once; the sum of what came back. */
int64_t from_threads(binary function, int32_t threads, int32_t calls);

/* Calls back from a thread of its own until what comes back is negative. */
void call_from_thread(binary function);

/* Keeps a callback until it is replaced. */
void keep(binary function);
int64_t call_kept(int64_t left, int64_t right);
void call_kept_at_exit(void);

/* A callback in a struct. */
struct handler {
    int64_t scale;
    binary run;
};
int64_t handle(const struct handler *handler, int64_t value);

/* A function of C's in a struct, and whether another pointer is that one. */
typedef int (*order)(const void *left, const void *right);
struct sorting {
    order order;
};
struct sorting by_first_byte(void);
bool sorts_by(const struct sorting *sorting, order order);

/* Blocks without holding anything until `open_gate`; 0 if it opened, 1 after `milliseconds`. */
int wait_at_gate(int32_t milliseconds);
void open_gate(void);
void close_gate(void);

int join_numbers(char *buffer, size_t size, const char *format, ...);
int sum_variadic(int count, ...);

#endif
