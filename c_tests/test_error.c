/* Errors: made, asked, cloned, freed, and as calls report them. */
#include "guest_module.h"

static void a_made_error_has_what_it_was_given(void) {
    metaffi_error *error = NULL;
    metaffi_error_new(METAFFI_STATUS_FOREIGN, "std::bad_cast", "it went wrong", &error);
    CHECK(metaffi_error_status(error) == METAFFI_STATUS_FOREIGN);
    CHECK_TEXT(metaffi_error_message(error), "it went wrong");
    CHECK_TEXT(metaffi_error_foreign_type(error), "std::bad_cast");
    CHECK(metaffi_error_runtime(error) != NULL && metaffi_error_trace(error) != NULL);
    CHECK(metaffi_error_cause(error) == NULL);
    CHECK(metaffi_error_original(error) == NULL);
    CHECK(metaffi_error_frame_count(error) == 0);
    CHECK(metaffi_error_member_count(error) == 0 && metaffi_error_member(error, 0) == NULL);
    CHECK(metaffi_error_member_count(NULL) == 0 && metaffi_error_member(NULL, 0) == NULL);
    metaffi_stack_frame frame;
    CHECK(metaffi_error_frame(error, 0, &frame) == METAFFI_STATUS_OUT_OF_RANGE);

    metaffi_error *clone = metaffi_error_clone(error);
    metaffi_error_free(error);
    CHECK_TEXT(metaffi_error_message(clone), "it went wrong");
    metaffi_error_free(clone);
    metaffi_error_free(NULL);
}

static void an_error_has_all_that_its_host_knows(void) {
    metaffi_error *cause = NULL, *error = NULL;
    metaffi_error_new(METAFFI_STATUS_NOT_FOUND, NULL, "no such file", &cause);
    metaffi_object *original = NULL;
    CHECK_OK(metaffi_promise_new(&original, &err));
    uint64_t identity = 0, same = 1;
    CHECK_OK(metaffi_object_identity(original, &identity, &err));
    const metaffi_stack_frame frames[] = {
        {"main.main", "main.go", 7, NULL},
        {"main.read", "main.go", 21, "panic(err)"},
    };
    metaffi_error_details details = {sizeof details, original, cause, "goroutine 1", frames, 2};
    CHECK(metaffi_error_new_detailed(METAFFI_STATUS_FOREIGN, "*fs.PathError", "open x", &details,
                                     &error) == METAFFI_OK);
    metaffi_error_free(cause);
    metaffi_object_free(original);
    CHECK_TEXT(metaffi_error_message(error), "open x");
    CHECK_TEXT(metaffi_error_foreign_type(error), "*fs.PathError");
    CHECK_TEXT(metaffi_error_trace(error), "goroutine 1");
    CHECK_TEXT(metaffi_error_runtime(error), "host");
    CHECK(metaffi_error_frame_count(error) == 2);
    metaffi_stack_frame frame;
    CHECK(metaffi_error_frame(error, 1, &frame) == METAFFI_OK);
    CHECK_TEXT(frame.name, "main.read");
    CHECK_TEXT(frame.file, "main.go");
    CHECK_TEXT(frame.text, "panic(err)");
    CHECK(frame.line == 21);
    CHECK(metaffi_error_frame(error, 0, &frame) == METAFFI_OK);
    CHECK_TEXT(frame.text, "");
    cause = metaffi_error_cause(error);
    CHECK(metaffi_error_status(cause) == METAFFI_STATUS_NOT_FOUND);
    CHECK_TEXT(metaffi_error_message(cause), "no such file");
    metaffi_error_free(cause);
    for (int i = 0; i < 2; i++) {
        original = metaffi_error_original(error);
        CHECK_OK(metaffi_object_identity(original, &same, &err));
        CHECK(identity == same);
        metaffi_object_free(original);
    }
    metaffi_error_free(error);
}

static void details_that_are_none_are_refused(void) {
    metaffi_error *error = NULL;
    const metaffi_stack_frame frame = {"\xff", NULL, 0, NULL};
    metaffi_error_details details = {sizeof details, NULL, NULL, NULL, NULL, 0};
    metaffi_error_details wrong[] = {details, details, details, details, details};
    wrong[0].size = 3;
    wrong[1].frame_count = 1;
    wrong[2].frames = &frame, wrong[2].frame_count = 1;
    wrong[3].original = (const metaffi_object *)guest;
    wrong[4].cause = (const metaffi_error *)guest;
    const metaffi_status expected[] = {
        METAFFI_STATUS_INVALID_ARGUMENT, METAFFI_STATUS_INVALID_ARGUMENT,
        METAFFI_STATUS_INVALID_TEXT, METAFFI_STATUS_INVALID_HANDLE, METAFFI_STATUS_INVALID_HANDLE};
    for (int i = 0; i < 5; i++)
        CHECK(metaffi_error_new_detailed(METAFFI_STATUS_FOREIGN, "", "x", &wrong[i], &error) ==
              expected[i]);
    CHECK(error == NULL);
    CHECK(metaffi_error_new_detailed(METAFFI_STATUS_FOREIGN, "", "x", &details, &error) ==
          METAFFI_OK);
    CHECK_TEXT(metaffi_error_foreign_type(error), "");
    CHECK_TEXT(metaffi_error_message(error), "x");
    metaffi_error_free(error);
}

static void a_failed_call_writes_no_output(void) {
    metaffi_entity *entity = (metaffi_entity *)&err;
    CHECK_FAILS_WITH(
        metaffi_entity_load(guest, "callable=guest_nowhere", NULL, 0, NULL, 0, &entity, &err),
        METAFFI_STATUS_NOT_FOUND, "guest_nowhere");
    CHECK(entity == NULL);
}

static void errors_are_optional(void) {
    metaffi_entity *entity = NULL;
    CHECK(metaffi_entity_load(guest, "callable=guest_nowhere", NULL, 0, NULL, 0, &entity, NULL) ==
          METAFFI_STATUS_NOT_FOUND);
}

static void nothing_is_pending_unless_a_native_call_left_it(void) {
    CHECK(metaffi_error_take_pending() == NULL);
}

int main(void) {
    open_guest();
    a_made_error_has_what_it_was_given();
    an_error_has_all_that_its_host_knows();
    details_that_are_none_are_refused();
    a_failed_call_writes_no_output();
    errors_are_optional();
    nothing_is_pending_unless_a_native_call_left_it();
    close_guest();
    return CHECK_RESULT;
}
