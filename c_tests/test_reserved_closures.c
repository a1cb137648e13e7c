/* Closures whose address is known before their type. */
#include "c_data.h"

#include "guests/guest.h"

#include <unistd.h>

typedef int (*of_int)(int);
typedef double (*of_reals)(double, double);

static metaffi_closure *reserve(metaffi_function *code) {
    metaffi_closure *closure = NULL;
    CHECK_OK(metaffi_closure_new(&closure, &err));
    CHECK_OK(metaffi_closure_native(closure, code, &err));
    CHECK(closure != NULL && *code != NULL);
    return closure;
}

static int finalized;
static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

static void add_raw(void *returned, void **arguments, void *userdata) {
    *(int64_t *)returned = *(int *)arguments[0] + *(int *)userdata;
}
static void divide_raw(void *returned, void **arguments, void *userdata) {
    (void)userdata;
    *(double *)returned = *(double *)arguments[0] / *(double *)arguments[1];
}

/* Runs `calls`, which fail: what is written to standard error meanwhile has `text`. */
static void check_reports(void (*calls)(metaffi_function), metaffi_function code,
                          const char *text) {
    FILE *written = tmpfile();
    int before = dup(STDERR_FILENO);
    dup2(fileno(written), STDERR_FILENO);
    calls(code);
    dup2(before, STDERR_FILENO);
    close(before);
    char report[4096];
    rewind(written);
    report[fread(report, 1, sizeof report - 1, written)] = '\0';
    fclose(written);
    if (strstr(report, text) == NULL)
        check_fail(__FILE__, __LINE__, text, report);
}

static int integer;
static double real;
static void call_as_any_type(metaffi_function code) {
    integer = ((of_int)code)(7);
    real = ((of_reals)code)(6, 7);
    CHECK(guest_apply_twice((guest_function)code, 5) == 0);
}

static void a_call_before_it_is_prepared_gives_zero_and_is_reported(void) {
    metaffi_function code = NULL;
    metaffi_closure *closure = reserve(&code);
    integer = 1, real = 1;
    check_reports(call_as_any_type, code, "was not prepared");
    CHECK(integer == 0 && real == 0);
    metaffi_callable *callable = NULL;
    CHECK_FAILS_WITH(metaffi_closure_callable(closure, &callable, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "not prepared");
    CHECK(metaffi_closure_free(closure) == METAFFI_OK);
    integer = 1;
    check_reports(call_as_any_type, code, "was freed");
    CHECK(integer == 0);
    CHECK(metaffi_closure_free(closure) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(metaffi_closure_free(NULL) == METAFFI_OK);
}

static void it_is_prepared_once(void) {
    metaffi_function code = NULL, same = NULL;
    metaffi_closure *closure = reserve(&code);
    metaffi_ctype *of_int_type = parse_type(guest, "int (int)"), *number = parse_type(guest, "int");
    int ten = 10;
    finalized = 0;
    CHECK_FAILS(metaffi_closure_prepare(closure, number, NULL, 0, add_raw, &ten, finalize, &err),
                METAFFI_STATUS_TYPE_MISMATCH);
    CHECK_FAILS_WITH(
        metaffi_closure_prepare(closure, of_int_type, NULL, 0, NULL, &ten, finalize, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "handler");
    CHECK(finalized == 0);
    check_reports(call_as_any_type, code, "was not prepared");

    CHECK_OK(metaffi_closure_prepare(closure, of_int_type, NULL, 0, add_raw, &ten, finalize, &err));
    CHECK(((of_int)code)(5) == 15 && guest_apply_twice((guest_function)code, 1) == 21);
    CHECK_FAILS_WITH(
        metaffi_closure_prepare(closure, of_int_type, NULL, 0, add_raw, &ten, finalize, &err),
        METAFFI_STATUS_INVALID_ARGUMENT, "already");
    CHECK(((of_int)code)(5) == 15);
    CHECK_OK(metaffi_closure_native(closure, &same, &err));
    CHECK(same == code && finalized == 0);
    metaffi_closure_free(closure);
    CHECK(finalized == 1);
    check_reports(call_as_any_type, code, "was freed");
    metaffi_ctype_free(of_int_type);
    metaffi_ctype_free(number);
}

static void its_callable_keeps_it(void) {
    metaffi_function code = NULL, same = NULL;
    metaffi_closure *closure = reserve(&code);
    metaffi_ctype *type = parse_type(guest, "int (*)(int)");
    metaffi_callable *callable = NULL, *again = NULL;
    int ten = 10;
    finalized = 0;
    CHECK_OK(metaffi_closure_prepare(closure, type, NULL, 0, add_raw, &ten, finalize, &err));
    CHECK_OK(metaffi_closure_callable(closure, &callable, &err));
    CHECK_OK(metaffi_closure_callable(closure, &again, &err));
    CHECK_OK(metaffi_callable_native(callable, &same, &err));
    CHECK(same == code && metaffi_callable_param_count(callable) == 1);
    metaffi_closure_free(closure);
    metaffi_callable_free(again);
    CHECK(finalized == 0 && ((of_int)code)(1) == 11);
    metaffi_callable_free(callable);
    CHECK(finalized == 1);
    metaffi_ctype_free(type);
}

/* More at once than the code has room for in one place, with types that need other registers. */
static void many_have_types_of_their_own(void) {
    enum { MANY = 300 };
    static metaffi_closure *closures[MANY];
    static metaffi_function codes[MANY];
    static int offsets[MANY];
    metaffi_ctype *of_int_type = parse_type(guest, "int (int)");
    metaffi_ctype *of_reals_type = parse_type(guest, "double (double, double)");
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < MANY; i++)
            closures[i] = reserve(&codes[i]);
        for (int i = 0; i < MANY; i++) {
            offsets[i] = i;
            CHECK_OK(i % 3 == 0   ? metaffi_closure_prepare(closures[i], of_int_type, NULL, 0,
                                                            add_raw, &offsets[i], NULL, &err)
                     : i % 3 == 1 ? metaffi_closure_prepare(closures[i], of_reals_type, NULL, 0,
                                                            divide_raw, NULL, NULL, &err)
                                  : METAFFI_OK);
        }
        for (int i = 0; i < MANY; i++) {
            CHECK(i % 3 != 0 || ((of_int)codes[i])(1000) == 1000 + i);
            CHECK(i % 3 != 1 || ((of_reals)codes[i])(i, 4) == i / 4.0);
            CHECK(metaffi_closure_free(closures[i]) == METAFFI_OK);
        }
    }
    metaffi_ctype_free(of_int_type);
    metaffi_ctype_free(of_reals_type);
}

#ifdef __x86_64__
static void another_convention_is_known_later(void) {
    metaffi_function code = NULL;
    metaffi_closure *closure = reserve(&code);
    metaffi_ctype *type = parse_type(guest, "double (__attribute__((ms_abi)) *)(double, double)");
    CHECK_OK(metaffi_closure_prepare(closure, type, NULL, 0, divide_raw, NULL, NULL, &err));
    CHECK(((double(__attribute__((ms_abi)) *)(double, double))code)(9, 2) == 4.5);
    metaffi_closure_free(closure);
    metaffi_ctype_free(type);
}
#else
static void another_convention_is_known_later(void) {}
#endif

int main(void) {
    open_guest();
    a_call_before_it_is_prepared_gives_zero_and_is_reported();
    it_is_prepared_once();
    its_callable_keeps_it();
    many_have_types_of_their_own();
    another_convention_is_known_later();
    close_guest();
    return CHECK_RESULT;
}
