// What C sees of the values that Python gives for parameters of each type: every function returns
// it as text.
#ifndef ACCEPTED_H
#define ACCEPTED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

enum color { RED = 1, GREEN = 2 };
struct point {
    int x;
    double y;
};
typedef double fftw_complex[2];

// How many elements, and how many bytes, are looked at behind an address; none if it must not be
// followed.
void expect(int items, int bytes);

const char *take_schar(signed char value);
const char *take_uchar(unsigned char value);
const char *take_short(short value);
const char *take_ushort(unsigned short value);
const char *take_int(int value);
const char *take_uint(unsigned int value);
const char *take_long(long value);
const char *take_ulong(unsigned long value);
const char *take_size(size_t value);
const char *take_char(char value);
const char *take_wchar(wchar_t value);
const char *take_bool(_Bool value);
const char *take_enum(enum color value);
const char *take_float(float value);
const char *take_double(double value);
const char *take_ldouble(long double value);
const char *take_int128(__int128 value);
const char *take_complex(double _Complex value);
const char *take_point(struct point value);

const char *take_const_ints(const int *value);
const char *take_ints(int *value);
const char *take_shorts(short *value);
const char *take_doubles(double *value);
const char *take_const_doubles(const double *value);
const char *take_floats(const float *value);
const char *take_ldoubles(long double *value);
const char *take_chars(char *value);
const char *take_const_chars(const char *value);
const char *take_uchars(unsigned char *value);
const char *take_wchars(const wchar_t *value);
const char *take_void(void *value);
const char *take_const_void(const void *value);
const char *take_strings(char *const *value);
const char *take_int_pointers(int **value);
const char *take_points(struct point *value);
const char *take_const_points(const struct point *value);
const char *take_int_rows(int (*value)[2]);
const char *take_double_rows(double (*value)[4]);
const char *take_fftw(fftw_complex *value);
const char *take_complexes(double _Complex *value);
const char *take_function(int (*value)(int));
const char *take_file(FILE *value);

// The argument behind `...` is an int, a long, an unsigned long, a double, text, an address, a
// function or a struct point, as `type` says by one of "ilLdspfP".
const char *take_variadic(int type, ...);

int twice(int value);

#endif
