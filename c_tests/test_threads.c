/* Eight threads: calls and frees racing, callbacks re-entering, callbacks from foreign threads. */
#include "guest_module.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>

enum { THREADS = 8, ROUNDS = 2000 };

static void on_threads(void *(*run)(void *), void *shared) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, run, shared) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* The entity being called; each caller may find it freed, and nothing worse. */
static _Atomic(metaffi_entity *) current;
static atomic_int freed, called, refused;

static void *call_and_replace(void *shared) {
    (void)shared;
    metaffi_value arguments[] = {int64_value(40), int64_value(2)};
    for (int i = 0; i < ROUNDS; i++) {
        metaffi_value result = {0};
        metaffi_error *error = NULL;
        metaffi_status status =
            metaffi_entity_call(atomic_load(&current), arguments, 2, &result, 1, &error);
        CHECK(status == METAFFI_OK ? result.data.int64 == 42
                                   : status == METAFFI_STATUS_INVALID_HANDLE);
        *(status == METAFFI_OK ? &called : &refused) += 1;
        metaffi_error_free(error);
        if (i % 16 == 0) {
            metaffi_entity *old = atomic_exchange(&current, load("callable=guest_add"));
            CHECK(metaffi_entity_free(old) == METAFFI_OK);
            freed++;
        }
    }
    return NULL;
}

static void calls_race_frees(void) {
    atomic_store(&current, load("callable=guest_add"));
    on_threads(call_and_replace, NULL);
    CHECK(called + refused == THREADS * ROUNDS);
    CHECK(called > 0 && freed == THREADS * ROUNDS / 16);
    metaffi_entity_free(atomic_load(&current));
}

/* The callable being called. Each has a life of its own, which no call may outlast. */
static _Atomic(metaffi_callable *) shared;
static struct life { atomic_bool over; } lives[THREADS * ROUNDS / 16 + 1];
static atomic_int born, ended;

static metaffi_status live(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    struct life *life = userdata;
    CHECK(!life->over);
    sched_yield();
    CHECK(!life->over);
    frame[1] = frame[0] + 1;
    return METAFFI_OK;
}

static void end_life(void *userdata) {
    struct life *life = userdata;
    CHECK(!atomic_exchange(&life->over, true));
    ended++;
}

static metaffi_callable *give_birth(void) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_new(live, &number, 1, &number, 1, &lives[born++], end_life, &callable,
                                  &err));
    return callable;
}

static void *call_and_replace_shared(void *unused) {
    for (int i = 0; i < ROUNDS; i++) {
        metaffi_slot frame[2] = {41, 0};
        metaffi_status status = metaffi_callable_call_frame(atomic_load(&shared), frame, NULL);
        CHECK(status == METAFFI_OK ? frame[1] == 42 : status == METAFFI_STATUS_INVALID_HANDLE);
        if (i % 16 == 0)
            CHECK(metaffi_callable_free(atomic_exchange(&shared, give_birth())) == METAFFI_OK);
    }
    return unused;
}

static void no_call_outlasts_its_callable(void) {
    atomic_store(&shared, give_birth());
    on_threads(call_and_replace_shared, NULL);
    CHECK(ended == born - 1);
    CHECK(metaffi_callable_free(atomic_load(&shared)) == METAFFI_OK);
    CHECK(born == (int)COUNT(lives) && ended == born);
}

static metaffi_entity *apply, *apply_on_thread;
static atomic_int finalized, entered;

static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

/* count_down(n) = n == 0 ? 0 : 1 + count_down(n - 1), by way of C, on this or another thread. */
static metaffi_status count_down(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    entered++;
    int32_t number = (int32_t)frame[0];
    if (number == 0) {
        frame[1] = 0;
        return METAFFI_OK;
    }
    metaffi_callable *self = *(metaffi_callable **)userdata;
    metaffi_value arguments[] = {callable_value(self), int32_value(number - 1)}, result;
    metaffi_status status = metaffi_entity_call(number % 4 == 0 ? apply_on_thread : apply,
                                                arguments, 2, &result, 1, error);
    if (status == METAFFI_OK)
        frame[1] = (metaffi_slot)(result.data.int32 + 1);
    return status;
}

static void *recurse(void *shared) {
    (void)shared;
    metaffi_type_info number = info_of(metaffi_int32_type);
    for (int i = 0; i < 50; i++) {
        metaffi_callable *self = NULL;
        CHECK_OK(
            metaffi_callable_new(count_down, &number, 1, &number, 1, &self, finalize, &self, &err));
        metaffi_value arguments[] = {callable_value(self), int32_value(12)};
        CHECK(call_number(apply, arguments, 2) == 12);
        CHECK(metaffi_callable_free(self) == METAFFI_OK);
    }
    return NULL;
}

static void callbacks_reenter_and_come_from_foreign_threads(void) {
    apply = load("callable=guest_apply");
    apply_on_thread = load("callable=guest_apply_on_thread");
    on_threads(recurse, NULL);
    CHECK(finalized == THREADS * 50);
    CHECK(entered == THREADS * 50 * 13);
    metaffi_entity_free(apply);
    metaffi_entity_free(apply_on_thread);
}

static void *load_and_free(void *shared) {
    (void)shared;
    static const char *const paths[] = {"callable=guest_add", "callable=guest_mixed",
                                        "constant=GUEST_BLUE", "global=guest_ratio,getter"};
    for (int i = 0; i < 200; i++) {
        metaffi_module *clone = NULL;
        CHECK_OK(metaffi_module_clone(guest, &clone, &err));
        metaffi_entity *entity = load_from(clone, paths[i % 4]);
        CHECK(metaffi_module_free(clone) == METAFFI_OK);
        CHECK(metaffi_entity_free(entity) == METAFFI_OK);
        char text[64];
        snprintf(text, sizeof text, "struct tag_%d { int a; };", i);
        CHECK_OK(metaffi_module_declare(guest, text, strlen(text), &err));
    }
    return NULL;
}

static sem_t inside, leave;

static metaffi_status wait_inside(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata, (void)error;
    sem_post(&inside);
    sem_wait(&leave);
    frame[1] = 7;
    return METAFFI_OK;
}

static void *call_long(void *callable) {
    metaffi_value arguments[] = {callable_value(callable), int32_value(0)};
    CHECK(call_number(apply, arguments, 2) == 7);
    return NULL;
}

static void *call_often(void *shared) {
    (void)shared;
    metaffi_entity *length = load("callable=guest_length");
    metaffi_value argument = string_value("text");
    for (int i = 0; i < ROUNDS; i++)
        CHECK(call_number(length, &argument, 1) == 4);
    CHECK(metaffi_entity_free(length) == METAFFI_OK);
    return NULL;
}

static void what_is_freed_in_a_long_call_ends_after_it(void) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *callable = NULL;
    apply = load("callable=guest_apply");
    finalized = 0;
    CHECK(sem_init(&inside, 0, 0) == 0 && sem_init(&leave, 0, 0) == 0);
    CHECK_OK(
        metaffi_callable_new(wait_inside, &number, 1, &number, 1, NULL, finalize, &callable, &err));
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call_long, callable) == 0);
    sem_wait(&inside);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    on_threads(call_often, NULL);
    CHECK(finalized == 0);
    sem_post(&leave);
    pthread_join(thread, NULL);
    CHECK(finalized == 1);
    metaffi_entity_free(apply);
}

/* The function of a callable made from a pointer: it runs without a pin if nobody hears of its end.
 */
static int wait_in_function(int value) {
    sem_post(&inside);
    sem_wait(&leave);
    CHECK(finalized == 0);
    return value;
}

static void *call_by_frame(void *callable) {
    metaffi_slot frame[2] = {3, 0};
    CHECK_OK(metaffi_callable_call_frame(callable, frame, &err));
    CHECK((int)frame[1] == 3);
    return NULL;
}

static void a_finalizer_waits_for_the_function(void) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *callable = NULL;
    finalized = 0;
    CHECK_OK(metaffi_callable_from_pointer((metaffi_function)wait_in_function, &number, 1, &number,
                                           1, NULL, finalize, &callable, &err));
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call_by_frame, callable) == 0);
    sem_wait(&inside);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(finalized == 0);
    sem_post(&leave);
    pthread_join(thread, NULL);
    CHECK(finalized == 1);
}

static pthread_key_t last;
static metaffi_entity *measure;

static void call_at_exit(void *rounds) {
    metaffi_value argument = string_value("the end");
    CHECK(call_number(measure, &argument, 1) == 7);
    if (rounds > (void *)1)
        pthread_setspecific(last, (char *)rounds - 1);
}

static void *call_and_end(void *rounds) {
    pthread_setspecific(last, rounds);
    call_at_exit(rounds);
    return NULL;
}

static void threads_that_call_to_the_last_leave_nothing(void) {
    measure = load("callable=guest_length");
    CHECK(pthread_key_create(&last, call_at_exit) == 0);
    size_t before = 0;
    for (int i = 0; i < 1100; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, call_and_end, (void *)3) == 0);
        pthread_join(thread, NULL);
        if (i == 99)
            before = mallinfo2().uordblks;
    }
    CHECK(mallinfo2().uordblks < before + 100 * 100);
    metaffi_entity_free(measure);
}

int main(void) {
    open_guest();
    calls_race_frees();
    no_call_outlasts_its_callable();
    callbacks_reenter_and_come_from_foreign_threads();
    on_threads(load_and_free, NULL);
    what_is_freed_in_a_long_call_ends_after_it();
    a_finalizer_waits_for_the_function();
    threads_that_call_to_the_last_leave_nothing();
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
