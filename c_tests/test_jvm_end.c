/* The end of a process that runs Java, that of Java, and the child of a fork. */
#include "java_runtime.h"

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

/* The part of the interface of JNI that starts and ends one. */
struct functions {
    void *reserved[3];
    int (*destroy)(const struct functions **);
    int (*attach)(const struct functions **, void **, void *);
    int (*detach)(const struct functions **);
    int (*get_env)(const struct functions **, void **, int);
    int (*attach_as_daemon)(const struct functions **, void **, void *);
};
typedef const struct functions **machine;
struct arguments {
    int version, count;
    struct {
        const char *text;
        void *extra;
    } * options;
    unsigned char ignore;
};

static void open_all(void) {
    open_java();
    guest = open_java_module(JVM_GUEST);
}

static void call_guest(const char *path, metaffi_type type, const metaffi_value *argument) {
    metaffi_entity *entity = load_java(guest, path, type, argument != NULL, metaffi_null_type);
    CHECK_OK(metaffi_entity_call(entity, argument, argument != NULL, NULL, 0, &err));
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
}

static void call_with_text(const char *path, const char *text) {
    metaffi_value argument = string_value(text);
    call_guest(path, metaffi_string8_type, &argument);
}

static void spin(int is_daemon) {
    metaffi_value argument = {metaffi_bool_type, {0}};
    argument.data.boolean = is_daemon;
    call_guest("class=JvmGuest,callable=spin", metaffi_bool_type, &argument);
}

/* Hooks run and what was printed is written, while a thread of Java's goes on. */
static void print_and_end(void) {
    open_all();
    spin(1);
    spin(0);
    call_with_text("class=JvmGuest,callable=atExit", "hook ");
    call_with_text("class=JvmGuest,callable=print", "printed ");
    exit(CHECK_RESULT ? EXIT_FAILURE : 5);
}

static void leave_main(void) {
    open_all();
    spin(1);
    call_with_text("class=JvmGuest,callable=print", "printed ");
}

static void exit_in_java(void) {
    open_all();
    call_with_text("class=JvmGuest,callable=atExit", "hook ");
    metaffi_value status = int32_value(3);
    call_guest("class=JvmGuest,callable=exit", metaffi_int32_type, &status);
    _exit(99);
}

static void *exit_on_thread(void *unused) {
    metaffi_value status = int32_value(4);
    (void)unused;
    call_guest("class=JvmGuest,callable=exit", metaffi_int32_type, &status);
    return NULL;
}

static void exit_in_java_on_another_thread(void) {
    pthread_t thread;
    open_all();
    pthread_create(&thread, NULL, exit_on_thread, NULL);
    for (;;)
        java_abs(-1);
}

/* What a child writes to its output. */
static void prints(const char *name, void (*run)(void), int status, const char *expected) {
    char text[256] = "";
    int ends[2];
    CHECK(pipe(ends) == 0);
    int before = dup(1);
    dup2(ends[1], 1);
    in_child_with(name, run, status);
    dup2(before, 1);
    close(before);
    close(ends[1]);
    ssize_t length = read(ends[0], text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    CHECK_TEXT(text, expected);
}

static machine start_own(int *count) {
    char path[512];
    const char *home = getenv("METAFFI_JAVA_HOME");
    machine vm = NULL;
    snprintf(path, sizeof path, "%s/lib/server/libjvm.so", home != NULL ? home : "");
    void *library = dlopen(path, RTLD_NOW);
    if (library == NULL)
        return NULL;
    int (*create)(machine *, void **, struct arguments *);
    *(void **)&create = dlsym(library, "JNI_CreateJavaVM");
    int (*created)(machine *, int, int *);
    *(void **)&created = dlsym(library, "JNI_GetCreatedJavaVMs");
    struct arguments arguments = {0x000a0000, 0, NULL, 0};
    void *env;
    CHECK(create(&vm, &env, &arguments) == 0);
    CHECK(created(&vm, 1, count) == 0);
    return vm;
}

static pthread_barrier_t meeting;
static metaffi_entity *kept;

static int32_t call_kept(metaffi_status expected) {
    metaffi_value argument = int32_value(-3), result = int32_value(0);
    if (expected == METAFFI_OK)
        CHECK_OK(metaffi_entity_call(kept, &argument, 1, &result, 1, &err));
    else
        CHECK_FAILS_WITH(metaffi_entity_call(kept, &argument, 1, &result, 1, &err), expected,
                         "has shut down");
    return result.data.int32;
}

/* A thread that Java knows by us, and calls before and after its end. */
static void *before_and_after(void *unused) {
    (void)unused;
    CHECK(call_kept(METAFFI_OK) == 3);
    pthread_barrier_wait(&meeting);
    pthread_barrier_wait(&meeting);
    call_kept(METAFFI_STATUS_UNSUPPORTED);
    return NULL;
}

/* The host's own one is joined, and ended by the host. */
static void the_host_destroys_it(void) {
    int count = 0;
    machine vm = start_own(&count);
    if (vm == NULL)
        return;
    open_java();
    CHECK(java_abs(-3) == 3);
    metaffi_option option = {"jvm_option", "-Xmx64m"};
    CHECK(metaffi_module_free(jdk) == METAFFI_OK);
    CHECK(metaffi_runtime_free(java) == METAFFI_OK);
    CHECK_FAILS_WITH(load_java_with(&option, 1), METAFFI_STATUS_LOAD_FAILED,
                     "which only a start can follow");
    open_java();
    kept = load_java(jdk, "class=java.lang.Math,callable=abs", metaffi_int32_type, 1,
                     metaffi_int32_type);
    metaffi_entity *make =
        load_java(jdk, "class=java.util.ArrayList,callable=<init>", 0, 0, metaffi_handle_type);
    metaffi_value list = {metaffi_null_type, {0}};
    CHECK_OK(metaffi_entity_call(make, NULL, 0, &list, 1, &err));
    pthread_t threads[3];
    pthread_barrier_init(&meeting, NULL, COUNT(threads) + 1);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, before_and_after, NULL);
    pthread_barrier_wait(&meeting);
    CHECK((*vm)->destroy(vm) == 0);
    pthread_barrier_wait(&meeting);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    call_kept(METAFFI_STATUS_UNSUPPORTED);
    metaffi_entity *another = NULL;
    CHECK_FAILS_WITH(metaffi_entity_load(jdk, "class=java.lang.Math,callable=max", NULL, 0, NULL, 0,
                                         &another, &err),
                     METAFFI_STATUS_UNSUPPORTED, "has shut down");
    metaffi_value_clear(&list);
    CHECK(metaffi_entity_free(make) == METAFFI_OK);
    CHECK(metaffi_entity_free(kept) == METAFFI_OK);
    close_java();
    CHECK_FAILS_WITH(load_java_with(NULL, 0), METAFFI_STATUS_UNSUPPORTED, "has shut down");
}

/* A thread that the host itself attaches and detaches is known only as long as that. */
static void *attached_by_the_host(void *vm_of_host) {
    machine vm = (machine)vm_of_host;
    void *env;
    for (int i = 0; i < 3; i++) {
        CHECK((*vm)->attach(vm, &env, NULL) == 0);
        CHECK(call_kept(METAFFI_OK) == 3);
        CHECK((*vm)->detach(vm) == 0);
    }
    CHECK(call_kept(METAFFI_OK) == 3);
    return NULL;
}

static void the_host_attaches_threads(void) {
    int count = 0;
    machine vm = start_own(&count);
    if (vm == NULL)
        return;
    open_java();
    kept = load_java(jdk, "class=java.lang.Math,callable=abs", metaffi_int32_type, 1,
                     metaffi_int32_type);
    pthread_t thread;
    pthread_create(&thread, NULL, attached_by_the_host, (void *)vm);
    pthread_join(thread, NULL);
    CHECK(call_kept(METAFFI_OK) == 3);
    CHECK(metaffi_entity_free(kept) == METAFFI_OK);
    close_java();
}

/* A child of a fork has no Java, says so, and ends as it wants. */
static void a_fork(void) {
    open_all();
    call_with_text("class=JvmGuest,callable=atExit", "hook ");
    metaffi_entity *exit_entity =
        load_java(guest, "class=JvmGuest,callable=threads", 0, 0, metaffi_int32_type);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        metaffi_value result;
        CHECK_FAILS_WITH(metaffi_entity_call(exit_entity, NULL, 0, &result, 1, &err),
                         METAFFI_STATUS_UNSUPPORTED, "fork");
        CHECK(metaffi_entity_free(exit_entity) == METAFFI_OK);
        exit(CHECK_RESULT ? EXIT_FAILURE : 7);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(metaffi_entity_free(exit_entity) == METAFFI_OK);
}

int main(void) {
    need_java();
    prints("print_and_end", print_and_end, 5, "printed hook ");
    prints("leave_main", leave_main, 0, "printed ");
    prints("exit_in_java", exit_in_java, 3, "hook ");
    IN_CHILD_EXITING(exit_in_java_on_another_thread, 4);
    prints("a_fork", a_fork, 0, "hook ");
    IN_CHILD(the_host_destroys_it);
    IN_CHILD(the_host_attaches_threads);
    return CHECK_RESULT;
}
