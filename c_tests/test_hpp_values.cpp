// Values and arrays: made from C++, read back, converted, cloned, moved.
#include "guest_module.hpp"

namespace {

template <class T>
void check_round_trip(const T &from) {
    metaffi::value value(from);
    CHECK(value.type_id() == metaffi::type<T>::id);
    CHECK(value.as<T>() == from);
    CHECK(value.clone().as<T>() == from);
}

void numbers_and_text() {
    check_round_trip<std::int8_t>(-128);
    check_round_trip<std::uint8_t>(255);
    check_round_trip<std::int16_t>(-32768);
    check_round_trip<std::uint16_t>(65535);
    check_round_trip<std::int32_t>(INT32_MIN);
    check_round_trip<std::uint32_t>(UINT32_MAX);
    check_round_trip<std::int64_t>(INT64_MIN);
    check_round_trip<std::uint64_t>(UINT64_MAX);
    check_round_trip(1.5f);
    check_round_trip(-2.5);
    check_round_trip(true);
    check_round_trip('x');
    check_round_trip(u'\u00e9');
    check_round_trip(U'\U0001f600');
    check_round_trip(std::string("a\0b", 3));
    check_round_trip(std::u16string(u"\u00e9"));
    check_round_trip(std::u32string(U"\U0001f600"));
    check_round_trip(std::vector<double>{1, 2, 3});
    check_round_trip(std::vector<std::uint8_t>{});
}

void conversions_lose_nothing() {
    CHECK(metaffi::value(42).as<double>() == 42);
    CHECK(metaffi::value("text").as<std::u16string>() == u"text");
    CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "", metaffi::value(256).as<std::uint8_t>());
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "", metaffi::value("1").as<int>());
    CHECK_THROWS(METAFFI_STATUS_INVALID_TEXT, "2", metaffi::value("ab\xc3("));
}

void values_move() {
    metaffi::value first("text");
    metaffi::value second(std::move(first));
    CHECK(first.is_null() && second.as<std::string>() == "text");
    first = std::move(second);
    CHECK(second.is_null() && first.as<std::string>() == "text");
    CHECK(metaffi::value().is_null());
}

void arrays_are_owned() {
    metaffi::array_of<double, 2> square({2, 3});
    CHECK(square.length() == 6 && square.shape().size() == 2 && square.shape()[1] == 3);
    square.data()[5] = 9;
    auto copy = square.clone();
    square.data()[5] = 0;
    CHECK(copy.element() == metaffi_float64_type && copy.length() == 6);
    CHECK(static_cast<double *>(copy.get()->data)[5] == 9);
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "", metaffi::array_of<double>({}));
}

void objects_are_references() {
    metaffi::object none;
    CHECK(!none && !metaffi::error(METAFFI_STATUS_FOREIGN, "t", "m").original());
    CHECK_THROWS(METAFFI_STATUS_INVALID_HANDLE, "object", none.clone());
}

} // namespace

int main() {
    return run([] {
        numbers_and_text();
        conversions_lose_nothing();
        values_move();
        arrays_are_owned();
        objects_are_references();
    });
}
