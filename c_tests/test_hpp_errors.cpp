// Errors as exceptions, and exceptions as errors.
#include "guest_module.hpp"

#include <new>

namespace my {
struct failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};
} // namespace my

namespace {

/// What a callback that throws is called with, seen by the host that called it.
template <class Throw>
metaffi::error error_of(Throw &&action) {
    auto callable = metaffi::make_callable<void()>(std::forward<Throw>(action));
    try {
        callable.template as<void()>()();
    } catch (const metaffi::error &error) {
        return error;
    }
    return metaffi::error(METAFFI_OK, nullptr);
}

void exceptions_keep_their_type_and_message() {
    auto error = error_of([] { throw my::failure("it broke"); });
    CHECK(error.status() == METAFFI_STATUS_FOREIGN);
    CHECK(error.foreign_type() == "my::failure" && std::string(error.what()) == "it broke");

    error = error_of([] { throw 42; });
    CHECK(error.status() == METAFFI_STATUS_FOREIGN && error.foreign_type() == "int");

    error = error_of([] { throw std::bad_alloc(); });
    CHECK(error.foreign_type() == "std::bad_alloc");
}

void nested_exceptions_are_told() {
    auto error = error_of([] {
        try {
            throw my::failure("inner");
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    });
    CHECK(std::string(error.what()) == "outer: inner");
}

void errors_pass_through_callbacks_unchanged() {
    auto error = error_of(
        [] { throw metaffi::error(METAFFI_STATUS_OUT_OF_RANGE, "my.Kind", "beyond the end"); });
    CHECK(error.status() == METAFFI_STATUS_OUT_OF_RANGE && error.foreign_type() == "my.Kind");
    CHECK(std::string(error.what()) == "beyond the end");
    auto again = error_of([&] { throw error; });
    CHECK(again.status() == error.status() && again.foreign_type() == "my.Kind");
}

void errors_are_copied_and_outlive_their_source() {
    std::optional<metaffi::error> kept;
    try {
        metaffi::runtime("c").load_module("libnowhere_at_all.so.9");
    } catch (const metaffi::error &error) {
        kept = error;
    }
    CHECK(kept && kept->status() == METAFFI_STATUS_NOT_FOUND);
    CHECK(std::string(kept->what()).find("libnowhere_at_all") != std::string::npos);
    CHECK(kept->frames().empty() && !kept->cause() && !kept->original());
    CHECK(kept->trace().data() != nullptr);
}

void failures_to_load_are_thrown() {
    metaffi::module guest = load_guest();
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "cobol", metaffi::runtime("cobol"));
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "colour", (metaffi::runtime("c", {{"colour", "red"}})));
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "nowhere", guest.load<void()>("callable=nowhere"));
    CHECK_THROWS(METAFFI_STATUS_SYNTAX, "", guest.load("callable="));
    CHECK_THROWS(METAFFI_STATUS_SYNTAX, "", guest.declare("int f("));
    CHECK(guest.load<std::int64_t(std::int64_t, std::int64_t)>("callable=guest_add")(1, 2) == 3);
}

void guests_exceptions_pass_through() {
    metaffi::module guest = load_guest();
    auto throw_it = guest.load<void(const char *)>("callable=guest_throw");
    bool caught = false;
    try {
        throw_it("as it was");
    } catch (const std::out_of_range &exception) {
        caught = std::string(exception.what()) == "as it was";
    }
    CHECK(caught);
}

} // namespace

int main() {
    return run([] {
        exceptions_keep_their_type_and_message();
        nested_exceptions_are_told();
        errors_pass_through_callbacks_unchanged();
        errors_are_copied_and_outlive_their_source();
        failures_to_load_are_thrown();
        guests_exceptions_pass_through();
    });
}
