/* Measuring: several ways of doing the same thing take turns, a short slice each. */

#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One way of doing something. */
struct contestant {
    const char *name;
    /* Does it `count` times. */
    void (*run)(size_t count);
    /* Runs after each slice and is not timed; may be NULL. */
    void (*reset)(void);
    /* The most times that a slice may do it; 0: as often as fits. */
    size_t most;
    /* Whether it runs on other threads: then the clock on the wall counts. */
    bool on_threads;
    /* Nanoseconds for doing it once, in the best slice. */
    double best;
    /* How often a slice does it; chosen by `measure`. */
    size_t count;
};

/* What a row of the report compares its measurement with. */
enum asked {
    NOTHING,
    /* Ours takes at most so many times what the limit takes. */
    RATIO,
    /* Ours takes at most so many nanoseconds. */
    NANOSECONDS,
    /* Ours takes at most so many bytes, which stand where nanoseconds do. */
    BYTES,
    /* Two threads do at least so many times what one does. */
    THROUGHPUT,
};

/* Runs after each slice: ends the program if what was timed has failed. */
extern void (*verify)(void);

/* Nanoseconds of CPU time for one slice, per time. */
double slice(const struct contestant *contestant);

/* Chooses how often a slice does it. */
void calibrate(struct contestant *contestant);

/* Fills in `best` of each. They take turns, so that all see the machine in the same state. */
void measure(struct contestant *contestants, size_t count);

/* Writes a row: tab-separated, one line on standard output, read by report.py. */
void row(const char *what, const struct contestant *limit, const struct contestant *ours,
         enum asked asked, double bound);

/* A row whose times were not taken by `measure`; a `limit_ns` of 0 is none. */
void row_of(const char *what, const char *limit, double limit_ns, const char *ours, double ours_ns,
            enum asked asked, double bound);

/* Writes a fact for the report. */
void fact(const char *name, const char *value);

#endif
