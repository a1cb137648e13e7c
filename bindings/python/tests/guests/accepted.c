#include "accepted.h"

#include <complex.h>
#include <stdarg.h>
#include <string.h>

static char seen[1024];
static int items, bytes;

void expect(int of_items, int of_bytes) {
    items = of_items;
    bytes = of_bytes;
}

int twice(int value) {
    return 2 * value;
}

#define PRINT(...) (snprintf(seen, sizeof seen, __VA_ARGS__), seen)
#define TAKE(name, type, format)                                                                   \
    const char *take_##name(type value) {                                                          \
        return PRINT(format, value);                                                               \
    }

TAKE(schar, signed char, "%d")
TAKE(uchar, unsigned char, "%d")
TAKE(short, short, "%d")
TAKE(ushort, unsigned short, "%d")
TAKE(int, int, "%d")
TAKE(uint, unsigned int, "%u")
TAKE(long, long, "%ld")
TAKE(ulong, unsigned long, "%lu")
TAKE(size, size_t, "%zu")
TAKE(char, char, "%d")
TAKE(wchar, wchar_t, "%d")
TAKE(bool, _Bool, "%d")
TAKE(enum, enum color, "%d")
TAKE(float, float, "%.9g")
TAKE(double, double, "%.17g")
TAKE(ldouble, long double, "%.21Lg")

const char *take_int128(__int128 value) {
    unsigned __int128 size = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    char digits[48], *at = digits + sizeof digits;
    *--at = 0;
    do {
        *--at = (char)('0' + (int)(size % 10));
    } while (size /= 10);
    return PRINT("%s%s", value < 0 ? "-" : "", at);
}

const char *take_complex(double _Complex value) {
    return PRINT("%.17g%+.17gi", creal(value), cimag(value));
}

const char *take_point(struct point value) {
    return PRINT("{%d, %.17g}", value.x, value.y);
}

static const char *address(const void *value) {
    intptr_t number = (intptr_t)value;
    // Where something is differs from run to run, and may be low in memory: other numbers are those
    // that are given as such.
    if (number > 4096 && number != (1 << 24) + 1 && number != (intptr_t)1 << 31)
        return PRINT("an address");
    return PRINT(value ? "address %lld" : "NULL", (long long)(intptr_t)value);
}

// The text of each element, between braces.
#define ELEMENTS(name, type, format, ...)                                                          \
    const char *take_##name(type value) {                                                          \
        if (!value || items <= 0)                                                                  \
            return address(value);                                                                 \
        int length = snprintf(seen, sizeof seen, "{");                                             \
        for (int i = 0; i < items; i++)                                                            \
            length += snprintf(seen + length, sizeof seen - length, i ? ", " format : format,      \
                               __VA_ARGS__);                                                       \
        snprintf(seen + length, sizeof seen - length, "}");                                        \
        return seen;                                                                               \
    }

ELEMENTS(const_ints, const int *, "%d", value[i])
ELEMENTS(ints, int *, "%d", value[i])
ELEMENTS(shorts, short *, "%d", value[i])
ELEMENTS(doubles, double *, "%.17g", value[i])
ELEMENTS(const_doubles, const double *, "%.17g", value[i])
ELEMENTS(ldoubles, long double *, "%.21Lg", value[i])
ELEMENTS(floats, const float *, "%.9g", value[i])
// What is small is no address of anything.
static int leads_somewhere(const void *value) {
    return (uintptr_t)value > 4096;
}
static const char *target(const char *value) {
    return leads_somewhere(value) ? value : value ? "a bare address" : "NULL";
}
static int number(const int *value) {
    return leads_somewhere(value) ? *value : -1;
}

ELEMENTS(strings, char *const *, "%s", target(value[i]))
ELEMENTS(int_pointers, int **, "%d", number(value[i]))
ELEMENTS(points, struct point *, "{%d, %.17g}", value[i].x, value[i].y)
ELEMENTS(const_points, const struct point *, "{%d, %.17g}", value[i].x, value[i].y)
// The first row.
#define ROW(name, type, format, ...)                                                               \
    const char *take_##name(type value) {                                                          \
        if (!value || items <= 0)                                                                  \
            return address(value);                                                                 \
        return PRINT("{" format "}", __VA_ARGS__);                                                 \
    }

ROW(int_rows, typeof(int (*)[2]), "{%d, %d}", value[0][0], value[0][1])
ROW(double_rows, typeof(double (*)[4]), "{%g, %g, %g, %g}", value[0][0], value[0][1], value[0][2],
    value[0][3])
ROW(fftw, fftw_complex *, "%g%+gi", value[0][0], value[0][1])
ELEMENTS(complexes, double _Complex *, "%g%+gi", creal(value[i]), cimag(value[i]))

// Bytes, as C writes them.
static const char *text(const void *value) {
    if (!value || bytes <= 0)
        return address(value);
    int length = snprintf(seen, sizeof seen, "\"");
    for (int i = 0; i < bytes; i++) {
        unsigned char byte = ((const unsigned char *)value)[i];
        const char *format = byte >= ' ' && byte < 0x7f ? "%c" : "\\x%02x";
        length += snprintf(seen + length, sizeof seen - length, format, byte);
    }
    snprintf(seen + length, sizeof seen - length, "\"");
    return seen;
}

const char *take_chars(char *value) {
    return text(value);
}
const char *take_const_chars(const char *value) {
    return text(value);
}
const char *take_uchars(unsigned char *value) {
    return text(value);
}
const char *take_void(void *value) {
    return text(value);
}
const char *take_const_void(const void *value) {
    return text(value);
}

const char *take_wchars(const wchar_t *value) {
    if (!value || items <= 0)
        return address(value);
    int length = snprintf(seen, sizeof seen, "{");
    for (int i = 0; i < items; i++)
        length +=
            snprintf(seen + length, sizeof seen - length, i ? ", %#x" : "%#x", (unsigned)value[i]);
    snprintf(seen + length, sizeof seen - length, "}");
    return seen;
}

const char *take_function(int (*value)(int)) {
    if (!value || items <= 0)
        return address((const void *)(intptr_t)value);
    return PRINT("a function: 20 gives %d", value(20));
}

const char *take_file(FILE *value) {
    return value == stdout ? PRINT("stdout") : address(value);
}

const char *take_variadic(int type, ...) {
    va_list list;
    va_start(list, type);
    const char *result = "?";
    switch (type) {
    case 'i':
        result = PRINT("int %d", va_arg(list, int));
        break;
    case 'l':
        result = PRINT("long %ld", va_arg(list, long));
        break;
    case 'L':
        result = PRINT("unsigned long %lu", va_arg(list, unsigned long));
        break;
    case 'd':
        result = PRINT("double %.17g", va_arg(list, double));
        break;
    case 's':
        result = PRINT("text %s", va_arg(list, const char *));
        break;
    case 'p':
        result = text(va_arg(list, const void *));
        break;
    case 'f':
        result = take_function(va_arg(list, int (*)(int)));
        break;
    case 'P':
        result = take_point(va_arg(list, struct point));
        break;
    }
    va_end(list);
    return result;
}
