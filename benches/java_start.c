/* Starting Java, up to the first call, beside the JDK's own program: each in a process of its own.
 */

#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "process.h"
#include "scenarios.h"

enum { STARTS = 15 };

extern char **environ;
static const char *home;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The program says so on its standard error. */
static double start_by_hand(void) {
    char path[4096];
    char *arguments[] = {path, "-version", NULL};
    posix_spawn_file_actions_t quietly;
    pid_t id;
    int status;
    snprintf(path, sizeof path, "%s/bin/java", home);
    posix_spawn_file_actions_init(&quietly);
    posix_spawn_file_actions_addopen(&quietly, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    double start = now();
    if (posix_spawn(&id, path, &quietly, NULL, arguments, environ) ||
        waitpid(id, &status, 0) != id || status) {
        fprintf(stderr, "%s does not run\n", path);
        exit(1);
    }
    double taken = now() - start;
    posix_spawn_file_actions_destroy(&quietly);
    return taken;
}

static double start_ours(void) {
    metaffi_option option = {"home", home};
    metaffi_type_info integer = {metaffi_int64_type, NULL, 0};
    metaffi_runtime *jvm;
    metaffi_module *jdk;
    metaffi_entity *entity;
    metaffi_slot frame[2] = {(metaffi_slot)-1000};
    double start = now();
    check(metaffi_runtime_load("jvm", &option, 1, &jvm, &error));
    check(metaffi_module_load(jvm, "", &jdk, &error));
    check(metaffi_entity_load(jdk, "class=java.lang.Math,callable=abs", &integer, 1, &integer, 1,
                              &entity, &error));
    check(metaffi_entity_call_frame(entity, frame, &error));
    return now() - start;
}

void java_start(const char *jdk) {
    static const char WHAT[] = "from the start to the first call";
    double by_hand = INFINITY, ours = INFINITY;
    home = jdk;
    for (int i = 0; i < STARTS; i++) {
        by_hand = fmin(by_hand, start_by_hand());
        ours = fmin(ours, in_a_process(WHAT, start_ours));
    }
    row_of(WHAT, "`java -version`", by_hand, "runtime, module, entity", ours, RATIO, 1.5);
}
