/* Starting Python, up to the first call, and the memory of what is loaded and held: each in a
 * process of its own. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "harness.h"
#include "process.h"
#include "python.h"

enum { STARTS = 15, ENTITIES = 20000, HANDLES = 1000000 };

static const char *interpreter, *directory;
static char library[4096];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The libpython of the interpreter, as the interpreter says. */
static void find_library(void) {
    char command[8192];
    snprintf(command, sizeof command,
             "'%s' -c \"import os, sysconfig as s; n = s.get_config_var('INSTSONAME'); "
             "p = os.path.join(s.get_config_var('LIBDIR'), n); "
             "print(p if os.path.exists(p) else n, end='')\"",
             interpreter);
    FILE *answer = popen(command, "r");
    size_t length = answer ? fread(library, 1, sizeof library - 1, answer) : 0;
    if (length == 0 || pclose(answer) != 0) {
        fprintf(stderr, "%s does not say where its library is\n", interpreter);
        exit(1);
    }
}

static void *need(void *found) {
    if (!found) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

/* By hand: the library is opened, the interpreter configured and initialised, a function called. */
static double start_by_hand(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/limits.so", directory);
    double start = now();
    need(dlopen(library, RTLD_NOW | RTLD_GLOBAL));
    void *limits = need(dlopen(path, RTLD_NOW));
    void (*run)(const char *) = (void (*)(const char *))need(dlsym(limits, "start"));
    run(interpreter);
    return now() - start;
}

static double start_ours(void) {
    metaffi_option option = {"interpreter", interpreter};
    metaffi_type_info integer = {metaffi_int64_type, NULL, 0};
    metaffi_module *builtins;
    metaffi_entity *entity;
    metaffi_slot frame[2] = {(metaffi_slot)-1000};
    double start = now();
    check(metaffi_runtime_load("python3", &option, 1, &python_runtime, &error));
    check(metaffi_module_load(python_runtime, "builtins", &builtins, &error));
    check(metaffi_entity_load(builtins, "callable=abs", &integer, 1, &integer, 1, &entity, &error));
    check(metaffi_entity_call_frame(entity, frame, &error));
    return now() - start;
}

static void compare_starts(void) {
    static const char WHAT[] = "from the start to the first call";
    double by_hand = INFINITY, ours = INFINITY;
    for (int i = 0; i < STARTS; i++) {
        by_hand = fmin(by_hand, in_a_process(WHAT, start_by_hand));
        ours = fmin(ours, in_a_process(WHAT, start_ours));
    }
    row_of(WHAT, "dlopen, Py_InitializeFromConfig, Vectorcall", by_hand, "runtime, module, entity",
           ours, RATIO, 1.5);
}

static double of_entities(void) {
    open_python(interpreter, directory);
    metaffi_type_info integers[] = {{metaffi_int64_type, NULL, 0}, {metaffi_int64_type, NULL, 0}};
    double before = 0;
    /* The first few prepare what all others use. */
    for (int i = -ENTITIES / 10; i < ENTITIES; i++) {
        if (i == 0) {
            before = resident();
        }
        load_python("callable=add", integers, 2, integers);
    }
    return (resident() - before) / ENTITIES;
}

static double of_handles(void) {
    open_python(interpreter, directory);
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0};
    metaffi_entity *get = load_python("attribute=COUNTER,getter", NULL, 0, &handle);
    metaffi_scope *scope = enter_python();
    double before = 0;
    for (int i = -HANDLES / 10; i < HANDLES; i++) {
        metaffi_slot frame[1];
        if (i == 0) {
            before = resident();
        }
        check(metaffi_entity_call_frame(get, frame, &error));
    }
    double grown = resident() - before;
    leave_python(scope);
    return grown / HANDLES;
}

static void compare_memory(const char *what, double (*measured)(void), double bound) {
    row_of(what, "", 0, "bytes", in_a_process(what, measured), BYTES, bound);
}

void python_start(const char *python, const char *compiled) {
    interpreter = python;
    directory = compiled;
    find_library();
    compare_starts();
    compare_memory("memory of an entity of Python", of_entities, 600);
    compare_memory("memory of a handle, beside its object", of_handles, 48);
}
