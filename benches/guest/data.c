#include "data.h"

#include <stdlib.h>
#include <string.h>

int *guest_ints(void) {
    static int ints[] = {7, 8, 9, 10};
    return ints;
}

guest_vector *guest_vector_constant(void) {
    static guest_vector vector = {1, 2, 3};
    return &vector;
}

double guest_dot(const guest_vector *a, const guest_vector *b) {
    return a->x * b->x + a->y * b->y + a->z * b->z;
}

guest_vector guest_moved(guest_vector v, guest_vector by) {
    return (guest_vector){v.x + by.x, v.y + by.y, v.z + by.z};
}

guest_point guest_point_swapped(guest_point p) {
    return (guest_point){p.y, p.x};
}

guest_spot guest_spot_swapped(guest_spot s) {
    return (guest_spot){s.y, s.x};
}

guest_pair guest_pair_swapped(guest_pair p) {
    return (guest_pair){(int64_t)p.second, (double)p.first};
}

float guest_half(float value) {
    return value / 2;
}

void *guest_same(void *pointer) {
    return pointer;
}

char guest_next_char(char letter) {
    return (char)(letter + 1);
}

int guest_seven(int a, int b, int c, int d, int e, int f, int g) {
    return a + b + c + d + e + f + g;
}

double guest_four(int a, double b, float c, long d) {
    return a + b + c + (double)d;
}

int64_t guest_each_pointer(int64_t (*function)(void *), void *pointer, size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += function(pointer);
    return sum;
}

int64_t guest_each_float(float (*function)(float), size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (int64_t)function((float)i);
    return sum;
}

typedef int compare_ints(const int *, const int *);

static _Thread_local compare_ints *comparing;
static _Thread_local int64_t comparisons;

static int compare(const void *a, const void *b) {
    comparisons++;
    return comparing(a, b);
}

int64_t guest_sort(const int *values, size_t count, compare_ints *function) {
    int *copy = malloc(count * sizeof *copy);
    if (!copy)
        abort();
    memcpy(copy, values, count * sizeof *copy);
    comparing = function;
    comparisons = 0;
    qsort(copy, count, sizeof *copy, compare);
    for (size_t i = 1; i < count; i++) {
        if (copy[i - 1] > copy[i])
            abort();
    }
    free(copy);
    return comparisons;
}

int64_t guest_sum_ints(const int *values, size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

double guest_total(double *values, size_t count) {
    return guest_sum(values, count);
}

char *guest_label(void) {
    static char label[] = "a label of the library";
    return label;
}

void guest_double(int32_t value, int32_t *result) {
    *result = 2 * value;
}

int64_t guest_bytes(char *data, size_t size) {
    int64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    return sum;
}
