/* A process that forbids itself a system call while it calls and frees: the kernel's barrier on
   every thread, without which a free has to wait in another way. */
#include "guest_module.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 4, CALLABLES = 3000 };

/* Each has a life of its own, which no call may outlast. */
static struct life { atomic_bool over; } lives[CALLABLES];
static _Atomic(metaffi_callable *) shared;
static atomic_bool stop;
static atomic_int ended, called;

static metaffi_status live(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    struct life *life = userdata;
    CHECK(!life->over);
    frame[1] = frame[0] + 1;
    CHECK(!life->over);
    return METAFFI_OK;
}

static void end_life(void *userdata) {
    struct life *life = userdata;
    CHECK(!atomic_exchange(&life->over, true));
    ended++;
}

static metaffi_callable *give_birth(int index) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_new(live, &number, 1, &number, 1, &lives[index], end_life, &callable,
                                  &err));
    return callable;
}

static void *call(void *unused) {
    (void)unused;
    while (!stop) {
        metaffi_slot frame[2] = {41, 0};
        if (metaffi_callable_call_frame(atomic_load(&shared), frame, NULL) == METAFFI_OK) {
            CHECK(frame[1] == 42);
            called++;
        }
    }
    return NULL;
}

static bool has_barrier(void) {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* Refuses the system call to every thread from now on; false where the system has no filters. */
static bool forbid_barriers(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {COUNT(code), code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

int main(void) {
    open_runtime();
    atomic_store(&shared, give_birth(0));
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, call, NULL) == 0);
    while (called == 0)
        sched_yield();
    bool forbidden = false;
    for (int i = 1; i < CALLABLES; i++) {
        if (i == CALLABLES / 2)
            forbidden = forbid_barriers();
        CHECK(metaffi_callable_free(atomic_exchange(&shared, give_birth(i))) == METAFFI_OK);
    }
    stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(metaffi_callable_free(atomic_load(&shared)) == METAFFI_OK);
    CHECK(ended == CALLABLES);
    CHECK(!forbidden || !has_barrier());
    CHECK(metaffi_runtime_free(c) == METAFFI_OK);
    return CHECK_RESULT;
}
