/* A host with a loop of its own, which is woken for what runtimes have to do there. */
#include "python_module.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

static metaffi_module *awaiting;
static pthread_t loop_thread;

/* The loop's event, and how often it was told of it. */
struct loop {
    int event;
    atomic_int woken, ended;
};

static void wake(void *userdata) {
    struct loop *loop = userdata;
    uint64_t one = 1;
    loop->woken++;
    if (write(loop->event, &one, sizeof one) != sizeof one)
        abort();
}

static void end(void *userdata) {
    ((struct loop *)userdata)->ended++;
}

/* Sleeps until it is woken, and runs what there is, some at a time. */
static size_t turn(struct loop *loop, metaffi_runtime *runtime, size_t most) {
    struct pollfd polled = {loop->event, POLLIN, 0};
    if (poll(&polled, 1, 60000) != 1) {
        CHECK(!"woken within a minute");
        exit(1);
    }
    uint64_t count;
    CHECK(read(loop->event, &count, sizeof count) == sizeof count);
    size_t ran = 99;
    CHECK_OK(metaffi_runtime_run_jobs(runtime, most, &ran, &err));
    return ran;
}

static metaffi_object *coroutine(const char *function, int64_t number) {
    char path[64];
    metaffi_type_info handle = {metaffi_handle_type, NULL, 0}, any = {metaffi_any_type, NULL, 0};
    metaffi_value argument = {metaffi_int64_type, {.int64 = number}};
    snprintf(path, sizeof path, "callable=%s", function);
    metaffi_entity *entity = load_typed(awaiting, path, &any, 1, handle);
    metaffi_value made = call_with(entity, &argument, 1);
    metaffi_entity_free(entity);
    return made.data.object;
}

static metaffi_task *await(metaffi_object *object) {
    metaffi_task *task = NULL;
    CHECK_OK(metaffi_object_await(object, NULL, NULL, NULL, &task, &err));
    metaffi_object_free(object);
    return task;
}

static atomic_int told, finalized;
static int64_t sum;
static metaffi_status last;

static void add(void *userdata, metaffi_status status, const metaffi_value *value,
                const metaffi_error *error) {
    CHECK(pthread_equal(pthread_self(), loop_thread));
    CHECK((value != NULL) == (status == METAFFI_OK) && (error == NULL) == (value != NULL));
    CHECK(*(int *)userdata == 7);
    told++;
    last = status;
    if (value != NULL)
        sum += value->data.int64;
}

static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

static int seven = 7;

/* What the loop of Python does is told on this thread alone, whichever did it. */
static void coroutines_are_told_on_the_thread_of_the_loop(metaffi_runtime *jobs, size_t most) {
    enum { COUNT = 500 };
    struct loop loop = {eventfd(0, 0), 0, 0};
    told = finalized = 0;
    sum = 0;
    CHECK_OK(metaffi_runtime_set_waker(jobs, wake, &loop, end, &err));
    for (int i = 0; i < COUNT; i++) {
        metaffi_task *task = await(coroutine("number", i));
        CHECK_OK(metaffi_task_then(task, jobs, add, &seven, finalize, &err));
        metaffi_task_free(task);
    }
    size_t ran = 0;
    while (told < COUNT) {
        size_t now = turn(&loop, jobs, most);
        CHECK(now <= most);
        ran += now;
    }
    CHECK(ran == COUNT && finalized == COUNT && sum == COUNT * (COUNT - 1) / 2);
    CHECK(loop.ended == 0 && loop.woken >= 1);
    metaffi_value value;
    metaffi_task *task = await(coroutine("fail", 5));
    CHECK_FAILS(metaffi_task_wait(task, UINT64_MAX, &value, &err), METAFFI_STATUS_FOREIGN);
    /* Done already: by the loop all the same. */
    CHECK_OK(metaffi_task_then(task, jobs, add, &seven, NULL, &err));
    CHECK(told == COUNT);
    turn(&loop, jobs, 9);
    CHECK(told == COUNT + 1 && last == METAFFI_STATUS_FOREIGN);
    /* Without a runtime at once. */
    CHECK_OK(metaffi_task_then(task, NULL, add, &seven, finalize, &err));
    CHECK(told == COUNT + 2 && finalized == COUNT + 1);
    metaffi_task_free(task);
    CHECK_OK(metaffi_runtime_set_waker(jobs, NULL, NULL, NULL, &err));
    CHECK(loop.ended == 1);
    close(loop.event);
}

static void *give_up(void *object) {
    metaffi_object_free(object);
    return NULL;
}

/* What is freed where Python is not entered wakes the loop, which gives it back. */
static void what_is_given_up_elsewhere_is_given_back(void) {
    struct loop loop = {eventfd(0, 0), 0, 0};
    metaffi_object *kept = coroutine("kept", 1);
    CHECK_OK(metaffi_runtime_run_jobs(python, 0, NULL, &err));
    CHECK_OK(metaffi_runtime_set_waker(python, wake, &loop, end, &err));
    pthread_t thread;
    pthread_create(&thread, NULL, give_up, kept);
    pthread_join(thread, NULL);
    CHECK(loop.woken == 1);
    CHECK(turn(&loop, python, 9) == 0);
    check_string(call_once(awaiting, "callable=last_ended", NULL, 0), "let go");
    CHECK_OK(metaffi_runtime_set_waker(python, NULL, NULL, NULL, &err));
    close(loop.event);
}

/* A child runs nothing of its parent's, and wakes nobody there. */
static void a_child_has_no_jobs(void) {
    struct loop loop = {eventfd(0, 0), 0, 0};
    told = 0;
    CHECK_OK(metaffi_runtime_set_waker(python, wake, &loop, NULL, &err));
    metaffi_task *task = await(coroutine("number", 3));
    metaffi_value value;
    CHECK_OK(metaffi_task_wait(task, UINT64_MAX, &value, &err));
    CHECK_OK(metaffi_task_then(task, python, add, &seven, NULL, &err));
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        int before = loop.woken;
        size_t ran = 99;
        bool well = metaffi_runtime_run_jobs(python, 9, &ran, NULL) == METAFFI_OK && ran == 0;
        well &= metaffi_task_then(task, python, add, &seven, NULL, NULL) == METAFFI_OK;
        well &= metaffi_runtime_run_jobs(python, 9, &ran, NULL) == METAFFI_OK && ran == 1;
        _exit(well && told == 1 && loop.woken == before ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK_OK(metaffi_scope_leave(scope, &err));
    CHECK(turn(&loop, python, 9) == 1 && told == 1);
    metaffi_task_free(task);
    CHECK_OK(metaffi_runtime_set_waker(python, NULL, NULL, NULL, &err));
    close(loop.event);
}

static void bad_input_is_refused(metaffi_runtime *c) {
    size_t ran = 99;
    CHECK_FAILS(metaffi_runtime_run_jobs(NULL, 1, &ran, &err), METAFFI_STATUS_INVALID_HANDLE);
    CHECK(ran == 0);
    CHECK_FAILS(metaffi_runtime_set_waker(NULL, wake, NULL, end, &err),
                METAFFI_STATUS_INVALID_HANDLE);
    metaffi_task *task = await(coroutine("number", 1));
    finalized = 0;
    CHECK_FAILS_WITH(metaffi_task_then(task, c, NULL, NULL, finalize, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "on_done is NULL");
    CHECK_FAILS(metaffi_task_then(NULL, c, add, NULL, finalize, &err),
                METAFFI_STATUS_INVALID_HANDLE);
    CHECK_FAILS(metaffi_task_then(task, (metaffi_runtime *)task, add, NULL, finalize, &err),
                METAFFI_STATUS_INVALID_HANDLE);
    CHECK(finalized == 0);
    metaffi_value value;
    CHECK_OK(metaffi_task_wait(task, UINT64_MAX, &value, &err));
    metaffi_task_free(task);
}

int main(void) {
    open_python();
    loop_thread = pthread_self();
    awaiting = import(GUEST_DIRECTORY "/awaiting.py");
    metaffi_runtime *c = NULL;
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &c, &err));
    coroutines_are_told_on_the_thread_of_the_loop(python, 3);
    coroutines_are_told_on_the_thread_of_the_loop(python, SIZE_MAX);
    coroutines_are_told_on_the_thread_of_the_loop(c, 100);
    what_is_given_up_elsewhere_is_given_back();
    a_child_has_no_jobs();
    bad_input_is_refused(c);
    metaffi_runtime_free(c);
    metaffi_module_free(awaiting);
    close_python();
    return CHECK_RESULT;
}
