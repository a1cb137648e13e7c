/* What fails a million times takes no memory, and what is made and freed a million times, a new
 * text each time, does not either; what takes long, because it looks for names that come close,
 * happens a few thousand times. */
#include "guest_module.h"

#include <malloc.h>

enum { MANY = 1000000, SOME = 100000, FEW = 5000, SLACK = 16384 };

static size_t in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Tables and queues have their size after a tenth of it; a leak is more than a byte each time. */
static void stays_flat(const char *what, int count, void (*fail)(void)) {
    int failures = check_failures;
    size_t before = 0;
    for (int i = 0; i < count && check_failures == failures; i++) {
        if (i == count / 10)
            before = in_use();
        fail();
    }
    size_t after = in_use();
    if (after > before + (size_t)count / 4 + SLACK) {
        char more[64];
        snprintf(more, sizeof more, "%zu bytes more after %d times", after - before, count);
        check_fail(__FILE__, __LINE__, what, more);
    }
}

/* Fails, and says why. */
#define REFUSED(call) refused(__LINE__, #call, call)

static void refused(int line, const char *call, metaffi_status status) {
    if (status == METAFFI_OK || err == NULL || metaffi_error_status(err) != status)
        check_fail(__FILE__, line, call, "is not refused");
    metaffi_error_free(err);
    err = NULL;
}

static metaffi_entity *stale, *add, *length, *apply;
static metaffi_callable *failing, *forgetful;

static void a_stale_handle(void) {
    metaffi_value arguments[] = {int64_value(1), int64_value(2)}, result;
    CHECK_FAILS_WITH(metaffi_entity_call(stale, arguments, 2, &result, 1, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "stale");
}

static void a_wrong_count(void) {
    metaffi_value argument = int64_value(1), result;
    REFUSED(metaffi_entity_call(add, &argument, 1, &result, 1, &err));
}

static void a_wrong_type(void) {
    metaffi_value arguments[] = {int64_value(1), string_value("two")}, result;
    CHECK_FAILS(metaffi_entity_call(add, arguments, 2, &result, 1, &err),
                METAFFI_STATUS_TYPE_MISMATCH);
}

static void a_malformed_text(void) {
    metaffi_value argument = string_value("caf\xe9!"), result;
    CHECK_FAILS(metaffi_entity_call(length, &argument, 1, &result, 1, &err),
                METAFFI_STATUS_INVALID_TEXT);
}

static void an_error_that_nobody_asks_for(void) {
    metaffi_value argument = string_value("caf\xe9!"), result;
    CHECK(metaffi_entity_call(length, &argument, 1, &result, 1, NULL) ==
          METAFFI_STATUS_INVALID_TEXT);
}

/* Fails; with userdata it forgets to say so. */
static metaffi_status refuse(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)frame;
    metaffi_error_new(METAFFI_STATUS_FOREIGN, "host.Refusal", "refused", error);
    return userdata ? METAFFI_OK : METAFFI_STATUS_FOREIGN;
}

static size_t handled;

static void handle(void *userdata, const metaffi_error *error) {
    (void)userdata;
    handled += strstr(metaffi_error_message(error), "refused") != NULL;
}

static void is_handled(metaffi_callable *callable) {
    metaffi_value arguments[] = {callable_value(callable), int32_value(5)};
    size_t before = handled;
    call_number(apply, arguments, 2);
    CHECK(handled == before + 1);
}

static void is_returned(metaffi_callable *callable) {
    metaffi_slot frame[2] = {5, 0};
    CHECK_FAILS_WITH(metaffi_callable_call_frame(callable, frame, &err), METAFFI_STATUS_FOREIGN,
                     "refused");
}

static void a_callback_with_a_handler(void) {
    is_handled(failing);
}

static void a_callable_that_fails(void) {
    is_returned(failing);
}

static void a_failure_that_is_not_owned_up_to(void) {
    is_handled(forgetful);
    is_returned(forgetful);
}

static void an_entity_that_is_not_there(void) {
    metaffi_entity *entity = NULL;
    CHECK_FAILS(metaffi_entity_load(guest, "callable=guest_ad", NULL, 0, NULL, 0, &entity, &err),
                METAFFI_STATUS_NOT_FOUND);
}

static void an_entity_of_other_types(void) {
    metaffi_type_info texts[] = {info_of(metaffi_string8_type), info_of(metaffi_string8_type)};
    metaffi_entity *entity = NULL;
    CHECK_FAILS(metaffi_entity_load(guest, "callable=guest_add", texts, 2, NULL, 0, &entity, &err),
                METAFFI_STATUS_TYPE_MISMATCH);
}

static void a_malformed_path(void) {
    metaffi_entity *entity = NULL;
    REFUSED(metaffi_entity_load(guest, "callable=,=", NULL, 0, NULL, 0, &entity, &err));
}

static void a_malformed_declaration(void) {
    static const char text[] = "struct half { int a; }; int broken(struct half h, int b[;";
    REFUSED(metaffi_module_declare(guest, text, strlen(text), &err));
}

static void a_malformed_type(void) {
    metaffi_ctype *type = NULL;
    CHECK(metaffi_ctype_parse(guest, "struct { int a; }[", &type, &err) != METAFFI_OK);
    CHECK(err != NULL && metaffi_error_free(err) == METAFFI_OK);
    err = NULL;
}

static void a_type_of_a_new_text(void) {
    static unsigned number;
    metaffi_ctype *type = NULL;
    char text[96];
    size_t size = 0;
    number++;
    snprintf(text, sizeof text, "struct { int a; char b%u[%u]; union { long c; char d[%uu]; }; }",
             number % 1000, number, number);
    CHECK_OK(metaffi_ctype_parse(guest, text, &type, &err));
    CHECK_OK(metaffi_ctype_size(type, &size, &err));
    CHECK(size > 2 * (size_t)number);
    CHECK(metaffi_ctype_free(type) == METAFFI_OK);
}

static void an_object_of_a_new_text(void) {
    static unsigned number;
    metaffi_ctype *type = NULL;
    metaffi_object *object = NULL;
    char text[64];
    number++;
    snprintf(text, sizeof text, "struct { int a; char b[%u]; } *[%u]", number, number % 100 + 1);
    CHECK_OK(metaffi_ctype_parse(guest, text, &type, &err));
    CHECK_OK(metaffi_cdata_new(type, NULL, &object, &err));
    CHECK(metaffi_ctype_free(type) == METAFFI_OK);
    CHECK(metaffi_object_free(object) == METAFFI_OK);
}

static void an_array_that_does_not_fit(void) {
    metaffi_array *array = NULL;
    size_t shape[] = {SIZE_MAX / 8, 16};
    REFUSED(metaffi_array_new(metaffi_int64_type, shape, 2, &array, &err));
}

int main(void) {
    open_guest();
    stale = load("callable=guest_add");
    CHECK(metaffi_entity_free(stale) == METAFFI_OK);
    add = load("callable=guest_add");
    length = load("callable=guest_length");
    apply = load("callable=guest_apply");
    metaffi_type_info number = info_of(metaffi_int32_type);
    CHECK_OK(metaffi_callable_new(refuse, &number, 1, &number, 1, NULL, NULL, &failing, &err));
    CHECK_OK(metaffi_callable_new(refuse, &number, 1, &number, 1, &number, NULL, &forgetful, &err));
    CHECK_OK(metaffi_callable_set_error_handler(failing, handle, NULL, &err));
    CHECK_OK(metaffi_callable_set_error_handler(forgetful, handle, NULL, &err));

#define STAYS_FLAT(count, fail) stays_flat(#fail, count, fail)
    STAYS_FLAT(MANY, a_stale_handle);
    STAYS_FLAT(MANY, a_wrong_count);
    STAYS_FLAT(MANY, a_wrong_type);
    STAYS_FLAT(MANY, a_malformed_text);
    STAYS_FLAT(MANY, an_error_that_nobody_asks_for);
    STAYS_FLAT(MANY, a_callback_with_a_handler);
    STAYS_FLAT(MANY, a_callable_that_fails);
    STAYS_FLAT(SOME, a_failure_that_is_not_owned_up_to);
    STAYS_FLAT(MANY, a_malformed_path);
    STAYS_FLAT(MANY, an_array_that_does_not_fit);
    STAYS_FLAT(FEW, an_entity_that_is_not_there);
    STAYS_FLAT(SOME, an_entity_of_other_types);
    STAYS_FLAT(SOME, a_malformed_declaration);
    STAYS_FLAT(SOME, a_malformed_type);
    STAYS_FLAT(MANY, a_type_of_a_new_text);
    STAYS_FLAT(MANY, an_object_of_a_new_text);

    metaffi_callable_free(forgetful);
    metaffi_callable_free(failing);
    metaffi_entity_free(apply);
    metaffi_entity_free(length);
    metaffi_entity_free(add);
    check_usable();
    close_guest();
    return CHECK_RESULT;
}
