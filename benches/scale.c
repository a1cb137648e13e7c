/*
 * The same calls in a process with one entity and one object, and in a process with very many.
 *
 * The two take turns, slice by slice, so that both see the machine in the same state.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "scenarios.h"

enum { ENTITIES = 100000, OBJECTS = 1000000, ROUNDS = 1000, STOP = 255 };

struct process {
    pid_t id;
    int requests, answers;
};

static metaffi_entity *add, *increment;
static metaffi_object *counter;

static void add_by_frame(size_t count) {
    metaffi_slot frame[3] = {0};
    while (count--) {
        frame[0] = frame[2];
        frame[1] = 1;
        metaffi_entity_call_frame(add, frame, &error);
    }
}

static void add_by_values(size_t count) {
    metaffi_value arguments[2], result = {metaffi_int64_type, {.int64 = 0}};
    while (count--) {
        arguments[0] = (metaffi_value){metaffi_int64_type, {.int64 = result.data.int64}};
        arguments[1] = (metaffi_value){metaffi_int64_type, {.int64 = 1}};
        metaffi_entity_call(add, arguments, 2, &result, 1, &error);
    }
}

static void increment_by_frame(size_t count) {
    metaffi_slot frame[2];
    while (count--) {
        frame[0] = (metaffi_slot)counter;
        metaffi_entity_call_frame(increment, frame, &error);
    }
}

static struct contestant contestants[] = {
    {.name = "add(int64, int64) by frame", .run = add_by_frame},
    {.name = "add(int64, int64) by values", .run = add_by_values},
    {.name = "method of an object by frame", .run = increment_by_frame},
};

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void crowd(void) {
    char path[32];
    for (int i = 0; i < ENTITIES; i++) {
        snprintf(path, sizeof path, "callable=guest_symbol_%02x", i % 64);
        load(path);
    }
    metaffi_entity *get = load("callable=guest_counter_next");
    metaffi_slot frame[1];
    for (int i = 0; i < OBJECTS; i++) {
        check(metaffi_entity_call_frame(get, frame, &error));
    }
}

/* Answers each request with the time of one slice, until there are no more. */
static void serve(int requests, int answers, bool crowded) {
    client_open();
    if (crowded) {
        crowd();
    }
    add = load("callable=guest_add");
    increment = load_increment();
    counter = object_from("callable=guest_counter_next");
    for (size_t i = 0; i < COUNT(contestants); i++) {
        calibrate(&contestants[i]);
    }
    unsigned char index;
    while (read(requests, &index, 1) == 1 && index != STOP) {
        double time = slice(&contestants[index]);
        if (write(answers, &time, sizeof time) != sizeof time) {
            die("write");
        }
    }
}

static struct process start(bool crowded) {
    int requests[2], answers[2];
    if (pipe(requests) || pipe(answers)) {
        die("pipe");
    }
    pid_t id = fork();
    if (id < 0) {
        die("fork");
    }
    if (id == 0) {
        close(requests[1]);
        close(answers[0]);
        serve(requests[0], answers[1], crowded);
        _exit(0);
    }
    close(requests[0]);
    close(answers[1]);
    return (struct process){id, requests[1], answers[0]};
}

static double ask(struct process process, unsigned char index) {
    double time;
    if (write(process.requests, &index, 1) != 1 ||
        read(process.answers, &time, sizeof time) != sizeof time) {
        die("a process of the scale benchmark ended");
    }
    return time;
}

static void stop(struct process process) {
    unsigned char index = STOP;
    if (write(process.requests, &index, 1) != 1) {
        die("write");
    }
    waitpid(process.id, NULL, 0);
}

void scale(void) {
    struct process single = start(false), crowded = start(true);
    for (unsigned char i = 0; i < COUNT(contestants); i++) {
        double one = INFINITY, many = INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            one = fmin(one, ask(single, i));
            many = fmin(many, ask(crowded, i));
        }
        char what[128];
        snprintf(what, sizeof what, "100 000 entities, 1 000 000 objects: %s", contestants[i].name);
        row_of(what, "with 1", one, "with all", many, RATIO, 1.1);
    }
    stop(single);
    stop(crowded);
}
