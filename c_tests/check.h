/* Assertions of the tests: nothing is printed but failures, and CHECK_RESULT is what main returns.
 * `err` is this thread's error; a macro that sees one frees it. */
#ifndef CHECK_H
#define CHECK_H

#include "metaffi.h"

#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#include <atomic>
static std::atomic<int> check_failures;
static thread_local metaffi_error *err;
#else
#include <stdatomic.h>
static atomic_int check_failures;
static _Thread_local metaffi_error *err;
#endif

static inline void check_fail(const char *file, int line, const char *what, const char *why) {
    check_failures++;
    fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, *why ? ": " : "", why);
}

static inline int check_ok(const char *file, int line, const char *call, metaffi_status status) {
    if (status != METAFFI_OK)
        check_fail(file, line, call, err != NULL ? metaffi_error_message(err) : "failed");
    else if (err != NULL)
        check_fail(file, line, call, "an error beside METAFFI_OK");
    metaffi_error_free(err);
    err = NULL;
    return status == METAFFI_OK;
}

/* The call fails with that status and a message that contains `text`. */
static inline void check_fails(const char *file, int line, const char *call, metaffi_status status,
                               metaffi_status expected, const char *text) {
    const char *message = err != NULL ? metaffi_error_message(err) : "";
    if (status != expected) {
        fprintf(stderr, "%s:%d: status %s, not %s\n", file, line, metaffi_status_name(status),
                metaffi_status_name(expected));
        check_fail(file, line, call, message);
    } else if (err == NULL || *message == '\0') {
        check_fail(file, line, call, "failed without a message");
    } else if (metaffi_error_status(err) != status) {
        check_fail(file, line, call, "the error's status is not the call's");
    } else if (strstr(message, text) == NULL) {
        check_fail(file, line, text, message);
    }
    metaffi_error_free(err);
    err = NULL;
}

static inline void check_text(const char *file, int line, const char *actual,
                              const char *expected) {
    if (actual == NULL || strcmp(actual, expected) != 0)
        check_fail(file, line, expected, actual != NULL ? actual : "NULL");
}

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : check_fail(__FILE__, __LINE__, #condition, "is false"))
#define CHECK_OK(call) check_ok(__FILE__, __LINE__, #call, call)
#define CHECK_FAILS(call, status) check_fails(__FILE__, __LINE__, #call, call, status, "")
#define CHECK_FAILS_WITH(call, status, text)                                                       \
    check_fails(__FILE__, __LINE__, #call, call, status, text)
#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, actual, expected)
#define CHECK_RESULT (check_failures != 0)

#endif
