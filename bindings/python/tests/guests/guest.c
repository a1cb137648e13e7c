#define _GNU_SOURCE
#include "guest.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int guest_counter = 7;
int (*guest_hook)(int);
int call_guest_hook(int number) {
    return guest_hook != NULL ? guest_hook(number) : -1;
}

static atomic_llong calls, records;

int64_t guest_calls(void) {
    return calls;
}

void nop(void) {
    calls++;
}

int64_t add(int64_t left, int64_t right) {
    calls++;
    return (int64_t)((uint64_t)left + (uint64_t)right);
}

double multiply(double left, double right) {
    calls++;
    return left * right;
}

bool negate(bool truth) {
    return !truth;
}

int8_t echo_int8(int8_t value) {
    return value;
}
int16_t echo_int16(int16_t value) {
    return value;
}
int32_t echo_int32(int32_t value) {
    return value;
}
int64_t echo_int64(int64_t value) {
    return value;
}
uint8_t echo_uint8(uint8_t value) {
    return value;
}
uint16_t echo_uint16(uint16_t value) {
    return value;
}
uint32_t echo_uint32(uint32_t value) {
    return value;
}
uint64_t echo_uint64(uint64_t value) {
    return value;
}
float echo_float(float value) {
    return value;
}
double echo_double(double value) {
    return value;
}
char echo_char(char value) {
    return value;
}
char32_t echo_wide(char32_t value) {
    return value;
}
size_t echo_size(size_t value) {
    return value;
}
enum color next_color(enum color color) {
    return color == RED ? GREEN : BLUE;
}
const char *echo_text(const char *text) {
    return text;
}
const char *no_text(void) {
    return NULL;
}
void *echo_pointer(void *pointer) {
    return pointer;
}
void *no_pointer(void) {
    return NULL;
}

size_t text_length(const char *text) {
    return text ? strlen(text) : 0;
}

double sum_doubles(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

void scale_doubles(double *values, size_t count, double factor) {
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

int64_t sum_bytes(const uint8_t *values, size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

int64_t sum_int32(const int32_t *values, size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

int many(int a, double b, const char *c, uint8_t d, float e, int64_t f, int16_t g, bool h) {
    return a + (int)b + (int)strlen(c) + d + (int)e + (int)f + g + h;
}

double norm(struct point point) {
    return sqrt(point.x * point.x + point.y * point.y);
}

struct point mirrored(struct point point) {
    return (struct point){-point.x, -point.y};
}

void move_point(struct point *point, double dx, double dy) {
    point->x += dx;
    point->y += dy;
}

struct record *new_record(const char *name, int32_t id) {
    struct record *record = calloc(1, sizeof *record);
    if (record) {
        records++;
        strncpy(record->name, name, sizeof record->name - 1);
        record->inner.id = id;
    }
    return record;
}

void free_record(struct record *record) {
    records -= record != NULL;
    free(record);
}

int64_t live_records(void) {
    return records;
}

int64_t apply(binary function, int64_t left, int64_t right) {
    calls++;
    return function(left, right);
}

static int64_t product(int64_t left, int64_t right) {
    return left * right;
}

binary pick(bool multiplies) {
    return multiplies ? product : add;
}

void each(void (*visit)(int32_t index, const char *text), int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        char text[16];
        snprintf(text, sizeof text, "item %d", i);
        visit(i, text);
    }
}

/* So many letters at the end of a page that nothing follows. */
static char *letters(size_t count) {
    long page = sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + page, page);
    memset(pages, 'z', page);
    for (size_t i = 0; i < count; i++) {
        pages[page - count + i] = 'a' + i % 26;
    }
    return pages + page - count;
}

static void end_letters(char *letters) {
    long page = sysconf(_SC_PAGESIZE);
    munmap((char *)((uintptr_t)letters / page * page), page);
}

size_t pour(size_t (*write)(char *, size_t, size_t, void *), size_t count, void *to) {
    char *data = letters(count);
    size_t taken = write(data, 1, count, to);
    end_letters(data);
    return taken;
}

size_t tell(size_t (*hear)(const char *, size_t), size_t count) {
    char *data = letters(count);
    size_t heard = hear(data, count);
    end_letters(data);
    return heard;
}

size_t tell_int(size_t (*hear)(void *, const char *, int), size_t count) {
    char *data = letters(count);
    size_t heard = hear(NULL, data, (int)count);
    end_letters(data);
    return heard;
}

int32_t rate(int32_t (*rank)(const char *, int32_t), const char *name, int32_t worth) {
    return rank(name, worth);
}

char through_char(char (*function)(char), char value) {
    return function(value);
}

bool through_bool(bool (*function)(bool), bool value) {
    return function(value);
}

float through_float(float (*function)(float), float value) {
    return function(value);
}

uint64_t through_uint64(uint64_t (*function)(uint64_t), uint64_t value) {
    return function(value);
}

enum color through_enum(enum color (*function)(enum color), enum color value) {
    return function(value);
}

double through_point(double (*function)(struct point), struct point value) {
    return function(value);
}

struct point to_point(struct point (*function)(double), double value) {
    return function(value);
}

int32_t *through_pointer(int32_t *(*function)(int32_t *), int32_t *value) {
    return function(value);
}

void visit_points(void (*visit)(struct point *), struct point *points, size_t count) {
    for (size_t i = 0; i < count; i++) {
        visit(points + i);
    }
}

int64_t through_many(int64_t (*function)(int8_t, int16_t, int32_t, int64_t, float, double, uint8_t,
                                         uint16_t, uint32_t, uint64_t, char, bool, float, double,
                                         int32_t, int32_t, int32_t, int32_t)) {
    return function(-1, -2, -3, -4, 0.5f, 0.25, 1, 2, 3, UINT64_MAX, 'c', true, 1.5f, 2.5, 5, 6, 7,
                    8);
}

int format_with(int (*function)(const char *, ...)) {
    return function("%d", 3);
}

int64_t repeat(binary function, int64_t times) {
    int64_t sum = 0;
    for (int64_t i = 0; i < times; i++) {
        sum += function(i, times);
    }
    return sum;
}

double integrate(double (*function)(double x), double from, double to, int32_t steps) {
    double width = (to - from) / steps, sum = 0;
    for (int32_t i = 0; i < steps; i++)
        sum += function(from + (i + 0.5) * width);
    return sum * width;
}

struct work {
    binary function;
    int32_t thread, calls;
    int64_t sum;
};

static void *work(void *data) {
    struct work *work = data;
    for (int32_t i = 0; i < work->calls; i++)
        work->sum += work->function(work->thread, i);
    return NULL;
}

int64_t from_threads(binary function, int32_t threads, int32_t calls) {
    pthread_t ids[64];
    struct work works[64];
    int64_t sum = 0;
    if (threads > 64)
        return -1;
    for (int32_t i = 0; i < threads; i++) {
        works[i] = (struct work){function, i, calls, 0};
        if (pthread_create(&ids[i], NULL, work, &works[i]))
            abort();
    }
    for (int32_t i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        sum += works[i].sum;
    }
    return sum;
}

static void *call_on(void *data) {
    struct work *work = data;
    while (work->function(work->thread, work->calls++) >= 0)
        ;
    return NULL;
}

void call_from_thread(binary function) {
    pthread_t id;
    struct work *work = calloc(1, sizeof *work);
    if (!work)
        abort();
    work->function = function;
    if (pthread_create(&id, NULL, call_on, work) || pthread_detach(id))
        abort();
}

static binary kept;

void keep(binary function) {
    kept = function;
}

int64_t call_kept(int64_t left, int64_t right) {
    return kept(left, right);
}

/* What the tests about stacks declare: what they are given is read before and after a callback. */
size_t measured(const char *text, int64_t (*visit)(int64_t), size_t twice) {
    size_t before = strlen(text);
    visit(0);
    return before + strlen(text) * (twice - 1);
}

int64_t totalled(const double *values, int64_t count, int64_t (*visit)(int64_t)) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        if (i == count / 2) {
            visit(i);
        }
        sum += values[i];
    }
    return (int64_t)sum;
}

double moved(struct point *point, int64_t (*visit)(int64_t)) {
    point->x += 0.5;
    visit(0);
    point->x += 0.5;
    return point->x;
}

int64_t handle(const struct handler *handler, int64_t value) {
    return handler->run(handler->scale, value);
}

static void call_last(void) {
    fprintf(stdout, "last: %d\n", (int)kept(6, 7));
}

void call_kept_at_exit(void) {
    if (atexit(call_last))
        abort();
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool is_open;

int wait_at_gate(int32_t milliseconds) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += milliseconds % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&gate);
    int late = 0;
    while (!is_open && !late)
        late = pthread_cond_timedwait(&opened, &gate, &until) != 0;
    pthread_mutex_unlock(&gate);
    return late;
}

static void set_gate(bool open) {
    pthread_mutex_lock(&gate);
    is_open = open;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&gate);
}

void open_gate(void) {
    set_gate(true);
}
void close_gate(void) {
    set_gate(false);
}

static int compare_bytes(const void *left, const void *right) {
    return *(const unsigned char *)left - *(const unsigned char *)right;
}

struct sorting by_first_byte(void) {
    return (struct sorting){compare_bytes};
}

bool sorts_by(const struct sorting *sorting, order order) {
    return sorting->order == order;
}

int join_numbers(char *buffer, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

int sum_variadic(int count, ...) {
    va_list arguments;
    va_start(arguments, count);
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += va_arg(arguments, int);
    va_end(arguments);
    return sum;
}

static int64_t counted;

void touch_counter(void) {
    counted++;
}

int64_t next_counter(void) {
    return ++counted;
}

void set_counter(int64_t value) {
    counted = value;
}
