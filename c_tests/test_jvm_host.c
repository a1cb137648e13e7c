/* What belongs to the host's process is as before when a JVM has been started. */
#include "java_runtime.h"

#include <dlfcn.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

static sig_atomic_t usr2;

static void note(int signal) {
    usr2 += signal == SIGUSR2;
}

static void nothing(int signal) {
    (void)signal;
}

static double upward(void) {
    volatile double one = 1, three = 3;
    return one / three;
}

static void what_is_the_process_own(void) {
    CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
    setenv("LC_ALL", "C", 1);
    int handled[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGCHLD};
    for (size_t i = 0; i < COUNT(handled); i++)
        signal(handled[i], handled[i] == SIGUSR2 ? note : nothing);
    sigset_t mask, now;
    sigemptyset(&mask);
    sigaddset(&mask, SIGWINCH);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    struct rlimit files = {200, 0}, limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    files.rlim_max = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
    fesetround(FE_UPWARD);
    double expected = upward();
    unsigned short x87 = 0, x87_after = 0;
#if defined(__x86_64__)
    __asm__ volatile("fnstcw %0" : "=m"(x87));
#endif

    open_java();
    CHECK(java_abs(-3) == 3);

    CHECK_TEXT(setlocale(LC_ALL, NULL), "C.UTF-8");
    pthread_sigmask(SIG_SETMASK, NULL, &now);
    for (int signal = 1; signal < 32; signal++)
        CHECK(sigismember(&now, signal) == sigismember(&mask, signal));
    getrlimit(RLIMIT_NOFILE, &limit);
    CHECK(limit.rlim_cur == 200);
    CHECK(fegetround() == FE_UPWARD && upward() == expected);
#if defined(__x86_64__)
    __asm__ volatile("fnstcw %0" : "=m"(x87_after));
#endif
    CHECK(x87 == x87_after);
    for (size_t i = 0; i < COUNT(handled); i++) {
        struct sigaction action;
        sigaction(handled[i], NULL, &action);
        CHECK(action.sa_handler == (handled[i] == SIGUSR2 ? note : nothing));
    }
    raise(SIGUSR2);
    CHECK(usr2 == 1);
    /* Java computes as it does everywhere. */
    metaffi_module *guest = open_java_module(JVM_GUEST);
    metaffi_entity *third =
        load_java(guest, "class=JvmGuest,callable=third", 0, 0, metaffi_float64_type);
    metaffi_value result;
    CHECK_OK(metaffi_entity_call(third, NULL, 0, &result, 1, &err));
    CHECK(result.data.float64 == 1.0 / 3 && expected != 1.0 / 3);
    CHECK(fegetround() == FE_UPWARD);
    CHECK(metaffi_entity_free(third) == METAFFI_OK);
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
    close_java();
}

/* Handlers of the JVM's run where a thread has its stack for them. */
static void handlers_run_on_the_alternate_stack(void) {
    struct sigaction before[32];
    for (int signal = 1; signal < 32; signal++)
        sigaction(signal, NULL, &before[signal]);
    open_java();
    for (int signal = 1; signal < 32; signal++) {
        struct sigaction now;
        sigaction(signal, NULL, &now);
        int is_new = now.sa_handler != before[signal].sa_handler;
        CHECK(!is_new || (now.sa_flags & SA_ONSTACK) != 0);
        CHECK(signal != SIGSEGV || is_new);
    }
    close_java();
}

/* Uses so many bytes of stack. */
static int use_stack(size_t left) {
    volatile char block[16 << 10];
    block[0] = (char)left;
    return left < sizeof block ? java_abs(-1) : use_stack(left - sizeof block) + (block[0] & 0);
}

/* The main thread's stack is as large as it was, and its end is an error in Java and not of the
 * process. */
static void the_main_stack(void) {
    open_java();
    CHECK(use_stack((size_t)6 << 20) == 1);
    metaffi_module *guest = open_java_module(JVM_GUEST);
    metaffi_entity *depth =
        load_java(guest, "class=JvmGuest,callable=depth", 0, 0, metaffi_int32_type);
    metaffi_value result;
    for (int i = 0; i < 3; i++) {
        CHECK_OK(metaffi_entity_call(depth, NULL, 0, &result, 1, &err));
        CHECK(result.data.int32 > 1000);
    }
    metaffi_entity *recurse = load_java(guest, "class=JvmGuest,callable=recurse",
                                        metaffi_int32_type, 1, metaffi_int32_type);
    metaffi_value zero = int32_value(0);
    for (int i = 0; i < 3; i++)
        CHECK_FAILS_WITH(metaffi_entity_call(recurse, &zero, 1, &result, 1, &err),
                         METAFFI_STATUS_FOREIGN, "");
    CHECK(use_stack((size_t)6 << 20) == 1);
    CHECK(metaffi_entity_free(depth) == METAFFI_OK);
    CHECK(metaffi_entity_free(recurse) == METAFFI_OK);
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
    close_java();
}

/* Python and Java in one process, whichever comes first. */
static int32_t python_abs(metaffi_runtime *python) {
    metaffi_module *module = NULL;
    metaffi_entity *entity = NULL;
    metaffi_type_info number = info_of(metaffi_int64_type);
    CHECK_OK(metaffi_module_load(python, "builtins", &module, &err));
    CHECK_OK(metaffi_entity_load(module, "callable=abs", &number, 1, &number, 1, &entity, &err));
    metaffi_value argument = int64_value(-7), result = {metaffi_null_type, {0}};
    CHECK_OK(metaffi_entity_call(entity, &argument, 1, &result, 1, &err));
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    CHECK(metaffi_module_free(module) == METAFFI_OK);
    return (int32_t)result.data.int64;
}

static void with_python(int python_first) {
    metaffi_runtime *python = NULL;
    if (!python_first)
        open_java();
    metaffi_status status = metaffi_runtime_load("python3", NULL, 0, &python, &err);
    if (status == METAFFI_STATUS_NOT_FOUND) {
        printf("without Python: %s\n", metaffi_error_message(err));
        metaffi_error_free(err);
        err = NULL;
        return;
    }
    CHECK_OK(status);
    if (python_first)
        open_java();
    for (int i = 0; i < 3; i++) {
        CHECK(python_abs(python) == 7);
        CHECK(java_abs(-3) == 3);
    }
    CHECK(metaffi_runtime_free(python) == METAFFI_OK);
    close_java();
}

static void python_before_java(void) {
    with_python(1);
}

static void java_before_python(void) {
    with_python(0);
}

static void check_child_mask(void) {
    FILE *child = popen("grep SigBlk /proc/self/status", "r");
    char line[80] = "";
    CHECK(child != NULL && fgets(line, sizeof line, child) != NULL);
    CHECK(strstr(line, "0000000000000000") != NULL);
    pclose(child);
}

/* Children get all signals, those of the host and those of Java's. */
static void children_get_all_signals(void) {
    open_java();
    CHECK(java_abs(-3) == 3);
    check_child_mask();
    metaffi_module *guest = open_java_module(JVM_GUEST);
    metaffi_entity *blocked =
        load_java(guest, "class=JvmGuest,callable=blockedInChild", 0, 0, metaffi_string8_type);
    metaffi_value result;
    if (CHECK_OK(metaffi_entity_call(blocked, NULL, 0, &result, 1, &err))) {
        CHECK_TEXT((const char *)result.data.string.data, "SigBlk:0000000000000000");
        metaffi_value_clear(&result);
    }
    check_child_mask();
    CHECK(metaffi_entity_free(blocked) == METAFFI_OK);
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
    close_java();
}

int main(void) {
    need_java();
    IN_CHILD(what_is_the_process_own);
    IN_CHILD(handlers_run_on_the_alternate_stack);
    IN_CHILD(the_main_stack);
    IN_CHILD(python_before_java);
    IN_CHILD(java_before_python);
    IN_CHILD(children_get_all_signals);
    return CHECK_RESULT;
}
