/* Function pointers of callables that are freed while C calls them, or before; failures that cannot
 * be written anywhere. */
#include "guest_module.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 3000 };

typedef int (*of_one)(int);
typedef int (*of_nine)(int, int, int, int, int, int, int, int, int);

static atomic_int inside, leave;
static atomic_int reports, wrong_reports;

static metaffi_status wait_and_fail(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata;
    (void)frame;
    inside = 1;
    while (!leave)
        usleep(1000);
    return metaffi_error_new(METAFFI_STATUS_FOREIGN, "host.Refusal", "refused", error),
           METAFFI_STATUS_FOREIGN;
}

static metaffi_status do_nothing(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata;
    (void)frame;
    (void)error;
    return METAFFI_OK;
}

static void report(void *userdata, const metaffi_error *error) {
    const char *expected = userdata;
    *(strstr(metaffi_error_message(error), expected) != NULL ? &reports : &wrong_reports) += 1;
}

static void report_wrongly(void *userdata, const metaffi_error *error) {
    (void)userdata;
    (void)error;
    wrong_reports++;
}

static metaffi_callable *make(metaffi_callback function, size_t arguments, metaffi_function *code) {
    metaffi_type_info infos[9];
    for (int i = 0; i < 9; i++)
        infos[i] = info_of(metaffi_int32_type);
    metaffi_callable *made = NULL;
    CHECK_OK(metaffi_callable_new(function, infos, arguments, infos, 1, NULL, NULL, &made, &err));
    CHECK_OK(metaffi_callable_native(made, code, &err));
    return made;
}

struct call {
    metaffi_function code;
    size_t arguments;
    int result;
};

static void *call(void *shared) {
    struct call *call = shared;
    call->result = call->arguments == 1 ? ((of_one)call->code)(1)
                                        : ((of_nine)call->code)(1, 2, 3, 4, 5, 6, 7, 8, 9);
    return NULL;
}

/* Whoever is made meanwhile is told nothing: the place is another's only when the call has left. */
static void a_closure_that_is_freed_while_it_runs_reports_to_its_own_handler(size_t arguments) {
    inside = leave = reports = wrong_reports = 0;
    struct call running = {NULL, arguments, -1};
    metaffi_callable *callable = make(wait_and_fail, arguments, &running.code);
    CHECK_OK(metaffi_callable_set_error_handler(callable, report, "refused", &err));
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call, &running) == 0);
    while (!inside)
        usleep(1000);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    metaffi_callable *kept[MANY / 2];
    for (int i = 0; i < MANY; i++) {
        metaffi_function code;
        metaffi_callable *other = make(do_nothing, arguments, &code);
        CHECK(code != running.code);
        CHECK_OK(metaffi_callable_set_error_handler(other, report_wrongly, NULL, &err));
        if (i % 2 == 0)
            metaffi_callable_free(other);
        else
            kept[i / 2] = other;
    }
    leave = 1;
    pthread_join(thread, NULL);
    CHECK(running.result == 0);
    CHECK(reports == 1 && wrong_reports == 0);
    for (int i = 0; i < MANY / 2; i++)
        metaffi_callable_free(kept[i]);
}

static void a_call_after_the_end_reports_to_the_handler_that_it_had(size_t arguments) {
    reports = wrong_reports = 0;
    struct call late = {NULL, arguments, -1};
    metaffi_callable *callable = make(do_nothing, arguments, &late.code);
    CHECK_OK(metaffi_callable_set_error_handler(callable, report, "callable was freed", &err));
    metaffi_callable_free(callable);
    for (int i = 0; i < 100; i++) {
        metaffi_function code;
        metaffi_callable *other = make(do_nothing, arguments, &code);
        CHECK_OK(metaffi_callable_set_error_handler(other, report_wrongly, NULL, &err));
        metaffi_callable_free(other);
    }
    call(&late);
    CHECK(late.result == 0);
    CHECK(reports == 1 && wrong_reports == 0);
}

/* In a process of its own: calls what fails, and is still there. */
static int fails_with_standard_error_as(int descriptor) {
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        if (descriptor < 0)
            close(STDERR_FILENO);
        else
            dup2(descriptor, STDERR_FILENO);
        struct call failing = {NULL, 1, -1};
        leave = 1;
        make(wait_and_fail, 1, &failing.code);
        call(&failing);
        _exit(failing.result == 0 ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static void a_failure_that_cannot_be_written_is_lost_and_nothing_else_happens(void) {
    int pipe_ends[2];
    CHECK(fails_with_standard_error_as(-1) == 0);
    CHECK(pipe(pipe_ends) == 0);
    close(pipe_ends[0]);
    CHECK(fails_with_standard_error_as(pipe_ends[1]) == 0);
    close(pipe_ends[1]);
    int full = open("/dev/full", O_WRONLY);
    CHECK(fails_with_standard_error_as(full) == 0);
    close(full);
    /* Somebody who does not read, and whose pipe is full. */
    CHECK(pipe(pipe_ends) == 0);
    fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK);
    char block[4096] = {0};
    while (write(pipe_ends[1], block, sizeof block) > 0)
        ;
    fcntl(pipe_ends[1], F_SETFL, 0);
    CHECK(fails_with_standard_error_as(pipe_ends[1]) == 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

int main(void) {
    open_runtime();
    a_failure_that_cannot_be_written_is_lost_and_nothing_else_happens();
    for (size_t arguments = 1; arguments <= 9; arguments += 8) {
        a_closure_that_is_freed_while_it_runs_reports_to_its_own_handler(arguments);
        a_call_after_the_end_reports_to_the_handler_that_it_had(arguments);
    }
    CHECK(metaffi_runtime_free(c) == METAFFI_OK);
    return CHECK_RESULT;
}
