/* What Python programs do with C data: structs, pointers, arrays, callbacks. */

#ifndef GUEST_DATA_H
#define GUEST_DATA_H

#include "guest.h"

#define GUEST_LIMIT 4096

typedef enum { GUEST_RED, GUEST_GREEN = 5, GUEST_BLUE } guest_colour;

/* Of 8 bytes: each travels in one register. */
typedef struct {
    int32_t x, y;
} guest_point;
typedef struct {
    float x, y;
} guest_spot;

/* So many ints, which are the library's. */
int *guest_ints(void);
guest_vector *guest_vector_constant(void);

double guest_dot(const guest_vector *a, const guest_vector *b);
guest_vector guest_moved(guest_vector v, guest_vector by);
guest_point guest_point_swapped(guest_point p);
guest_spot guest_spot_swapped(guest_spot s);
guest_pair guest_pair_swapped(guest_pair p);

float guest_half(float value);
void *guest_same(void *pointer);
char guest_next_char(char letter);
int guest_seven(int a, int b, int c, int d, int e, int f, int g);
double guest_four(int a, double b, float c, long d);

int64_t guest_each_pointer(int64_t (*function)(void *), void *pointer, size_t count);
int64_t guest_each_float(float (*function)(float), size_t count);
/* How often it compares, sorting a copy. */
int64_t guest_sort(const int *values, size_t count, int (*compare)(const int *, const int *));

int64_t guest_sum_ints(const int *values, size_t count);
double guest_total(double *values, size_t count);

char *guest_label(void);
void guest_double(int32_t value, int32_t *result);
int64_t guest_bytes(char *data, size_t size);

#endif
