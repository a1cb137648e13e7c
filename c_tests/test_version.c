/* Version, status names, the memory pair, errno. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>

static void version_is_three_numbers(void) {
    int major = -1, minor = -1, patch = -1;
    CHECK(sscanf(metaffi_version(), "%d.%d.%d", &major, &minor, &patch) == 3);
}

static void every_status_has_its_name(void) {
    CHECK_TEXT(metaffi_status_name(METAFFI_OK), "ok");
    CHECK_TEXT(metaffi_status_name(METAFFI_STATUS_INVALID_HANDLE), "invalid handle");
    for (metaffi_status status = 0; status <= METAFFI_STATUS_ENDED; status++)
        for (metaffi_status other = 0; other < status; other++)
            CHECK(strcmp(metaffi_status_name(status), metaffi_status_name(other)) != 0);
    CHECK_TEXT(metaffi_status_name(4000000000u), "unknown status");
}

static void memory_is_usable_to_its_last_byte(void) {
    char *memory = metaffi_alloc(100);
    CHECK(memory != NULL);
    memset(memory, 7, 100);
    metaffi_free(memory);
    void *empty = metaffi_alloc(0);
    metaffi_free(empty);
    metaffi_free(NULL);
    CHECK(metaffi_alloc(SIZE_MAX) == NULL);
}

static void errno_is_this_threads(void) {
    metaffi_set_errno(ERANGE);
    CHECK(errno == ERANGE);
    errno = EINTR;
    CHECK(metaffi_errno() == EINTR);
}

static void every_type_parses_from_its_name(void) {
    for (int bit = 0; bit < 24; bit++) {
        metaffi_type type = (metaffi_type)1 << bit;
        if (type == metaffi_array_type || type == 2048 || type == 131072)
            continue;
        metaffi_type parsed = 0;
        CHECK_OK(metaffi_type_parse(metaffi_type_name(type), &parsed, &err));
        CHECK(parsed == type);
    }
    CHECK_TEXT(metaffi_type_name(metaffi_int64_array_type), "int64_array");
    CHECK(metaffi_type_size(metaffi_float32_type) == 4);
    CHECK(metaffi_type_size(metaffi_string8_type) == sizeof(metaffi_string));
    CHECK(metaffi_type_size(0) == 0);
    metaffi_type parsed = 1;
    CHECK_FAILS_WITH(metaffi_type_parse("int65", &parsed, &err), METAFFI_STATUS_NOT_FOUND, "int65");
    CHECK(parsed == 0);
}

int main(void) {
    version_is_three_numbers();
    every_status_has_its_name();
    memory_is_usable_to_its_last_byte();
    errno_is_this_threads();
    every_type_parses_from_its_name();
    return CHECK_RESULT;
}
