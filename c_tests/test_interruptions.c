/* Code of guests that is interrupted, and where runtimes may be entered. */
#include "python_module.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static metaffi_module *interrupted;
static metaffi_entity *spin, *survive;

static void a_deadline_ends_what_runs(void) {
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    CHECK_OK(metaffi_scope_deadline(scope, 1000000, &err));
    metaffi_value result;
    CHECK_FAILS_WITH(metaffi_entity_call(spin, NULL, 0, &result, 1, &err), METAFFI_STATUS_TIMED_OUT,
                     "deadline");
    /* Once, also if the code goes on. */
    CHECK_OK(metaffi_scope_deadline(scope, 0, &err));
    check_string(call_with(survive, NULL, 0), "DeadlineExceeded");
    check_string(call_once(interrupted, "callable=last_ended", NULL, 0), "");
    CHECK_OK(metaffi_scope_leave(scope, &err));
}

static void what_comes_too_late_interrupts_nothing(void) {
    for (int i = 0; i < 200; i++) {
        metaffi_scope *scope = NULL;
        CHECK_OK(metaffi_scope_enter(python, &scope, &err));
        CHECK_OK(metaffi_scope_deadline(scope, 0, &err));
        if (i % 2 == 0) {
            CHECK_OK(metaffi_scope_deadline(scope, UINT64_MAX, &err));
            check_string(call_once(interrupted, "callable=last_ended", NULL, 0), "");
        }
        CHECK_OK(metaffi_scope_leave(scope, &err));
        check_string(call_once(interrupted, "callable=last_ended", NULL, 0), "");
    }
}

/* What somebody else asks of this thread stays, whatever its deadline was. */
static void a_deadline_takes_back_its_own_alone(void) {
    for (int is_left = 0; is_left < 2; is_left++) {
        metaffi_scope *scope = NULL;
        CHECK_OK(metaffi_scope_enter(python, &scope, &err));
        CHECK_OK(metaffi_scope_deadline(scope, 600000000000, &err));
        CHECK_OK(metaffi_runtime_interrupt(python, metaffi_thread_id(), &err));
        if (is_left)
            CHECK_OK(metaffi_scope_leave(scope, &err));
        else
            CHECK_OK(metaffi_scope_deadline(scope, UINT64_MAX, &err));
        metaffi_value result;
        CHECK_FAILS_WITH(metaffi_entity_call(spin, NULL, 0, &result, 1, &err),
                         METAFFI_STATUS_CANCELLED, "interrupted");
        if (!is_left)
            CHECK_OK(metaffi_scope_leave(scope, &err));
    }
}

struct spinning {
    atomic_ullong thread;
    atomic_int has_ended;
    metaffi_status status;
};

static void *run(void *userdata) {
    struct spinning *spinning = userdata;
    spinning->thread = metaffi_thread_id();
    metaffi_error *failure = NULL;
    metaffi_value result;
    spinning->status = metaffi_entity_call(spin, NULL, 0, &result, 1, &failure);
    metaffi_error_free(failure);
    spinning->has_ended = 1;
    return NULL;
}

static void threads_are_interrupted_from_others(void) {
    for (int is_all = 0; is_all < 2; is_all++) {
        struct spinning spinning[2] = {0};
        pthread_t threads[2];
        for (int i = 0; i < 2; i++)
            pthread_create(&threads[i], NULL, run, &spinning[i]);
        for (int i = 0; i < 2; i++) {
            while (!spinning[i].has_ended) {
                uint64_t thread = is_all ? 0 : spinning[i].thread;
                /* Python does not know it before it calls. */
                if (metaffi_runtime_interrupt(python, thread, &err) != METAFFI_OK) {
                    CHECK(metaffi_error_status(err) == METAFFI_STATUS_NOT_FOUND);
                    metaffi_error_free(err);
                    err = NULL;
                }
                struct timespec moment = {0, 1000000};
                nanosleep(&moment, NULL);
            }
            pthread_join(threads[i], NULL);
            CHECK(spinning[i].status == METAFFI_STATUS_CANCELLED);
        }
    }
}

static void bad_input_is_refused(void) {
    CHECK_FAILS(metaffi_runtime_interrupt(NULL, 0, &err), METAFFI_STATUS_INVALID_HANDLE);
    CHECK_FAILS_WITH(metaffi_runtime_interrupt(python, 12345, &err), METAFFI_STATUS_NOT_FOUND,
                     "metaffi_thread_id");
    CHECK_FAILS(metaffi_scope_deadline(NULL, 0, &err), METAFFI_STATUS_INVALID_HANDLE);
    metaffi_runtime *c = NULL;
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &c, &err));
    CHECK_FAILS_WITH(metaffi_runtime_interrupt(c, 0, &err), METAFFI_STATUS_UNSUPPORTED,
                     "cannot be interrupted");
    CHECK_OK(metaffi_scope_enter(c, &scope, &err));
    CHECK_FAILS_WITH(metaffi_scope_deadline(scope, 0, &err), METAFFI_STATUS_UNSUPPORTED,
                     "cannot be interrupted");
    CHECK_OK(metaffi_scope_leave(scope, &err));
    metaffi_affinity affinity = 99;
    CHECK_OK(metaffi_runtime_affinity(c, &affinity, &err));
    CHECK(affinity == METAFFI_AFFINITY_ANY);
    CHECK_OK(metaffi_runtime_affinity(python, &affinity, &err));
    CHECK(affinity == METAFFI_AFFINITY_LOCK);
    CHECK_FAILS(metaffi_runtime_affinity(c, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_FAILS(metaffi_runtime_affinity(NULL, &affinity, &err), METAFFI_STATUS_INVALID_HANDLE);
    metaffi_runtime_free(c);
}

int main(void) {
    open_python();
    interrupted = import(GUEST_DIRECTORY "/awaiting.py");
    spin = load_from(interrupted, "callable=spin");
    survive = load_from(interrupted, "callable=survive");
    a_deadline_ends_what_runs();
    what_comes_too_late_interrupts_nothing();
    a_deadline_takes_back_its_own_alone();
    threads_are_interrupted_from_others();
    bad_input_is_refused();
    metaffi_entity_free(spin);
    metaffi_entity_free(survive);
    metaffi_module_free(interrupted);
    close_python();
    return CHECK_RESULT;
}
