/* Code of Java that is interrupted: by deadlines, and from other threads. */
#include "java_runtime.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { WAYS = 7, MILLISECOND = 1000000 };

static const uint64_t FOR_EVER = UINT64_MAX;

static metaffi_entity *await, *survive, *ignore, *is_interrupted, *fail, *run;

static metaffi_entity *load_guest(const char *path, metaffi_type parameter, metaffi_type result) {
    return load_java(guest, path, parameter, parameter != metaffi_null_type, result);
}

static void open_all(void) {
    open_java();
    guest = open_java_module(JVM_GUEST);
    metaffi_type number = metaffi_int32_type, truth = metaffi_bool_type, none = metaffi_null_type;
    await = load_guest("class=JvmGuest,callable=await", number, none);
    survive = load_guest("class=JvmGuest,callable=survive", number, truth);
    ignore = load_guest("class=JvmGuest,callable=ignore", number, truth);
    is_interrupted = load_guest("class=JvmGuest,callable=isInterrupted", none, truth);
    fail = load_guest("class=JvmGuest,callable=fail", none, none);
    run = load_guest("class=JvmGuest,callable=run", metaffi_callable_type, none);
}

static void close_all(void) {
    metaffi_entity *all[] = {await, survive, ignore, is_interrupted, fail, run};
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK(metaffi_entity_free(all[i]) == METAFFI_OK);
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
    close_java();
}

static metaffi_status call(const metaffi_entity *entity, int32_t argument, metaffi_error **error) {
    metaffi_value given = int32_value(argument);
    return metaffi_entity_call(entity, &given, 1, NULL, 0, error);
}

static int answer(const metaffi_entity *entity, int32_t argument) {
    metaffi_value given = int32_value(argument), result = {metaffi_null_type, {0}};
    CHECK_OK(metaffi_entity_call(entity, &given, entity != is_interrupted, &result, 1, &err));
    return result.data.boolean;
}

static metaffi_scope *limited(uint64_t timeout) {
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(java, &scope, &err));
    CHECK_OK(metaffi_scope_deadline(scope, timeout, &err));
    return scope;
}

static void leave(metaffi_scope *scope) {
    CHECK_OK(metaffi_scope_leave(scope, &err));
    CHECK(!answer(is_interrupted, 0));
}

static void a_deadline_ends_what_waits(void) {
    for (int way = 0; way < WAYS; way++) {
        metaffi_scope *scope = limited(20 * MILLISECOND);
        CHECK_FAILS_WITH(call(await, way, &err), METAFFI_STATUS_TIMED_OUT, "deadline");
        /* Once, and nothing is left of it. */
        CHECK(!answer(survive, 5));
        leave(scope);
    }
}

static void what_fails_says_where(void) {
    metaffi_scope *scope = limited(20 * MILLISECOND);
    metaffi_error *failure = NULL;
    CHECK(call(await, 0, &failure) == METAFFI_STATUS_TIMED_OUT);
    CHECK(strcmp(metaffi_error_foreign_type(failure), "java.lang.InterruptedException") == 0);
    CHECK(strstr(metaffi_error_trace(failure), "JvmGuest.await") != NULL);
    metaffi_error_free(failure);
    leave(scope);
}

static void what_deals_with_it_or_does_not_look_goes_on(void) {
    metaffi_scope *scope = limited(5 * MILLISECOND);
    CHECK(answer(survive, 1000000));
    CHECK_FAILS_WITH(metaffi_entity_call(fail, NULL, 0, NULL, 0, &err), METAFFI_STATUS_FOREIGN,
                     "its own");
    leave(scope);
    scope = limited(1 * MILLISECOND);
    CHECK(answer(ignore, 30));
    /* It is in time for the next call in the scope, but not for one behind it. */
    CHECK_FAILS_WITH(call(await, 0, &err), METAFFI_STATUS_TIMED_OUT, "deadline");
    leave(scope);
    scope = limited(1 * MILLISECOND);
    CHECK(answer(ignore, 30));
    leave(scope);
    CHECK(!answer(survive, 5));
}

static void scopes_within_each_other_have_their_own_time(void) {
    metaffi_scope *outer = limited(1 * MILLISECOND), *inner = limited(1 * MILLISECOND);
    CHECK(answer(ignore, 30));
    CHECK_OK(metaffi_scope_leave(inner, &err));
    CHECK_FAILS_WITH(call(await, 0, &err), METAFFI_STATUS_TIMED_OUT, "deadline");
    leave(outer);
    /* What the inner one's has ended is not the outer one's. */
    outer = limited(300 * MILLISECOND), inner = limited(1 * MILLISECOND);
    CHECK_FAILS_WITH(call(await, 0, &err), METAFFI_STATUS_TIMED_OUT, "deadline");
    CHECK(answer(ignore, 500));
    CHECK_OK(metaffi_scope_leave(inner, &err));
    CHECK_FAILS_WITH(call(await, 0, &err), METAFFI_STATUS_TIMED_OUT, "deadline");
    leave(outer);
}

static void what_comes_too_late_interrupts_nothing(void) {
    for (int i = 0; i < 300; i++) {
        metaffi_scope *scope = limited(i % 3 * 10000);
        if (i % 2 == 0)
            CHECK_OK(metaffi_scope_deadline(scope, FOR_EVER, &err));
        leave(scope);
    }
}

/* What was interrupted within a callback is the same failure outside. */
static metaffi_status await_inside(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata, (void)frame;
    return call(await, 0, error);
}

static void an_interruption_passes_through_callbacks(void) {
    metaffi_callable *callback = NULL;
    CHECK_OK(metaffi_callable_new(await_inside, NULL, 0, NULL, 0, NULL, NULL, &callback, &err));
    metaffi_value given = callable_value(callback);
    metaffi_scope *scope = limited(20 * MILLISECOND);
    CHECK_FAILS_WITH(metaffi_entity_call(run, &given, 1, NULL, 0, &err), METAFFI_STATUS_TIMED_OUT,
                     "deadline");
    leave(scope);
    CHECK(metaffi_callable_free(callback) == METAFFI_OK);
}

struct waiting {
    int way;
    atomic_ullong thread;
    atomic_int has_ended, is_over;
    metaffi_status status;
    int is_left;
};

static void *wait_there(void *userdata) {
    struct waiting *waiting = userdata;
    waiting->thread = metaffi_thread_id();
    metaffi_error *failure = NULL;
    int looks = waiting->way < WAYS;
    metaffi_value given = int32_value(looks ? waiting->way : 50), result = {metaffi_null_type, {0}};
    waiting->status =
        metaffi_entity_call(looks ? await : ignore, &given, 1, &result, !looks, &failure);
    metaffi_error_free(failure);
    waiting->has_ended = 1;
    while (!waiting->is_over)
        nanosleep(&(struct timespec){0, MILLISECOND}, NULL);
    if (metaffi_entity_call(is_interrupted, NULL, 0, &result, 1, NULL) != METAFFI_OK)
        waiting->is_left = 1;
    waiting->is_left |= result.data.boolean;
    return NULL;
}

static void interrupt_until_it_ends(struct waiting *waiting, int is_all) {
    pthread_t thread;
    waiting->thread = 0;
    pthread_create(&thread, NULL, wait_there, waiting);
    while (!waiting->has_ended) {
        uint64_t meant = is_all ? 0 : waiting->thread;
        if (is_all || meant != 0) {
            /* There it has not begun yet, or is done. */
            if (metaffi_runtime_interrupt(java, meant, &err) != METAFFI_OK) {
                CHECK(metaffi_error_status(err) == METAFFI_STATUS_NOT_FOUND);
                metaffi_error_free(err);
                err = NULL;
            }
        }
        nanosleep(&(struct timespec){0, MILLISECOND}, NULL);
    }
    waiting->is_over = 1;
    pthread_join(thread, NULL);
    CHECK(!waiting->is_left);
}

static void threads_are_interrupted_from_others(void) {
    for (int is_all = 0; is_all < 2; is_all++) {
        for (int way = 0; way < WAYS; way++) {
            struct waiting waiting = {.way = way};
            interrupt_until_it_ends(&waiting, is_all);
            CHECK(waiting.status == METAFFI_STATUS_CANCELLED);
        }
        /* What does not look has not been interrupted, nor is what it calls later. */
        struct waiting waiting = {.way = WAYS};
        interrupt_until_it_ends(&waiting, is_all);
        CHECK(waiting.status == METAFFI_OK);
    }
    CHECK_FAILS_WITH(metaffi_runtime_interrupt(java, 12345, &err), METAFFI_STATUS_NOT_FOUND,
                     "metaffi_thread_id");
    CHECK_FAILS_WITH(metaffi_runtime_interrupt(java, metaffi_thread_id(), &err),
                     METAFFI_STATUS_NOT_FOUND, "no code of Java runs");
    CHECK(!answer(survive, 5));
}

int main(void) {
    need_java();
    open_all();
    /* By the interface first, and then by an address where there is one. */
    for (int i = 0; i < 2; i++) {
        a_deadline_ends_what_waits();
        what_fails_says_where();
        what_deals_with_it_or_does_not_look_goes_on();
        scopes_within_each_other_have_their_own_time();
        what_comes_too_late_interrupts_nothing();
        an_interruption_passes_through_callbacks();
        threads_are_interrupted_from_others();
    }
    close_all();
    return CHECK_RESULT;
}
