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

std::string text_of(const metaffi::value &value) {
    return value.as<std::string>();
}

void neutral_values() {
    namespace neutral = metaffi::neutral;
    std::vector<std::uint8_t> magnitude(9, 0);
    magnitude[8] = 1;
    auto bigint = neutral::bigint(true, magnitude);
    CHECK(bigint.type_id() == metaffi_bigint_type && bigint.get()->data.bigint->length == 9);
    CHECK(text_of(bigint) == "-18446744073709551616");
    CHECK(text_of(neutral::bigint("-18446744073709551616")) == text_of(bigint));
    CHECK(neutral::bigint("255").as<std::uint8_t>() == 255);
    CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "", bigint.as<std::int64_t>());
    CHECK(text_of(neutral::decimal("1.50")) == "1.50");
    CHECK(neutral::complex(1.5, -2).get()->data.complex_number->imaginary == -2);
    CHECK(neutral::complex(1.5, 0).as<double>() == 1.5);
    CHECK(neutral::date(2024, 2, 29).get()->data.date->day == 29);
    CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "day 29", neutral::date(2023, 2, 29));
    metaffi_datetime noon{{2024, 2, 29}, {}};
    noon.time.hour = 12;
    noon.time.nanosecond = 1;
    CHECK(text_of(neutral::datetime(noon)) == "2024-02-29T12:00:00.000000001");
    CHECK(text_of(neutral::time(noon.time)) == "12:00:00.000000001");
    CHECK(text_of(neutral::duration(-1, 500000000)) == "-PT0.5S");
    CHECK(neutral::zone("Europe/Paris").get()->data.zone->name.length == 12);
    CHECK(text_of(neutral::uuid({0x12, 0x34})) == "12340000-0000-0000-0000-000000000000");
    CHECK(neutral::range(0, 10).get()->data.range->step == 1);
    std::vector<metaffi_value> items{*bigint.get(), {}};
    CHECK(neutral::tuple(items).get()->data.array->shape[0] == 2);
    CHECK(neutral::set(items).clone().type_id() == metaffi_set_type);
    auto map = neutral::map(items, items);
    const auto *pairs = static_cast<const metaffi_value *>(map.get()->data.array->data);
    CHECK(map.get()->data.array->rank == 2 && pairs[0].type == metaffi_bigint_type);
    CHECK(text_of(neutral::parse(metaffi_range_type, "0:4:2")) == "0:4:2");
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
        neutral_values();
        values_move();
        arrays_are_owned();
        objects_are_references();
    });
}
