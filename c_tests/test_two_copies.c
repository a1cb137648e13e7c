/* Two loaded copies of the library refuse each other's handles, and say that there are two. */
#include "opened.h"

static void refuses(const struct opened *own, struct adder of_other) {
    metaffi_error *error = NULL;
    CHECK(add(own, of_other.add, &error) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(error != NULL && strstr(own->error_message(error), "another copy of metaffi") != NULL);
    CHECK(own->error_free(error) == METAFFI_OK);
    CHECK(own->entity_free(of_other.add) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(own->module_free(of_other.module) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(own->runtime_free(of_other.runtime) == METAFFI_STATUS_INVALID_HANDLE);
    metaffi_module *module = NULL;
    CHECK(own->module_load(of_other.runtime, GUEST_LIBRARY, &module, NULL) ==
          METAFFI_STATUS_INVALID_HANDLE);
}

int main(void) {
    struct opened copies[2];
    struct adder adders[2];
    for (int i = 0; i < 2; i++) {
        copies[i] = functions_of(open_copy(METAFFI_LIBRARY));
        adders[i] = load_adder(&copies[i]);
    }
    CHECK(copies[0].entity_call != copies[1].entity_call);
    CHECK(adders[0].add != adders[1].add);
    for (int i = 0; i < 2; i++) {
        refuses(&copies[i], adders[1 - i]);
        CHECK(add(&copies[i], adders[i].add, NULL) == METAFFI_OK);
    }
    for (int i = 0; i < 2; i++)
        free_adder(&copies[i], adders[i]);
    return CHECK_RESULT;
}
