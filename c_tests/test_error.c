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
    a_failed_call_writes_no_output();
    errors_are_optional();
    nothing_is_pending_unless_a_native_call_left_it();
    close_guest();
    return CHECK_RESULT;
}
