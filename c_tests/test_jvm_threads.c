/* Threads that come and go, small stacks, threads of Java's that call back, and what is freed
 * outside. */
#include "java_runtime.h"

#include <limits.h>
#include <pthread.h>

enum { CHURN = 10000, AT_ONCE = 8 };

static metaffi_entity *services, *daemon_asked, *threads_asked, *make;

static void open_all(void) {
    open_java();
    guest = open_java_module(JVM_GUEST);
    services = load_java(guest, "class=JvmGuest,callable=services", 0, 0, metaffi_int32_type);
    daemon_asked = load_java(guest, "class=JvmGuest,callable=isDaemon", 0, 0, metaffi_bool_type);
    threads_asked = load_java(guest, "class=JvmGuest,callable=threads", 0, 0, metaffi_int32_type);
    make = load_java(jdk, "class=java.util.ArrayList,callable=<init>", 0, 0, metaffi_handle_type);
}

static void close_all(void) {
    metaffi_entity *all[] = {services, daemon_asked, threads_asked, make};
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK(metaffi_entity_free(all[i]) == METAFFI_OK);
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
    close_java();
}

static metaffi_value ask(const metaffi_entity *entity) {
    metaffi_value result = {metaffi_null_type, {0}};
    CHECK_OK(metaffi_entity_call(entity, NULL, 0, &result, 1, &err));
    return result;
}

static void on_thread(void *(*run)(void *), void *argument, size_t stack) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack != 0)
        CHECK(pthread_attr_setstacksize(&attributes, stack) == 0);
    CHECK(pthread_create(&thread, &attributes, run, argument) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

static void *ask_once(void *unused) {
    (void)unused;
    CHECK(java_abs(-3) == 3);
    CHECK(ask(daemon_asked).data.boolean);
    return NULL;
}

static void *churn(void *unused) {
    (void)unused;
    for (int i = 0; i < CHURN / AT_ONCE; i++)
        on_thread(ask_once, NULL, 0);
    return NULL;
}

/* No thread of Java's is left of those that came and went. */
static void threads_come_and_go(void) {
    open_all();
    int before = ask(threads_asked).data.int32;
    pthread_t threads[AT_ONCE];
    for (size_t i = 0; i < AT_ONCE; i++)
        CHECK(pthread_create(&threads[i], NULL, churn, NULL) == 0);
    for (size_t i = 0; i < AT_ONCE; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    int left = ask(threads_asked).data.int32 - before;
    CHECK(left <= 2);
    close_all();
}

static void *refused(void *unused) {
    metaffi_value result;
    (void)unused;
    CHECK_FAILS_WITH(metaffi_entity_call(services, NULL, 0, &result, 1, &err),
                     METAFFI_STATUS_UNSUPPORTED, "Java needs 512 KiB");
    metaffi_module *module = NULL;
    CHECK_FAILS_WITH(metaffi_module_load(java, "", &module, &err), METAFFI_STATUS_UNSUPPORTED,
                     "Java needs 512 KiB");
    return NULL;
}

static int deep(int depth) {
    volatile char block[1024];
    block[0] = (char)depth;
    metaffi_value result;
    metaffi_status status = metaffi_entity_call(services, NULL, 0, &result, 1, &err);
    if (status == METAFFI_OK)
        return deep(depth + 1) + (block[0] & 0);
    CHECK(strstr(metaffi_error_message(err), "nearly used up") != NULL);
    metaffi_error_free(err);
    err = NULL;
    return depth;
}

static void *until_the_end(void *unused) {
    (void)unused;
    CHECK(deep(0) > 50);
    CHECK(ask(services).data.int32 == 1);
    return NULL;
}

static void *free_it(void *object) {
    CHECK(metaffi_object_free(object) == METAFFI_OK);
    return NULL;
}

/* Threads with too little of it get an error, and free what they have all the same. */
static void small_stacks(void) {
    open_all();
    size_t small[] = {64 << 10, 96 << 10, 128 << 10, 256 << 10};
    for (size_t i = 0; i < COUNT(small); i++) {
        if (small[i] < (size_t)PTHREAD_STACK_MIN)
            continue;
        on_thread(refused, NULL, small[i]);
        on_thread(free_it, ask(make).data.object, small[i]);
    }
    size_t enough[] = {512 << 10, 1 << 20, 8 << 20};
    for (size_t i = 0; i < COUNT(enough); i++)
        on_thread(until_the_end, NULL, enough[i]);
    close_all();
}

static pthread_key_t key;

static void free_late(void *object) {
    free_it(object);
}

static void *keep_until_the_end(void *object) {
    CHECK(java_abs(-3) == 3);
    pthread_setspecific(key, object);
    return NULL;
}

/* Threads that never called Java free its objects, as do those that are ending. */
static void what_is_freed_outside(void) {
    open_all();
    CHECK(pthread_key_create(&key, free_late) == 0);
    int before = ask(threads_asked).data.int32;
    for (int i = 0; i < 200; i++) {
        on_thread(free_it, ask(make).data.object, 0);
        on_thread(keep_until_the_end, ask(make).data.object, 0);
    }
    CHECK(ask(threads_asked).data.int32 - before <= 2);
    close_all();
}

static void *find_services(void *unused) {
    (void)unused;
    CHECK(ask(services).data.int32 == 1);
    return NULL;
}

/* Libraries find the services of their module on whichever thread they are called. */
static void services_of_a_module(void) {
    open_all();
    CHECK(ask(services).data.int32 == 1);
    metaffi_module *other = open_java_module(GUEST_DIRECTORY);
    CHECK(ask(services).data.int32 == 1);
    CHECK(java_abs(-3) == 3);
    CHECK(ask(services).data.int32 == 1);
    on_thread(find_services, NULL, 0);
    CHECK(metaffi_module_free(other) == METAFFI_OK);
    close_all();
}

static metaffi_status count_and_call(void *count, metaffi_slot *frame, metaffi_error **error) {
    (void)frame, (void)error;
    ++*(int *)count;
    CHECK(ask(services).data.int32 == 1);
    CHECK(java_abs(-5) == 5);
    return METAFFI_OK;
}

/* Java's own threads call back, virtual ones too, and Java is called from there. */
static void threads_of_java(void) {
    open_all();
    int count = 0;
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_new(count_and_call, NULL, 0, NULL, 0, &count, NULL, &callable, &err));
    metaffi_type_info params[] = {info_of(metaffi_callable_type), info_of(metaffi_bool_type)};
    metaffi_type_info result = info_of(metaffi_bool_type);
    metaffi_entity *run = NULL;
    CHECK_OK(metaffi_entity_load(guest, "class=JvmGuest,callable=callOnThread", params, 2, &result,
                                 1, &run, &err));
    for (int i = 0; i < 20; i++) {
        metaffi_value arguments[2] = {callable_value(callable), {metaffi_bool_type, {0}}};
        arguments[1].data.boolean = i % 2;
        metaffi_value returned;
        CHECK_OK(metaffi_entity_call(run, arguments, 2, &returned, 1, &err));
        CHECK(count == i + 1);
    }
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(metaffi_entity_free(run) == METAFFI_OK);
    close_all();
}

int main(void) {
    need_java();
    IN_CHILD(threads_come_and_go);
    IN_CHILD(small_stacks);
    IN_CHILD(what_is_freed_outside);
    IN_CHILD(services_of_a_module);
    IN_CHILD(threads_of_java);
    return CHECK_RESULT;
}
