/* C data: a struct made and freed, and a member of it read and written by its path. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

static metaffi_ctype *type;
static metaffi_object *body;

/* What a C programmer writes who has the member's name only when the program runs. */
struct member {
    const char *path;
    size_t offset;
};
static const struct member MEMBERS[] = {
    {"position.x", offsetof(guest_body, position.x)},
    {"position.y", offsetof(guest_body, position.y)},
    {"position.z", offsetof(guest_body, position.z)},
    {"mass", offsetof(guest_body, mass)},
};
static const char *volatile path = "mass";
static guest_body *volatile by_hand;
static volatile double number;

static void *find(void *from, const char *name) {
    for (size_t i = 0; i < COUNT(MEMBERS); i++) {
        if (strcmp(MEMBERS[i].path, name) == 0) {
            return (char *)from + MEMBERS[i].offset;
        }
    }
    abort();
}

static void made_by_hand(size_t count) {
    while (count--) {
        by_hand = calloc(1, sizeof *by_hand);
        free(by_hand);
    }
}

static void made_by_ours(size_t count) {
    while (count--) {
        metaffi_object *made;
        metaffi_cdata_new(type, NULL, &made, &error);
        metaffi_object_free(made);
    }
}

static void read_by_hand(size_t count) {
    while (count--) {
        number = *(double *)find(by_hand, path);
    }
}

static void read_by_ours(size_t count) {
    while (count--) {
        metaffi_value value;
        metaffi_cdata_read(body, path, &value, &error);
        number = value.data.float64;
    }
}

static void written_by_hand(size_t count) {
    while (count--) {
        *(double *)find(by_hand, path) = 1;
    }
}

static void written_by_ours(size_t count) {
    while (count--) {
        metaffi_value value = {metaffi_float64_type, {.float64 = 1}};
        metaffi_cdata_write(body, path, &value, &error);
    }
}

static void compare(const char *what, const char *limit, void (*run)(size_t), void (*ours)(size_t),
                    double bound) {
    struct contestant contestants[] = {{.name = limit, .run = run},
                                       {.name = "metaffi", .run = ours}};
    measure(contestants, COUNT(contestants));
    row(what, &contestants[0], &contestants[1], RATIO, bound);
}

void data(void) {
    check(metaffi_ctype_parse(guest, "guest_body", &type, &error));
    check(metaffi_cdata_new(type, NULL, &body, &error));
    /* The ratios asked are shares of what release 0.1.0 took: a half, 0.15 and 0.2. */
    compare("make and free a struct", "calloc and free", made_by_hand, made_by_ours, 0.5 * 16.1);
    by_hand = calloc(1, sizeof *by_hand);
    compare("read a member by its path", "by hand, found by name", read_by_hand, read_by_ours,
            0.15 * 41.5);
    compare("write a member by its path", "by hand, found by name", written_by_hand,
            written_by_ours, 0.2 * 41.5);
    path = "position.y";
    compare("read a member of a member by its path", "by hand, found by name", read_by_hand,
            read_by_ours, 0.15 * 111);
    free(by_hand);
    check(metaffi_object_free(body));
    check(metaffi_ctype_free(type));
}
