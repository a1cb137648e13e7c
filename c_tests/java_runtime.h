/* What the tests of runtime jvm begin with; without a JVM they are skipped. Each that starts one
 * its own way does so in a child. */
#ifndef JAVA_RUNTIME_H
#define JAVA_RUNTIME_H

#include "guest_module.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* What ctest takes for a skipped test. */
#define SKIPPED 77

static metaffi_runtime *java;
static metaffi_module *jdk;

static inline metaffi_status load_java_with(const metaffi_option *options, size_t count) {
    return metaffi_runtime_load("jvm", options, count, &java, &err);
}

static inline metaffi_module *open_java_module(const char *path) {
    metaffi_module *module = NULL;
    if (!CHECK_OK(metaffi_module_load(java, path, &module, &err)))
        exit(EXIT_FAILURE);
    return module;
}

/* Skips the test, unless METAFFI_TEST_JVM says that it has to run. */
static inline void lack_java(const char *what, const char *why) {
    int is_wanted = getenv("METAFFI_TEST_JVM") != NULL;
    printf("%s: no %s: %s\n", is_wanted ? "failed" : "skipped", what, why);
    fflush(stdout);
    exit(is_wanted ? EXIT_FAILURE : SKIPPED);
}

static inline void open_java(void) {
    metaffi_status status = metaffi_runtime_load("jvm", NULL, 0, &java, &err);
    if (status == METAFFI_STATUS_NOT_FOUND)
        lack_java("Java (Debian package default-jre-headless)", metaffi_error_message(err));
    if (!CHECK_OK(status))
        exit(EXIT_FAILURE);
    jdk = open_java_module("");
}

static inline void close_java(void) {
    CHECK(metaffi_module_free(jdk) == METAFFI_OK);
    CHECK(metaffi_runtime_free(java) == METAFFI_OK);
}

/* Whether there is a JVM, asked where none stays. */
static inline void need_java(void) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        open_java();
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
#ifdef JVM_GUEST
    if (access(JVM_GUEST "/JvmGuest.class", R_OK) != 0)
        lack_java("javac (Debian package default-jdk-headless)", JVM_GUEST);
#endif
}

/* Runs it in a process of its own, which is to end with `expected`. */
static inline void in_child_with(const char *name, void (*run)(void), int expected) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(100);
        check_failures = 0;
        run();
        exit(CHECK_RESULT);
    }
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected) {
        char why[64];
        snprintf(why, sizeof why, WIFSIGNALED(status) ? "ended by signal %d" : "exited with %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        check_fail(__FILE__, __LINE__, name, why);
    }
}
#define IN_CHILD(run) in_child_with(#run, run, 0)
#define IN_CHILD_EXITING(run, status) in_child_with(#run, run, status)

static inline metaffi_entity *load_java(metaffi_module *module, const char *path,
                                        metaffi_type parameter, size_t count, metaffi_type result) {
    metaffi_type_info params[4], type = info_of(result);
    for (size_t i = 0; i < count; i++)
        params[i] = info_of(parameter);
    metaffi_entity *entity = NULL;
    CHECK_OK(metaffi_entity_load(module, path, params, count, &type, result != metaffi_null_type,
                                 &entity, &err));
    return entity;
}

/* Math.abs(int): that Java works here. */
static inline int32_t java_abs(int32_t number) {
    metaffi_entity *entity = load_java(jdk, "class=java.lang.Math,callable=abs", metaffi_int32_type,
                                       1, metaffi_int32_type);
    metaffi_value argument = int32_value(number), result = {metaffi_null_type, {0}};
    CHECK_OK(metaffi_entity_call(entity, &argument, 1, &result, 1, &err));
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    return result.data.int32;
}

#endif
