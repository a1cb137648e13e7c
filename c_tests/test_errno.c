/* errno as the callee left it, per thread, untouched by the library's own work. */
#include "guest_module.h"

#include <errno.h>
#include <pthread.h>

static metaffi_entity *fail_with;

static void call_with(int number) {
    metaffi_value argument = int32_value(number);
    CHECK(call_number(fail_with, &argument, 1) == -1);
}

static void *on_thread(void *argument) {
    (void)argument;
    errno = EAGAIN;
    for (int i = 0; i < 1000; i++) {
        metaffi_value number = int32_value(ENOENT), result;
        CHECK_OK(metaffi_entity_call(fail_with, &number, 1, &result, 1, &err));
        CHECK(metaffi_errno() == ENOENT);
    }
    return NULL;
}

int main(void) {
    open_guest();
    fail_with = load("callable=guest_fail");
    metaffi_value argument = int32_value(EDOM), result;
    CHECK_OK(metaffi_entity_call(fail_with, &argument, 1, &result, 1, &err));
    CHECK(metaffi_errno() == EDOM && errno == EDOM);

    metaffi_slot frame[2] = {ERANGE, 0};
    CHECK_OK(metaffi_entity_call_frame(fail_with, frame, &err));
    CHECK(metaffi_errno() == ERANGE);

    /* What the callee reads is what the caller set. */
    metaffi_set_errno(EINTR);
    metaffi_entity *nothing = load("callable=guest_nothing");
    metaffi_set_errno(EINTR);
    CHECK_OK(metaffi_entity_call(nothing, NULL, 0, NULL, 0, &err));
    CHECK(metaffi_errno() == EINTR);

    pthread_t thread;
    errno = EINTR;
    CHECK(pthread_create(&thread, NULL, on_thread, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(errno == EINTR);
    call_with(EPERM);
    metaffi_entity_free(nothing);
    metaffi_entity_free(fail_with);
    close_guest();
    return CHECK_RESULT;
}
