#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct box {
    int64_t number, list[3];
};

void nop(void) {}

int64_t add(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

double multiply(double a, double b) {
    return a * b;
}

bool negate(bool truth) {
    return !truth;
}

const char *echo(const char *text) {
    return text;
}

double total(const double *numbers, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += numbers[i];
    }
    return sum;
}

int64_t apply(int64_t (*function)(int64_t, int64_t), int64_t a, int64_t b) {
    return function(a, b);
}

struct box make(int64_t number) {
    return (struct box){number, {1, 2, 3}};
}

int64_t read_box(const struct box *box) {
    return box->number;
}
