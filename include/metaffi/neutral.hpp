/// \file
/// Neutral values: big integers, dates, maps and their like.
#ifndef METAFFI_NEUTRAL_HPP
#define METAFFI_NEUTRAL_HPP

#include <array>
#include <stdexcept>
#include <string_view>

#include "value.hpp"

/// Each function makes a value of the type of its name.
namespace metaffi::neutral {

/// A neutral value of its text, as `parse(metaffi_date_type, "2024-02-29")`.
inline value parse(metaffi_type type, std::string_view text) {
    value made;
    detail::invoke(metaffi_value_new_parsed, type, text.data(), text.size(), made.out());
    return made;
}

/// An integer of any size, of the bytes of its absolute value, the least significant first.
inline value bigint(bool negative, span<const std::uint8_t> magnitude) {
    value made;
    detail::invoke(metaffi_value_new_bigint, negative, magnitude.data(), magnitude.size(),
                   made.out());
    return made;
}
/// An integer of any size, of its digits.
inline value bigint(std::string_view digits) {
    return parse(metaffi_bigint_type, digits);
}

/// A decimal number with the digits that it is written with.
inline value decimal(std::string_view text) {
    value made;
    detail::invoke(metaffi_value_new_decimal, text.data(), text.size(), made.out());
    return made;
}

inline value complex(double real, double imaginary) {
    value made;
    detail::invoke(metaffi_value_new_complex, real, imaginary, made.out());
    return made;
}

inline value date(std::int32_t year, std::uint8_t month, std::uint8_t day) {
    value made;
    detail::invoke(metaffi_value_new_date, year, month, day, made.out());
    return made;
}

inline value time(const metaffi_time &from) {
    value made;
    detail::invoke(metaffi_value_new_time, &from, made.out());
    return made;
}

inline value datetime(const metaffi_datetime &from) {
    value made;
    detail::invoke(metaffi_value_new_datetime, &from, made.out());
    return made;
}

/// A span of time: whole seconds, rounded down, and what comes on top.
inline value duration(std::int64_t seconds, std::uint32_t nanoseconds = 0) {
    value made;
    detail::invoke(metaffi_value_new_duration, seconds, nanoseconds, made.out());
    return made;
}

/// The name of a time zone.
inline value zone(std::string_view name) {
    value made;
    detail::invoke(metaffi_value_new_zone, name.data(), name.size(), made.out());
    return made;
}

inline value uuid(const std::array<std::uint8_t, 16> &bytes) {
    value made;
    detail::invoke(metaffi_value_new_uuid, bytes.data(), made.out());
    return made;
}

inline value range(std::int64_t start, std::int64_t stop, std::int64_t step = 1) {
    value made;
    detail::invoke(metaffi_value_new_range, start, stop, step, made.out());
    return made;
}

/// Copies of keys and of as many values, in that order.
inline value map(span<const metaffi_value> keys, span<const metaffi_value> values) {
    if (keys.size() != values.size())
        throw std::invalid_argument("metaffi::neutral::map: there are not as many values as keys");
    value made;
    detail::invoke(metaffi_value_new_map, keys.data(), values.data(), keys.size(), made.out());
    return made;
}

inline value set(span<const metaffi_value> items) {
    value made;
    detail::invoke(metaffi_value_new_set, items.data(), items.size(), made.out());
    return made;
}

inline value tuple(span<const metaffi_value> items) {
    value made;
    detail::invoke(metaffi_value_new_tuple, items.data(), items.size(), made.out());
    return made;
}

} // namespace metaffi::neutral

#endif
