/* Callables: host functions as C functions, from pointers and entities, errors, lifetimes. */
#include "guest_module.h"

static int finalized;
static void finalize(void *userdata) {
    (void)userdata;
    finalized++;
}

static metaffi_status add_userdata(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)error;
    int64_t argument = (int32_t)frame[0];
    frame[1] = (metaffi_slot)(argument + *(int *)userdata);
    return METAFFI_OK;
}

static metaffi_status always_fail(void *userdata, metaffi_slot *frame, metaffi_error **error) {
    (void)userdata;
    (void)frame;
    return metaffi_error_new(METAFFI_STATUS_FOREIGN, "host.Refusal", "refused", error),
           METAFFI_STATUS_FOREIGN;
}

static metaffi_callable *make(metaffi_callback function, void *userdata) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *made = NULL;
    CHECK_OK(
        metaffi_callable_new(function, &number, 1, &number, 1, userdata, finalize, &made, &err));
    return made;
}

static void c_calls_a_host_function(void) {
    int seven = 7;
    metaffi_callable *callable = make(add_userdata, &seven);
    static const struct {
        const char *path;
        int result;
    } cases[] = {{"callable=guest_apply", 12},
                 {"callable=guest_apply_twice", 19},
                 {"callable=guest_apply_on_thread", 12}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        metaffi_entity *apply = load(cases[i].path);
        metaffi_value arguments[] = {callable_value(callable), int32_value(5)};
        CHECK(call_number(apply, arguments, 2) == cases[i].result);
        metaffi_entity_free(apply);
    }
    CHECK(finalized == 0);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(finalized == 1);
}

static void a_callable_is_called_three_ways(void) {
    int one = 1;
    metaffi_callable *callable = make(add_userdata, &one), *clone = NULL;
    CHECK_OK(metaffi_callable_clone(callable, &clone, &err));
    metaffi_callable_free(callable);
    CHECK(metaffi_callable_param_count(clone) == 1 && metaffi_callable_return_count(clone) == 1);
    metaffi_type_info info = {0, NULL, 0};
    CHECK_OK(metaffi_callable_return(clone, 0, &info, &err));
    CHECK(info.type == metaffi_int32_type);

    metaffi_value argument = int32_value(41), result;
    CHECK_OK(metaffi_callable_call(clone, &argument, 1, &result, 1, &err));
    CHECK(result.data.int32 == 42);
    metaffi_slot frame[2] = {41, 0};
    CHECK(metaffi_callable_frame_size(clone) == 2 && metaffi_callable_frame_return(clone, 0) == 1);
    CHECK_OK(metaffi_callable_call_frame(clone, frame, &err));
    CHECK((int32_t)frame[1] == 42);
    metaffi_function native = NULL;
    CHECK_OK(metaffi_callable_native(clone, &native, &err));
    CHECK(((int (*)(int))native)(41) == 42);
    metaffi_callable_free(clone);
}

static int triple(int value) {
    return 3 * value;
}

static void pointers_and_entities_become_callables(void) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *callable = NULL;
    int before = finalized;
    CHECK_OK(metaffi_callable_from_pointer((metaffi_function)triple, &number, 1, &number, 1, NULL,
                                           finalize, &callable, &err));
    metaffi_entity *apply = load("callable=guest_apply_twice");
    metaffi_value arguments[] = {callable_value(callable), int32_value(2)};
    CHECK(call_number(apply, arguments, 2) == 18);
    metaffi_callable_free(callable);
    CHECK(finalized == before + 1);

    metaffi_entity *negate = load("callable=guest_negate8");
    CHECK_OK(metaffi_callable_from_entity(negate, &callable, &err));
    metaffi_entity_free(negate);
    metaffi_value five = int64_value(5), result;
    CHECK_OK(metaffi_callable_call(callable, &five, 1, &result, 1, &err));
    CHECK(result.data.int8 == -5);
    metaffi_callable_free(callable);
    metaffi_entity_free(apply);
}

static double halve(double value) {
    return value / 2;
}

static void a_pointer_of_another_type_is_converted(void) {
    metaffi_type_info real = info_of(metaffi_float64_type);
    metaffi_callable *callable = NULL;
    CHECK_OK(metaffi_callable_from_pointer((metaffi_function)halve, &real, 1, &real, 1, NULL, NULL,
                                           &callable, &err));
    metaffi_entity *apply = load("callable=guest_apply");
    metaffi_value arguments[] = {callable_value(callable), int32_value(42)},
                  result = int64_value(0);
    metaffi_status status = metaffi_entity_call(apply, arguments, 2, &result, 1, &err);
    if (status == METAFFI_OK)
        CHECK(result.data.int32 == 21);
    else
        CHECK_FAILS(status, METAFFI_STATUS_TYPE_MISMATCH);
    metaffi_callable_free(callable);
    metaffi_entity_free(apply);
}

static void a_returned_function_pointer_is_a_callable(void) {
    metaffi_entity *doubler = load("callable=guest_doubler");
    metaffi_value result;
    if (CHECK_OK(metaffi_entity_call(doubler, NULL, 0, &result, 1, &err))) {
        CHECK(result.type == metaffi_callable_type);
        metaffi_value argument = int32_value(21), doubled;
        CHECK_OK(metaffi_callable_call(result.data.callable, &argument, 1, &doubled, 1, &err));
        CHECK(number_in(&doubled) == 42);
        metaffi_value_clear(&result);
    }
    metaffi_entity_free(doubler);
}

static void a_failure_reaches_the_host_that_called(void) {
    metaffi_callable *callable = make(always_fail, NULL);
    metaffi_value argument = int32_value(1), result;
    metaffi_status status = metaffi_callable_call(callable, &argument, 1, &result, 1, &err);
    CHECK(err != NULL && strcmp(metaffi_error_foreign_type(err), "host.Refusal") == 0);
    CHECK_FAILS_WITH(status, METAFFI_STATUS_FOREIGN, "refused");
    metaffi_callable_free(callable);
}

struct seen {
    int count;
    char message[64];
};
static void remember(void *userdata, const metaffi_error *error) {
    struct seen *seen = userdata;
    seen->count++;
    snprintf(seen->message, sizeof seen->message, "%s", metaffi_error_message(error));
}

static void a_failure_under_c_goes_to_the_error_handler(void) {
    struct seen seen = {0, ""};
    metaffi_callable *callable = make(always_fail, NULL);
    CHECK_OK(metaffi_callable_set_error_handler(callable, remember, &seen, &err));
    metaffi_entity *apply = load("callable=guest_apply");
    metaffi_value arguments[] = {callable_value(callable), int32_value(5)};
    CHECK(call_number(apply, arguments, 2) == 0);
    CHECK(seen.count == 1 && strstr(seen.message, "refused") != NULL);

    metaffi_function native = NULL;
    CHECK_OK(metaffi_callable_native(callable, &native, &err));
    metaffi_callable_free(callable);
    CHECK(((int (*)(int))native)(1) == 0);
    CHECK(seen.count == 2);
    metaffi_entity_free(apply);
}

static metaffi_callable *handled;
static metaffi_function handled_code;
static struct seen inner;
/* Is replaced, makes a call that fails itself, and frees the callable, all while it runs. */
static void replace_and_free(void *userdata, const metaffi_error *error) {
    remember(userdata, error);
    CHECK_OK(metaffi_callable_set_error_handler(handled, remember, &inner, &err));
    CHECK(((int (*)(int))handled_code)(1) == 0);
    CHECK(metaffi_callable_free(handled) == METAFFI_OK);
    CHECK(metaffi_error_status(error) == METAFFI_STATUS_FOREIGN);
}

static void an_error_handler_may_use_its_callable(void) {
    struct seen seen = {0, ""};
    handled = make(always_fail, NULL);
    /* The pointer is older than its handler. */
    CHECK_OK(metaffi_callable_native(handled, &handled_code, &err));
    CHECK_OK(metaffi_callable_set_error_handler(handled, replace_and_free, &seen, &err));
    CHECK(((int (*)(int))handled_code)(1) == 0);
    CHECK(seen.count == 1 && strstr(seen.message, "refused") != NULL);
    CHECK(inner.count == 1 && strstr(inner.message, "refused") != NULL);
    CHECK(((int (*)(int))handled_code)(1) == 0);
    CHECK(seen.count == 1 && inner.count == 2 && strstr(inner.message, "was freed") != NULL);
}

static void a_callable_is_named_once(void) {
    metaffi_callable *callable = make(add_userdata, NULL), *added = NULL;
    CHECK(metaffi_callable_name(callable) == NULL && metaffi_callable_name(NULL) == NULL);
    CHECK_FAILS_WITH(metaffi_callable_set_name(callable, NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "name is NULL");
    CHECK_FAILS_WITH(metaffi_callable_set_name(callable, "\xff", &err), METAFFI_STATUS_INVALID_TEXT,
                     "name");
    CHECK_OK(metaffi_callable_set_name(callable, "plus", &err));
    CHECK(strcmp(metaffi_callable_name(callable), "plus") == 0);
    CHECK_FAILS_WITH(metaffi_callable_set_name(callable, "minus", &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "plus");
    CHECK_OK(metaffi_callable_set_quick(callable, true, &err));
    metaffi_callable_free(callable);
    CHECK_FAILS_WITH(metaffi_callable_set_quick(callable, true, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "");
    metaffi_entity *add = load("callable=guest_add");
    CHECK_OK(metaffi_callable_from_entity(add, &added, &err));
    CHECK(strcmp(metaffi_callable_name(added), "guest_add") == 0);
    metaffi_callable_free(added);
    metaffi_entity_free(add);
}

static int compare_ints(const void *a, const void *b) {
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static void count_end(void *userdata) {
    ++*(int *)userdata;
}

static void a_declaration_types_a_function(void) {
    int ends = 0;
    metaffi_callable *callable = NULL;
    metaffi_function pointer = (metaffi_function)compare_ints, native = NULL;
    CHECK_OK(metaffi_callable_from_declaration(guest, "int (*)(const void *, const void *)",
                                               pointer, &ends, count_end, &callable, &err));
    CHECK(metaffi_callable_param_count(callable) == 2);
    int numbers[] = {3, 2};
    metaffi_value order, arguments[] = {{metaffi_size_type, {.size = (uintptr_t)&numbers[0]}},
                                        {metaffi_size_type, {.size = (uintptr_t)&numbers[1]}}};
    CHECK_OK(metaffi_callable_call(callable, arguments, 2, &order, 1, &err));
    CHECK(order.type == metaffi_int32_type && order.data.int32 == 1);
    CHECK_OK(metaffi_callable_native(callable, &native, &err));
    CHECK(native == pointer);
    CHECK(ends == 0);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(ends == 1);
    CHECK_FAILS_WITH(
        metaffi_callable_from_declaration(guest, "int", pointer, &ends, count_end, &callable, &err),
        METAFFI_STATUS_TYPE_MISMATCH, "declaration: `int` is not a function type");
    CHECK_FAILS(metaffi_callable_from_declaration(guest, "int (", pointer, &ends, count_end,
                                                  &callable, &err),
                METAFFI_STATUS_SYNTAX);
    CHECK_FAILS_WITH(metaffi_callable_from_declaration(guest, "int (int)", NULL, &ends, count_end,
                                                       &callable, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "pointer is NULL");
    CHECK(ends == 1);
}

int main(void) {
    open_guest();
    a_declaration_types_a_function();
    c_calls_a_host_function();
    a_callable_is_called_three_ways();
    pointers_and_entities_become_callables();
    a_pointer_of_another_type_is_converted();
    a_returned_function_pointer_is_a_callable();
    a_failure_reaches_the_host_that_called();
    a_failure_under_c_goes_to_the_error_handler();
    an_error_handler_may_use_its_callable();
    a_callable_is_named_once();
    close_guest();
    return CHECK_RESULT;
}
