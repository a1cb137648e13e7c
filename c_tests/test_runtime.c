/* Runtimes: what is built in, loading by name, sharing, the doctor. */
#include "guest_module.h"

static void c_is_built_in(void) {
    int found = 0;
    for (size_t i = 0; i < metaffi_runtime_count(); i++)
        found += strcmp(metaffi_runtime_name_at(i), "c") == 0;
    CHECK(found == 1);
    CHECK(metaffi_runtime_name_at(metaffi_runtime_count()) == NULL);
}

static void loads_of_one_name_share_it(void) {
    metaffi_runtime *first = NULL, *second = NULL, *clone = NULL;
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &first, &err));
    CHECK_OK(metaffi_runtime_load("c", NULL, 0, &second, &err));
    CHECK_OK(metaffi_runtime_clone(first, &clone, &err));
    CHECK_TEXT(metaffi_runtime_name(second), "c");
    CHECK(metaffi_runtime_free(first) == METAFFI_OK);
    CHECK(metaffi_runtime_free(second) == METAFFI_OK);
    CHECK_TEXT(metaffi_runtime_name(clone), "c");
    c = clone;
    guest = open_module(GUEST_LIBRARY ";" GUEST_HEADER);
    check_usable();
    close_guest();
}

static void a_module_outlives_its_runtimes_handle(void) {
    open_runtime();
    guest = open_module(GUEST_LIBRARY ";" GUEST_HEADER);
    CHECK(metaffi_runtime_free(c) == METAFFI_OK);
    check_usable();
    CHECK(metaffi_module_free(guest) == METAFFI_OK);
}

static void the_doctor_names_every_runtime(void) {
    char *json = NULL;
    CHECK_OK(metaffi_doctor(&json, &err));
    for (size_t i = 0; json != NULL && i < metaffi_runtime_count(); i++)
        CHECK(strstr(json, metaffi_runtime_name_at(i)) != NULL);
    metaffi_free(json);
}

int main(void) {
    c_is_built_in();
    loads_of_one_name_share_it();
    a_module_outlives_its_runtimes_handle();
    the_doctor_names_every_runtime();
    return CHECK_RESULT;
}
