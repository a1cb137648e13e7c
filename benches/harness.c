#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

/* A slice is short, so that most of them are not interrupted, yet long beside the clock. */
static const double SLICE_NS = 100e3;
static const size_t SLICES = 1000;
/* What takes longer than a slice is repeated less often. */
static const double TOTAL_NS = 500e6;
static const size_t FEWEST_SLICES = 20;

static void nothing(void) {}

void (*verify)(void) = nothing;

static double now(const struct contestant *contestant) {
    struct timespec time;
    clock_gettime(contestant->on_threads ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

double slice(const struct contestant *contestant) {
    double start = now(contestant);
    contestant->run(contestant->count);
    double taken = now(contestant) - start;
    verify();
    if (contestant->reset) {
        contestant->reset();
    }
    return taken / (double)contestant->count;
}

void calibrate(struct contestant *contestant) {
    size_t most = contestant->most ? contestant->most : (size_t)1 << 30;
    contestant->count = 1;
    /* The first time may have to prepare something. */
    slice(contestant);
    while (contestant->count < most) {
        double total = slice(contestant) * (double)contestant->count;
        if (total >= SLICE_NS) {
            break;
        }
        contestant->count *= 2;
    }
    if (contestant->count > most) {
        contestant->count = most;
    }
    contestant->best = INFINITY;
}

void measure(struct contestant *contestants, size_t count) {
    double round = 0;
    for (size_t i = 0; i < count; i++) {
        calibrate(&contestants[i]);
        round += slice(&contestants[i]) * (double)contestants[i].count;
    }
    size_t rounds = SLICES;
    if (round * (double)rounds > TOTAL_NS * (double)count) {
        rounds = (size_t)(TOTAL_NS * (double)count / round) + FEWEST_SLICES;
    }
    while (rounds--) {
        for (size_t i = 0; i < count; i++) {
            contestants[i].best = fmin(contestants[i].best, slice(&contestants[i]));
        }
    }
}

void row(const char *what, const struct contestant *limit, const struct contestant *ours,
         enum asked asked, double bound) {
    row_of(what, limit ? limit->name : "", limit ? limit->best : 0, ours->name, ours->best, asked,
           bound);
}

void row_of(const char *what, const char *limit, double limit_ns, const char *ours, double ours_ns,
            enum asked asked, double bound) {
    static const char *const NAMES[] = {"", "ratio", "nanoseconds", "bytes", "throughput"};
    printf("row\t%s\t%s\t%.4f\t%s\t%.4f\t%s\t%g\n", what, limit, limit_ns, ours, ours_ns,
           NAMES[asked], bound);
    fflush(stdout);
}

void fact(const char *name, const char *value) {
    printf("fact\t%s\t", name);
    for (; *value; value++) {
        putchar(*value == '\n' ? ' ' : *value);
    }
    putchar('\n');
    fflush(stdout);
}
