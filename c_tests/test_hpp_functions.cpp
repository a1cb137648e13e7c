// Typed functions: the native path, the frame path, every travelling type, untyped calls.
#include "guest_module.hpp"

#include <array>

#include "guests/guest.h"

namespace {

struct celsius {
    double degrees;
    explicit celsius(double value) : degrees(value) {}
    explicit operator double() const { return degrees; }
};

} // namespace

template <>
struct metaffi::type<celsius> : metaffi::type_as<celsius, double> {};

namespace {

void both_paths_agree(const metaffi::module &guest) {
    auto add = guest.load<std::int64_t(std::int64_t, std::int64_t)>("callable=guest_add");
    CHECK(add.is_direct());
    CHECK(add(40, 2) == 42 && add.by_frame(40, 2) == 42 && add.native()(40, 2) == 42);
    CHECK(add.by_frame(-40, -2) == -42);
    auto moved = std::move(add);
    CHECK(moved(1, 2) == 3);
}

template <class T>
void check_scalar(const metaffi::module &guest, const char *path, T argument, T result) {
    auto function = guest.load<T(T)>(path);
    if (function(argument) != result)
        check_fail(__FILE__, __LINE__, path, "returned something else");
    if (function.by_frame(argument) != result)
        check_fail(__FILE__, __LINE__, path, "returned something else by frame");
}

void scalars(const metaffi::module &guest) {
    check_scalar<std::int8_t>(guest, "callable=guest_negate8", -128 + 1, 127);
    check_scalar<std::uint8_t>(guest, "callable=guest_next8", 254, 255);
    check_scalar<std::uint16_t>(guest, "callable=guest_next16", 65534, 65535);
    check_scalar<std::uint32_t>(guest, "callable=guest_next32", 4294967294u, 4294967295u);
    check_scalar<std::uint64_t>(guest, "callable=guest_next64", UINT64_MAX - 1, UINT64_MAX);
    check_scalar<float>(guest, "callable=guest_halve", -3, -1.5f);
    check_scalar<bool>(guest, "callable=guest_not", true, false);
    check_scalar<char>(guest, "callable=guest_upper", 'q', 'Q');
    check_scalar<guest_color>(guest, "callable=guest_next_color", GUEST_RED, GUEST_GREEN);
    auto nothing = guest.load<void()>("callable=guest_nothing");
    nothing();
    nothing.by_frame();
}

void mixed_arguments(const metaffi::module &guest) {
    auto mixed =
        guest.load<double(std::int8_t, double, std::int16_t, float, std::int32_t, std::uint64_t,
                          bool, const char *, std::uint8_t, double)>("callable=guest_mixed");
    CHECK(!mixed.is_direct());
    CHECK(mixed(-1, 0.5, -300, 0.25f, 100, 100000, true, "four", 200, 1000) == 101004.75);
}

/// The frame that the compiler lays out is the frame that the library expects.
void layouts_agree(const metaffi::module &guest) {
    using many = metaffi::signature<int(int, std::string_view, const metaffi::value &, const char *,
                                        const std::vector<double> &, metaffi::object)>;
    auto callable = metaffi::make_callable<std::tuple<std::string, int>(
        int, std::string_view, const metaffi::value &, const char *, const std::vector<double> &,
        const metaffi::object &)>(
        [](int, std::string_view, const metaffi::value &, const char *, const std::vector<double> &,
           const metaffi::object &) { return std::make_tuple(std::string(), 0); });
    for (std::size_t i = 0; i < many::params::count; i++)
        CHECK(metaffi_callable_frame_param(callable.get(), i) == many::params::offset(i));
    CHECK(metaffi_callable_frame_return(callable.get(), 1) == many::params::size + 2);
    CHECK(metaffi_callable_frame_size(callable.get()) == many::params::size + 3);
    CHECK(metaffi_entity_frame_size(guest.load("callable=guest_mixed").get()) == 12);
}

void text(const metaffi::module &guest) {
    auto length = guest.load<std::size_t(std::string_view)>("callable=guest_length");
    CHECK(length("seven!!") == 7 && length(std::string("ab")) == 2 && length("") == 0);
    CHECK(length(std::string_view("cut short", 3)) == 3);
    auto echo = guest.load<std::string(const std::string &)>("callable=guest_echo");
    CHECK(echo("h\xc3\xa9") == "h\xc3\xa9" && echo("").empty());
    auto maybe = guest.load<std::optional<std::string>(const char *)>("callable=guest_echo");
    CHECK(maybe("text") == "text" && maybe(nullptr) == std::nullopt);
    auto strict = guest.load<std::string(const char *)>("callable=guest_echo");
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "optional", strict(nullptr));
}

void containers_are_lent(const metaffi::module &guest) {
    std::vector<double> numbers = {1, 2, 3.5};
    auto sum = guest.load<double(const std::vector<double> &, std::size_t)>("callable=guest_sum");
    CHECK(sum(numbers, numbers.size()) == 6.5);
    auto sum_span =
        guest.load<double(metaffi::span<const double>, std::size_t)>("callable=guest_sum");
    std::array<double, 2> pair = {4, 5};
    double plain[] = {6, 7};
    CHECK(sum_span(pair, 2) == 9 && sum_span(plain, 2) == 13 && sum_span(numbers, 2) == 3);

    std::vector<std::int32_t> filled(4);
    auto fill = guest.load<void(metaffi::span<std::int32_t>, std::size_t, std::int32_t)>(
        "callable=guest_fill");
    fill(filled, filled.size(), 8);
    CHECK(filled == std::vector<std::int32_t>(4, 8));
}

void addresses(const metaffi::module &guest) {
    int rest = 0;
    auto divide = guest.load<int(int, int, int *)>("callable=guest_divide");
    CHECK(divide.is_direct());
    CHECK(divide(47, 10, &rest) == 4 && rest == 7);
    CHECK(divide.by_frame(48, 10, &rest) == 4 && rest == 8);
}

void other_types_than_the_functions_are_converted(const metaffi::module &guest) {
    auto add = guest.load<std::int64_t(std::int64_t, std::int64_t)>("callable=guest_add_int");
    CHECK(!add.is_direct());
    CHECK(add(-5, 2) == -3 && add.by_frame(-5, 2) == -3 && add.native()(-5, 2) == -3);
    CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "", add(std::int64_t(1) << 40, 0));
    CHECK(add.native()(std::int64_t(1) << 40, 0) == 0);
    auto pending = metaffi::take_pending();
    CHECK(pending && pending->status() == METAFFI_STATUS_OUT_OF_RANGE);
    CHECK(!metaffi::take_pending());

    auto sum = guest.load<double(int, double, double)>("callable=guest_sum_doubles");
    CHECK(!sum.is_direct());
    CHECK(sum(2, 0.5, 2) == 2.5 && sum.by_frame(2, 0.5, 2) == 2.5);
}

void types_of_ones_own(const metaffi::module &guest) {
    auto multiply = guest.load<celsius(celsius, double)>("callable=guest_multiply");
    CHECK(multiply(celsius(20), 1.5).degrees == 30);
}

void untyped_calls(const metaffi::module &guest) {
    metaffi::entity add = guest.load("callable=guest_add");
    CHECK(add.path() == "callable=guest_add" && add.param_count() == 2);
    CHECK(add.param(0).type == metaffi_int64_type && add.result(0).type == metaffi_int64_type);
    CHECK(add(40, std::int8_t(2)).at(0).as<int>() == 42);
    auto echo = guest.load("callable=guest_echo").clone();
    CHECK(echo("text").at(0).as<std::string>() == "text");
    CHECK(guest.load("callable=guest_nothing")().empty());
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "", add(1));
}

} // namespace

int main() {
    return run([] {
        metaffi::module guest = load_guest();
        both_paths_agree(guest);
        scalars(guest);
        mixed_arguments(guest);
        layouts_agree(guest);
        text(guest);
        containers_are_lent(guest);
        addresses(guest);
        other_types_than_the_functions_are_converted(guest);
        types_of_ones_own(guest);
        untyped_calls(guest);
    });
}
