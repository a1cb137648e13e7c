/* Scopes: entered, nested, left in reverse order. */
#include "guest_module.h"

int main(void) {
    open_guest();
    metaffi_scope *outer = NULL, *inner = NULL;
    CHECK_OK(metaffi_scope_enter(c, &outer, &err));
    CHECK_OK(metaffi_scope_enter(c, &inner, &err));
    check_usable();
    CHECK_FAILS(metaffi_scope_leave(outer, &err), METAFFI_STATUS_INVALID_ARGUMENT);
    CHECK_OK(metaffi_scope_leave(inner, &err));
    CHECK_OK(metaffi_scope_leave(outer, &err));
    CHECK_FAILS(metaffi_scope_leave(outer, &err), METAFFI_STATUS_INVALID_HANDLE);
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
