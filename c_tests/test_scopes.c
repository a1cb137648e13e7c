/* Scopes: entered, and left in any order. */
#include "guest_module.h"

#include <pthread.h>

static void *leave(void *scope) {
    metaffi_error *error = NULL;
    CHECK(metaffi_scope_leave(scope, &error) == METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(metaffi_error_message(error), "another thread") != NULL);
    metaffi_error_free(error);
    return NULL;
}

int main(void) {
    open_guest();
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    for (size_t i = 0; i < COUNT(orders); i++) {
        metaffi_scope *scopes[3] = {NULL};
        for (size_t k = 0; k < 3; k++)
            CHECK_OK(metaffi_scope_enter(c, &scopes[k], &err));
        check_usable();
        for (size_t k = 0; k < 3; k++) {
            metaffi_scope *scope = scopes[orders[i][k]];
            pthread_t other;
            CHECK(pthread_create(&other, NULL, leave, scope) == 0);
            CHECK(pthread_join(other, NULL) == 0);
            CHECK_OK(metaffi_scope_leave(scope, &err));
            CHECK_FAILS(metaffi_scope_leave(scope, &err), METAFFI_STATUS_INVALID_HANDLE);
            check_usable();
        }
    }
    close_guest();
    return CHECK_RESULT;
}
