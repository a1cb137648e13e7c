/* What guests give to be awaited, by what C is told and what it waits for. */
#include "python_module.h"

#include <pthread.h>
#include <stdatomic.h>

#define FOR_EVER UINT64_MAX

static metaffi_module *awaiting;

/* The object that a function of the guest gives. */
static metaffi_object *made_by(const char *function, metaffi_value argument) {
    char path[64];
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0}, any = {metaffi_any_type, NULL, 0};
    snprintf(path, sizeof path, "callable=%s", function);
    metaffi_entity *entity = load_typed(awaiting, path, &any, argument.type != 0, handle);
    metaffi_value made = call_with(entity, &argument, argument.type != 0);
    metaffi_entity_free(entity);
    return made.data.object;
}

static const metaffi_value nothing = {0, {0}};

static metaffi_value int64(int64_t number) {
    return (metaffi_value){metaffi_int64_type, {.int64 = number}};
}

static metaffi_value text(const char *text) {
    metaffi_value value = {metaffi_string8_type, {0}};
    value.data.string.data = text;
    value.data.string.length = strlen(text);
    return value;
}

static metaffi_task *await(metaffi_object *object) {
    metaffi_task *task = NULL;
    CHECK_OK(metaffi_object_await(object, NULL, NULL, NULL, &task, &err));
    metaffi_object_free(object);
    return task;
}

static void check_last_ended(const char *expected) {
    check_string(call_once(awaiting, "callable=last_ended", NULL, 0), expected);
}

/* What on_done was told. */
struct told {
    atomic_int times, finalized;
    metaffi_status status;
    int64_t number;
    metaffi_status of_error;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static struct told fresh(void) {
    struct told told = {0};
    pthread_mutex_init(&told.lock, NULL);
    pthread_cond_init(&told.changed, NULL);
    return told;
}

static void tell(void *userdata, metaffi_status status, const metaffi_value *value,
                 const metaffi_error *error) {
    struct told *told = userdata;
    pthread_mutex_lock(&told->lock);
    told->times++;
    told->status = status;
    told->number = value != NULL && value->type == metaffi_int64_type ? value->data.int64 : -1;
    told->of_error = error != NULL ? metaffi_error_status(error) : METAFFI_OK;
    pthread_mutex_unlock(&told->lock);
}

static void finalize(void *userdata) {
    struct told *told = userdata;
    pthread_mutex_lock(&told->lock);
    told->finalized++;
    pthread_cond_signal(&told->changed);
    pthread_mutex_unlock(&told->lock);
}

static void wait_for(struct told *told) {
    pthread_mutex_lock(&told->lock);
    while (told->finalized == 0)
        pthread_cond_wait(&told->changed, &told->lock);
    pthread_mutex_unlock(&told->lock);
    CHECK(told->times == 1 && told->finalized == 1);
}

static void a_coroutine_gives_its_result_once(void) {
    struct told told = fresh();
    metaffi_task *task = NULL;
    metaffi_object *coroutine = made_by("number", int64(42));
    CHECK_OK(metaffi_object_await(coroutine, tell, &told, finalize, &task, &err));
    metaffi_value value;
    for (int i = 0; i < 2; i++) {
        CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
        CHECK(value.type == metaffi_int64_type && value.data.int64 == 42);
    }
    wait_for(&told);
    CHECK(told.status == METAFFI_OK && told.number == 42 && told.of_error == METAFFI_OK);
    CHECK_OK(metaffi_task_cancel(task, &err));
    CHECK_OK(metaffi_task_wait(task, 0, &value, &err));
    metaffi_task *again = await(coroutine);
    CHECK_FAILS_WITH(metaffi_task_wait(again, FOR_EVER, &value, &err), METAFFI_STATUS_FOREIGN,
                     "already awaited");
    metaffi_task_free(again);
    metaffi_task_free(task);
    CHECK_FAILS_WITH(metaffi_task_wait(task, 0, &value, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "stale");
    CHECK_FAILS_WITH(metaffi_task_wait(NULL, 0, &value, &err), METAFFI_STATUS_INVALID_HANDLE,
                     "task is NULL");
}

static void a_failure_is_the_guests_own(void) {
    struct told told = fresh();
    metaffi_object *coroutine = made_by("fail", text("no luck"));
    CHECK_OK(metaffi_object_await(coroutine, tell, &told, finalize, NULL, &err));
    metaffi_object_free(coroutine);
    wait_for(&told);
    CHECK(told.status == METAFFI_STATUS_FOREIGN && told.of_error == METAFFI_STATUS_FOREIGN);
    metaffi_value value;
    metaffi_task *task = await(made_by("fail", text("no luck")));
    CHECK_FAILS_WITH(metaffi_task_wait(task, FOR_EVER, &value, &err), METAFFI_STATUS_FOREIGN,
                     "no luck");
    CHECK(value.type == 0);
    metaffi_task_free(task);
    /* What would end a program ends the task alone, and the loop goes on. */
    task = await(made_by("leave", nothing));
    CHECK_FAILS_WITH(metaffi_task_wait(task, FOR_EVER, &value, &err), METAFFI_STATUS_FOREIGN,
                     "not from here");
    metaffi_task_free(task);
    task = await(made_by("number", int64(3)));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    metaffi_task_free(task);
}

static void a_cancellation_has_a_status_of_its_own(void) {
    struct told told = fresh();
    metaffi_value value;
    metaffi_task *task = NULL;
    metaffi_object *coroutine = made_by("sleep_for_ever", nothing);
    CHECK_OK(metaffi_object_await(coroutine, tell, &told, finalize, &task, &err));
    metaffi_object_free(coroutine);
    CHECK_FAILS_WITH(metaffi_task_wait(task, 0, &value, &err), METAFFI_STATUS_TIMED_OUT,
                     "not done");
    CHECK_FAILS_WITH(metaffi_task_wait(task, 1000, &value, &err), METAFFI_STATUS_TIMED_OUT,
                     "not done");
    /* What comes later to the same loop is done: by then the first has begun. */
    metaffi_task *later = await(made_by("number", int64(3)));
    CHECK_OK(metaffi_task_wait(later, FOR_EVER, &value, &err));
    metaffi_task_free(later);
    CHECK_OK(metaffi_task_cancel(task, &err));
    CHECK_FAILS(metaffi_task_wait(task, FOR_EVER, &value, &err), METAFFI_STATUS_CANCELLED);
    wait_for(&told);
    CHECK(told.status == METAFFI_STATUS_CANCELLED);
    metaffi_task_free(task);
    check_last_ended("cleaned up");
    /* What does not let itself be cancelled gives what it gives. */
    task = await(made_by("stubborn", nothing));
    metaffi_task *other = await(made_by("number", int64(1)));
    CHECK_OK(metaffi_task_wait(other, FOR_EVER, &value, &err));
    metaffi_task_free(other);
    CHECK_OK(metaffi_task_cancel(task, &err));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    check_string(value, "not to be cancelled");
    metaffi_task_free(task);
}

static void freeing_a_task_does_not_end_it(void) {
    struct told told = fresh();
    metaffi_task *task = NULL, *other = NULL;
    metaffi_value value;
    metaffi_object *gate = made_by("gate", text("freed"));
    CHECK_OK(metaffi_object_await(gate, tell, &told, finalize, &task, &err));
    metaffi_object_free(gate);
    CHECK_OK(metaffi_task_clone(task, &other, &err));
    CHECK(metaffi_task_free(task) == METAFFI_OK && metaffi_task_free(other) == METAFFI_OK);
    CHECK(metaffi_task_free(other) == METAFFI_STATUS_INVALID_HANDLE);
    task = await(made_by("open_gate", text("freed")));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    metaffi_task_free(task);
    wait_for(&told);
    CHECK(told.status == METAFFI_OK);
}

static void asyncio_works_on_the_loop_of_its_own(void) {
    metaffi_value value;
    metaffi_task *task = await(made_by("echo", nothing));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    check_string(value, "OVER THE LOOPBACK");
    metaffi_task_free(task);
    task = await(made_by("gathered", int64(100)));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    CHECK(value.data.int64 == 4950);
    metaffi_task_free(task);
    task = await(made_by("threads", nothing));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    check_string(value, "metaffi-asyncio");
    metaffi_task_free(task);
    task = await(made_by("stop_the_loop", nothing));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    check_string(value, "went on");
    metaffi_task_free(task);
}

static void a_scope_is_given_up_while_it_waits(void) {
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    metaffi_value value;
    metaffi_task *task = await(made_by("number", int64(5)));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    CHECK(value.data.int64 == 5);
    metaffi_task_free(task);
    CHECK_OK(metaffi_scope_leave(scope, &err));
}

static void what_cannot_be_awaited_is_refused(void) {
    metaffi_task *task = NULL;
    metaffi_object *list = made_by("plain", nothing), *made = NULL;
    struct told told = fresh();
    CHECK_FAILS_WITH(metaffi_object_await(list, tell, &told, finalize, &task, &err),
                     METAFFI_STATUS_UNSUPPORTED, "cannot be awaited");
    CHECK(task == NULL && told.times == 0 && told.finalized == 0);
    CHECK_FAILS_WITH(metaffi_object_await(list, NULL, NULL, NULL, NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "nobody would be told");
    CHECK_FAILS_WITH(metaffi_object_await(NULL, tell, NULL, NULL, NULL, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "object is NULL");
    CHECK_FAILS(metaffi_object_iterate_async(list, &made, &err), METAFFI_STATUS_UNSUPPORTED);
    CHECK_FAILS(metaffi_object_next_async(list, &made, &err), METAFFI_STATUS_UNSUPPORTED);
    CHECK_FAILS(metaffi_object_close_async(list, &made, &err), METAFFI_STATUS_UNSUPPORTED);
    CHECK_FAILS(metaffi_object_enter_async(list, &made, &err), METAFFI_STATUS_UNSUPPORTED);
    CHECK_FAILS(metaffi_object_exit_async(list, NULL, &made, &err), METAFFI_STATUS_UNSUPPORTED);
    metaffi_object_free(list);
    metaffi_object *closed = made_by("closed_future", nothing);
    CHECK_FAILS_WITH(metaffi_object_await(closed, tell, &told, finalize, &task, &err),
                     METAFFI_STATUS_FOREIGN, "is closed");
    CHECK(task == NULL && told.times == 0);
    metaffi_object_free(closed);
    metaffi_value value;
    task = await(made_by("done_future", nothing));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    check_string(value, "done");
    metaffi_task_free(task);
}

/* Awaits what a step gave. */
static metaffi_value step(metaffi_object *awaitable) {
    metaffi_value value;
    metaffi_task *task = await(awaitable);
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
    metaffi_task_free(task);
    return value;
}

static void asynchronous_iterators_end_with_a_status(void) {
    metaffi_object *counted = made_by("counted", int64(3)), *iterator = NULL, *next = NULL;
    CHECK_OK(metaffi_object_iterate_async(counted, &iterator, &err));
    metaffi_object_free(counted);
    for (int64_t i = 0; i < 3; i++) {
        CHECK_OK(metaffi_object_next_async(iterator, &next, &err));
        CHECK(step(next).data.int64 == i);
    }
    metaffi_value value;
    CHECK_OK(metaffi_object_next_async(iterator, &next, &err));
    metaffi_task *task = await(next);
    CHECK_FAILS(metaffi_task_wait(task, FOR_EVER, &value, &err), METAFFI_STATUS_ENDED);
    metaffi_task_free(task);
    metaffi_object_free(iterator);
    check_last_ended("closed");
    counted = made_by("counted", int64(3));
    CHECK_OK(metaffi_object_next_async(counted, &next, &err));
    CHECK(step(next).data.int64 == 0);
    CHECK_OK(metaffi_object_close_async(counted, &next, &err));
    step(next);
    metaffi_object_free(counted);
    check_last_ended("closed");
}

static void asynchronous_contexts_are_entered_and_left(void) {
    metaffi_object *context = made_by("Context", nothing), *awaitable = NULL;
    CHECK_OK(metaffi_object_enter_async(context, &awaitable, &err));
    check_string(step(awaitable), "entered");
    CHECK_OK(metaffi_object_exit_async(context, NULL, &awaitable, &err));
    metaffi_value suppressed = step(awaitable);
    CHECK(suppressed.type == metaffi_bool_type && !suppressed.data.boolean);
    check_last_ended("None");
    metaffi_error *failure = NULL;
    CHECK_OK(metaffi_error_new(METAFFI_STATUS_INVALID_ARGUMENT, NULL, "not so", &failure));
    CHECK_OK(metaffi_object_exit_async(context, failure, &awaitable, &err));
    suppressed = step(awaitable);
    CHECK(suppressed.type == metaffi_bool_type && suppressed.data.boolean);
    check_last_ended("not so");
    metaffi_error_free(failure);
    metaffi_object_free(context);
}

static void promises_are_settled_once(void) {
    metaffi_object *promise = NULL;
    metaffi_value value = int64(9), got;
    CHECK_OK(metaffi_promise_new(&promise, &err));
    metaffi_capabilities can;
    CHECK_OK(metaffi_object_capabilities(promise, &can, &err));
    CHECK(can & METAFFI_CAN_AWAIT);
    metaffi_task *task = NULL;
    CHECK_OK(metaffi_object_await(promise, NULL, NULL, NULL, &task, &err));
    CHECK_FAILS(metaffi_task_wait(task, 0, &got, &err), METAFFI_STATUS_TIMED_OUT);
    CHECK_FAILS(metaffi_promise_settle(promise, NULL, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_OK(metaffi_promise_settle(promise, &value, NULL, &err));
    CHECK_FAILS_WITH(metaffi_promise_settle(promise, &value, NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "settled already");
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &got, &err));
    CHECK(got.data.int64 == 9);
    metaffi_task_free(task);
    metaffi_object_free(promise);
    CHECK_OK(metaffi_promise_new(&promise, &err));
    CHECK_OK(metaffi_object_await(promise, NULL, NULL, NULL, &task, &err));
    metaffi_object_free(promise);
    CHECK_FAILS_WITH(metaffi_task_wait(task, FOR_EVER, &got, &err), METAFFI_STATUS_CANCELLED,
                     "given up");
    metaffi_task_free(task);
}

static void guests_await_promises(void) {
    metaffi_object *promise = NULL;
    metaffi_value value = int64(21), got;
    for (int is_early = 0; is_early < 2; is_early++) {
        CHECK_OK(metaffi_promise_new(&promise, &err));
        if (is_early)
            CHECK_OK(metaffi_promise_settle(promise, &value, NULL, &err));
        metaffi_task *task = await(made_by("doubled", object_value(promise)));
        if (!is_early)
            CHECK_OK(metaffi_promise_settle(promise, &value, NULL, &err));
        CHECK_OK(metaffi_task_wait(task, FOR_EVER, &got, &err));
        CHECK(got.type == metaffi_int64_type && got.data.int64 == 42);
        metaffi_task_free(task);
        metaffi_object_free(promise);
    }
    metaffi_error *failure = NULL;
    metaffi_status statuses[] = {METAFFI_STATUS_CANCELLED, METAFFI_STATUS_NOT_FOUND};
    for (int i = 0; i < 2; i++) {
        CHECK_OK(metaffi_promise_new(&promise, &err));
        CHECK_OK(metaffi_error_new(statuses[i], NULL, "not today", &failure));
        metaffi_task *task = await(made_by("doubled", object_value(promise)));
        CHECK_OK(metaffi_promise_settle(promise, NULL, failure, &err));
        metaffi_status status = metaffi_task_wait(task, FOR_EVER, &got, &err);
        CHECK(status == (i == 0 ? METAFFI_STATUS_CANCELLED : METAFFI_STATUS_FOREIGN));
        CHECK(i == 0 || strstr(metaffi_error_message(err), "not today") != NULL);
        metaffi_error_free(err);
        err = NULL;
        metaffi_error_free(failure);
        metaffi_task_free(task);
        metaffi_object_free(promise);
    }
    CHECK_OK(metaffi_promise_new(&promise, &err));
    metaffi_task *vain = await(made_by("doubled", object_value(promise)));
    CHECK_FAILS(metaffi_task_wait(vain, 20000000, &got, &err), METAFFI_STATUS_TIMED_OUT);
    metaffi_object_free(promise);
    CHECK_FAILS_WITH(metaffi_task_wait(vain, FOR_EVER, &got, &err), METAFFI_STATUS_CANCELLED, "");
    metaffi_task_free(vain);
    CHECK_OK(metaffi_promise_new(&promise, &err));
    metaffi_task *task = await(made_by("given_up_on", object_value(promise)));
    CHECK_OK(metaffi_task_wait(task, FOR_EVER, &got, &err));
    check_string(got, "given up on");
    metaffi_task_free(task);
    metaffi_object_free(promise);
}

enum { THREADS = 8, EACH = 1250 };
static atomic_long sum, times;

static void add(void *userdata, metaffi_status status, const metaffi_value *value,
                const metaffi_error *error) {
    (void)userdata;
    (void)error;
    times++;
    if (status == METAFFI_OK)
        sum += value->data.int64;
}

static void *submit(void *number) {
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0}, any = {metaffi_any_type, NULL, 0};
    metaffi_entity *entity = load_typed(awaiting, "callable=number", &any, 1, handle);
    metaffi_value argument = int64((int64_t)(intptr_t)number);
    for (int i = 0; i < EACH; i++) {
        metaffi_value coroutine = call_with(entity, &argument, 1);
        CHECK_OK(metaffi_object_await(coroutine.data.object, add, NULL, NULL, NULL, &err));
        metaffi_value_clear(&coroutine);
    }
    metaffi_entity_free(entity);
    return NULL;
}

static void what_many_threads_submit_is_not_lost(void) {
    pthread_t threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, submit, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    while (times < THREADS * EACH) {
        metaffi_value value;
        metaffi_task *task = await(made_by("number", int64(0)));
        CHECK_OK(metaffi_task_wait(task, FOR_EVER, &value, &err));
        metaffi_task_free(task);
    }
    CHECK(times == THREADS * EACH && sum == (0 + 1 + 2 + 3 + 4 + 5 + 6 + 7) * EACH);
}

int main(void) {
    open_python();
    awaiting = import(GUEST_DIRECTORY "/awaiting.py");
    a_coroutine_gives_its_result_once();
    a_failure_is_the_guests_own();
    a_cancellation_has_a_status_of_its_own();
    freeing_a_task_does_not_end_it();
    asyncio_works_on_the_loop_of_its_own();
    a_scope_is_given_up_while_it_waits();
    what_cannot_be_awaited_is_refused();
    asynchronous_iterators_end_with_a_status();
    asynchronous_contexts_are_entered_and_left();
    promises_are_settled_once();
    guests_await_promises();
    what_many_threads_submit_is_not_lost();
    metaffi_module_free(awaiting);
    close_python();
    return CHECK_RESULT;
}
