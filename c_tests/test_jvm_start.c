/* What a JVM is started with, and what becomes of a start that fails: an error, and never an exit.
 */
#include "java_runtime.h"

#include <fcntl.h>

static void fails_with(const char *key, const char *value, const char *text) {
    metaffi_option option = {key, value};
    CHECK_FAILS_WITH(load_java_with(&option, 1), METAFFI_STATUS_LOAD_FAILED, text);
}

/* What the JVM has no way out of: it says why, and this process goes on. */
static void a_heap_too_small(void) {
    fails_with("jvm_option", "-Xmx1k", "heap");
    /* There is one JVM in a process. */
    CHECK_FAILS_WITH(load_java_with(NULL, 0), METAFFI_STATUS_LOAD_FAILED, "heap");
}

static void a_collector_too_many(void) {
    metaffi_option options[] = {{"jvm_option", "-XX:+UseSerialGC"},
                                {"jvm_option", "-XX:+UseParallelGC"}};
    CHECK_FAILS_WITH(load_java_with(options, 2), METAFFI_STATUS_LOAD_FAILED, "arbage collect");
}

/* What it refuses before it begins, which can be tried again. */
static void an_unknown_option(void) {
    fails_with("jvm_option", "-XX:NoSuchOption=1", "NoSuchOption");
    fails_with("jvm_option", "-no-such-option", "-no-such-option");
    fails_with("jvm_option", "-Xmxmany", "-Xmxmany");
    open_java();
    CHECK(java_abs(-3) == 3);
    close_java();
}

/* Java itself prints why. */
static void a_module_that_is_not_there(void) {
    int quiet = open("/dev/null", O_WRONLY);
    dup2(quiet, 2);
    fails_with("jvm_option", "--add-modules=no.such.module", "has printed");
}

static void options_that_contradict(void) {
    fails_with("version", ">=99", ">=99");
    metaffi_option both[] = {{"home", "/usr"}, {"library", "libjvm.so"}};
    CHECK_FAILS_WITH(load_java_with(both, 2), METAFFI_STATUS_INVALID_ARGUMENT, "give one of them");
    metaffi_option wrong = {"version", "newest"};
    CHECK_FAILS_WITH(load_java_with(&wrong, 1), METAFFI_STATUS_SYNTAX, "such as >=17");
    metaffi_option empty = {"home", "/nowhere"};
    CHECK_FAILS_WITH(load_java_with(&empty, 1), METAFFI_STATUS_NOT_FOUND, "/nowhere");
    metaffi_option unknown = {"hom", "/usr"};
    CHECK_FAILS_WITH(load_java_with(&unknown, 1), METAFFI_STATUS_NOT_FOUND, "home (");
    metaffi_option library = {"library", NOT_A_LIBRARY};
    CHECK_FAILS_WITH(load_java_with(&library, 1), METAFFI_STATUS_LOAD_FAILED, "CMakeLists.txt");
}

static void variables_that_name_nothing(void) {
    setenv("METAFFI_JAVA_HOME", "/nowhere", 1);
    CHECK_FAILS_WITH(load_java_with(NULL, 0), METAFFI_STATUS_NOT_FOUND,
                     "METAFFI_JAVA_HOME: there is no Java in /nowhere");
    unsetenv("METAFFI_JAVA_HOME");
    setenv("JAVA_HOME", "/nowhere", 1);
    open_java();
    CHECK(java_abs(-3) == 3);
    close_java();
}

/* One that runs is joined by who asks for nothing, or for what it is. */
static void one_that_runs(void) {
    metaffi_option options[] = {{"version", ">=11,<99"}, {"jvm_option", "-Xmx64m"}};
    CHECK_OK(load_java_with(options, 2));
    CHECK(metaffi_runtime_free(java) == METAFFI_OK);
    CHECK_OK(load_java_with(options, 2));
    CHECK(metaffi_runtime_free(java) == METAFFI_OK);
    CHECK_OK(load_java_with(options, 1));
    CHECK(metaffi_runtime_free(java) == METAFFI_OK);
    fails_with("version", "<11", "already, and option version asks for <11");
    fails_with("home", "/nowhere", "already, and option home asks for /nowhere");
    fails_with("library", "/nowhere/libjvm.so", "option library asks for /nowhere/libjvm.so");
    fails_with("jvm_option", "-Xmx65m", "which only a start can follow");
    fails_with("classpath", "a.jar", "which only a start can follow");
    open_java();
    CHECK(java_abs(-3) == 3);
    close_java();
}

int main(void) {
    need_java();
    IN_CHILD(a_heap_too_small);
    IN_CHILD(a_collector_too_many);
    IN_CHILD(an_unknown_option);
    IN_CHILD(a_module_that_is_not_there);
    IN_CHILD(options_that_contradict);
    IN_CHILD(variables_that_name_nothing);
    IN_CHILD(one_that_runs);
    return CHECK_RESULT;
}
