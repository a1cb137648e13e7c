// C++ exceptions and longjmp pass through calls and callbacks, and leave everything usable.
#include "guest_module.h"

#include <csetjmp>
#include <metaffi.hpp>
#include <stdexcept>

static metaffi_callable *callable_of(metaffi_callback function) {
    metaffi_type_info number = info_of(metaffi_int32_type);
    metaffi_callable *made = NULL;
    CHECK_OK(metaffi_callable_new(function, &number, 1, &number, 1, NULL, NULL, &made, &err));
    return made;
}

static int alive() {
    metaffi_entity *entity = load("callable=guest_alive");
    int count = (int)call_number(entity, NULL, 0);
    metaffi_entity_free(entity);
    return count;
}

static void an_exception_of_the_guest_reaches_the_host() {
    metaffi_entity *entity = load("callable=guest_throw");
    metaffi_value argument = string_value("too far");
    metaffi_slot frame[2] = {(metaffi_slot)(uintptr_t) "by frame", 8};
    int caught = 0;
    for (int i = 0; i < 2; i++) {
        try {
            if (i == 0)
                metaffi_entity_call(entity, &argument, 1, NULL, 0, &err);
            else
                metaffi_entity_call_frame(entity, frame, &err);
        } catch (const std::out_of_range &thrown) {
            caught++;
            CHECK_TEXT(thrown.what(), i == 0 ? "too far" : "by frame");
        }
    }
    CHECK(caught == 2);
    CHECK(metaffi_entity_free(entity) == METAFFI_OK);
    check_usable();
}

static metaffi_status throw_through(void *, metaffi_slot *, metaffi_error **) {
    throw std::domain_error("through C");
}

static void an_exception_of_a_callback_passes_both_ways() {
    metaffi_callable *callable = callable_of(throw_through);
    metaffi_entity *apply = load("callable=guest_call_with_destructor");
    metaffi_value arguments[] = {callable_value(callable), int32_value(1)}, result;
    bool caught = false;
    try {
        metaffi_entity_call(apply, arguments, 2, &result, 1, &err);
    } catch (const std::domain_error &thrown) {
        caught = true;
        CHECK_TEXT(thrown.what(), "through C");
    }
    CHECK(caught);
    CHECK(alive() == 0);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(metaffi_callable_free(callable) == METAFFI_STATUS_INVALID_HANDLE);
    CHECK(metaffi_entity_free(apply) == METAFFI_OK);
    check_usable();
}

static std::jmp_buf environment;

static void longjmp_leaves_a_call() {
    metaffi_entity *jump = load("callable=guest_jump");
    for (int i = 0; i < 100; i++) {
        metaffi_value argument = size_value(&environment);
        if (setjmp(environment) == 0) {
            metaffi_entity_call(jump, &argument, 1, NULL, 0, &err);
            CHECK(!"reached");
        }
    }
    CHECK(metaffi_entity_free(jump) == METAFFI_OK);
    check_usable();
}

static metaffi_status jump_out(void *, metaffi_slot *, metaffi_error **) {
    std::longjmp(environment, 1);
}

static void longjmp_leaves_a_callback_and_the_call_around_it() {
    metaffi_callable *volatile callable = callable_of(jump_out);
    metaffi_entity *volatile apply = load("callable=guest_apply");
    metaffi_value arguments[] = {callable_value(callable), int32_value(1)}, result;
    if (setjmp(environment) == 0) {
        metaffi_entity_call(apply, arguments, 2, &result, 1, &err);
        CHECK(!"reached");
    }
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    CHECK(metaffi_entity_free(apply) == METAFFI_OK);
    check_usable();
}

// Looking at what was left each time would take longer than the test may.
static void frees_take_no_longer_for_what_longjmp_left() {
    metaffi_callable *callable = callable_of(jump_out);
    for (volatile int i = 0; i < 300000; i++) {
        metaffi_slot frame[2] = {1, 0};
        if (setjmp(environment) == 0)
            metaffi_callable_call_frame(callable, frame, &err);
    }
    for (int i = 0; i < 200000; i++)
        CHECK(metaffi_callable_free(callable_of(jump_out)) == METAFFI_OK);
    CHECK(metaffi_callable_free(callable) == METAFFI_OK);
    check_usable();
}

static void an_exception_in_a_lambda_is_an_error() {
    metaffi::callable callable = [](int) -> int { throw std::length_error("too long"); };
    std::string type, message;
    auto handler = [&](const metaffi::error &error) {
        type = error.foreign_type();
        message = error.what();
    };
    callable.set_error_handler(handler);
    metaffi_entity *apply = load("callable=guest_apply");
    metaffi_value arguments[] = {callable_value(callable.get()), int32_value(1)};
    CHECK(call_number(apply, arguments, 2) == 0);
    CHECK(type == "std::length_error" && message == "too long");
    metaffi_entity_free(apply);
    check_usable();
}

int main() {
    open_guest();
    an_exception_of_the_guest_reaches_the_host();
    an_exception_of_a_callback_passes_both_ways();
    longjmp_leaves_a_call();
    longjmp_leaves_a_callback_and_the_call_around_it();
    frees_take_no_longer_for_what_longjmp_left();
    an_exception_in_a_lambda_is_an_error();
    close_guest();
    return CHECK_RESULT;
}
