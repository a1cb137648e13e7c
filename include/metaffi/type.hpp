/// \file
/// How C++ types travel: `metaffi::type<T>`, for numbers, characters, enumerations and pointers.
///
/// A type of your own travels once `metaffi::type` is specialized for it, most simply as another
/// type that it converts to and from:
///
///     template <> struct metaffi::type<celsius> : metaffi::type_as<celsius, double> {};
#ifndef METAFFI_TYPE_HPP
#define METAFFI_TYPE_HPP

#include "error.hpp"

#include <cstring>
#include <limits>
#include <type_traits>

namespace metaffi {

/// How a `T` travels in a frame. Every specialization has
///
/// - `id`, `slots`, `dimensions`: its type in a signature, and how many slots it takes;
/// - `is_native`: whether it is passed in a register, as itself, by a natural C function pointer;
/// - `argument`: what a typed function takes; `scratch`: what must live as long as the call;
/// - `lend(slot, argument, scratch)`: an argument on its way into a call, borrowed by it;
/// - `take(slot)`: a return of a call, owned from then on; `drop(slot)`: frees what was not taken;
/// - `parameter`, `view(slot)`: an argument that a callback receives, borrowed for its run;
/// - `give(slot, T)`: what a callback returns, owned by metaffi from then on.
template <class T, class = void>
struct type;

/// The type of a name, such as "int64" or "metaffi_int64_type".
inline metaffi_type parse_type(const std::string &name) {
    metaffi_type found = 0;
    detail::invoke(metaffi_type_parse, name.c_str(), &found);
    return found;
}

/// The scratch of a type that needs none.
struct no_scratch {};

namespace detail {

template <class T>
using bare = std::remove_cv_t<std::remove_reference_t<T>>;

/// The trait of a type as a signature spells it: `const std::string &` travels as `std::string`.
template <class T>
using type_of = type<bare<T>>;

template <class T, class = void>
inline constexpr bool travels = false;
template <class T>
inline constexpr bool travels<T, std::void_t<decltype(type<T>::id)>> = true;

template <class T>
metaffi_slot to_slot(T scalar) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
        std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t> bits;
        static_assert(sizeof bits == sizeof scalar, "long double does not travel");
        std::memcpy(&bits, &scalar, sizeof bits);
        return bits;
    } else if constexpr (std::is_pointer_v<T>) {
        return reinterpret_cast<std::uintptr_t>(scalar);
    } else if constexpr (std::is_signed_v<T>) {
        return static_cast<metaffi_slot>(static_cast<std::int64_t>(scalar));
    } else {
        return static_cast<metaffi_slot>(scalar);
    }
}

template <class T>
T from_slot(metaffi_slot slot) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
        auto bits =
            static_cast<std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>(slot);
        T scalar;
        std::memcpy(&scalar, &bits, sizeof scalar);
        return scalar;
    } else if constexpr (std::is_pointer_v<T>) {
        return reinterpret_cast<T>(static_cast<std::uintptr_t>(slot));
    } else {
        return static_cast<T>(slot);
    }
}

template <class T>
constexpr metaffi_type integer_id() noexcept {
    constexpr bool is_signed = std::is_signed_v<T>;
    switch (sizeof(T)) {
    case 1:
        return is_signed ? metaffi_int8_type : metaffi_uint8_type;
    case 2:
        return is_signed ? metaffi_int16_type : metaffi_uint16_type;
    case 4:
        return is_signed ? metaffi_int32_type : metaffi_uint32_type;
    default:
        return is_signed ? metaffi_int64_type : metaffi_uint64_type;
    }
}

template <class T>
constexpr metaffi_type arithmetic_id() noexcept {
    if constexpr (std::is_same_v<T, bool>)
        return metaffi_bool_type;
    else if constexpr (std::is_same_v<T, char>)
        return metaffi_char8_type;
#ifdef __cpp_char8_t
    else if constexpr (std::is_same_v<T, char8_t>)
        return metaffi_char8_type;
#endif
    else if constexpr (std::is_same_v<T, char16_t>)
        return metaffi_char16_type;
    else if constexpr (std::is_same_v<T, char32_t>)
        return metaffi_char32_type;
    else if constexpr (std::is_same_v<T, float>)
        return metaffi_float32_type;
    else if constexpr (std::is_same_v<T, double>)
        return metaffi_float64_type;
    else
        return integer_id<T>();
}

/// Whether arrays of `T` are arrays of numbers.
template <class T>
inline constexpr bool is_number =
    std::is_arithmetic_v<T> && !std::is_same_v<T, long double> && sizeof(T) <= 8;

/// Pointers to constant characters are strings; every other pointer is an address.
template <class T>
inline constexpr bool is_address = std::is_pointer_v<T>;
template <>
inline constexpr bool is_address<const char *> = false;
#ifdef __cpp_char8_t
template <>
inline constexpr bool is_address<const char8_t *> = false;
#endif
template <>
inline constexpr bool is_address<const char16_t *> = false;
template <>
inline constexpr bool is_address<const char32_t *> = false;

/// Whatever takes one slot and needs no owner.
template <class T, metaffi_type Id>
struct scalar {
    static constexpr metaffi_type id = Id;
    static constexpr std::size_t slots = 1;
    static constexpr std::int64_t dimensions = 0;
    static constexpr bool is_native = true;
    using argument = T;
    using parameter = T;
    using scratch = no_scratch;

    static void lend(metaffi_slot *slot, T value, scratch &) noexcept { *slot = to_slot(value); }
    static T take(metaffi_slot *slot) noexcept { return from_slot<T>(*slot); }
    static void drop(metaffi_slot *) noexcept {}
    static T view(const metaffi_slot *slot) noexcept { return from_slot<T>(*slot); }
    static void give(metaffi_slot *slot, T value) noexcept { *slot = to_slot(value); }
};

} // namespace detail

/// Integers, floats, bool and characters.
template <class T>
struct type<T, std::enable_if_t<detail::is_number<T>>>
    : detail::scalar<T, detail::arithmetic_id<T>()> {};

/// Addresses.
template <class T>
struct type<T, std::enable_if_t<detail::is_address<T>>> : detail::scalar<T, metaffi_size_type> {};

/// A `T` that travels as an `As`: converted by `static_cast`, both ways.
template <class T, class As>
struct type_as {
    static constexpr metaffi_type id = type<As>::id;
    static constexpr std::size_t slots = type<As>::slots;
    static constexpr std::int64_t dimensions = type<As>::dimensions;
    static constexpr bool is_native = false;
    using argument = const T &;
    using parameter = T;
    struct scratch {
        std::optional<As> converted;
        typename type<As>::scratch inner;
    };

    static void lend(metaffi_slot *slot, const T &value, scratch &scratch) {
        scratch.converted.emplace(static_cast<As>(value));
        type<As>::lend(slot, *scratch.converted, scratch.inner);
    }
    static T take(metaffi_slot *slot) { return static_cast<T>(type<As>::take(slot)); }
    static void drop(metaffi_slot *slot) noexcept { type<As>::drop(slot); }
    static T view(const metaffi_slot *slot) { return static_cast<T>(As(type<As>::view(slot))); }
    static void give(metaffi_slot *slot, T value) {
        type<As>::give(slot, static_cast<As>(std::move(value)));
    }
};

/// Enumerations travel as their underlying type.
template <class T>
struct type<T, std::enable_if_t<std::is_enum_v<T>>> : type_as<T, std::underlying_type_t<T>> {
    static constexpr bool is_native = true;
};

} // namespace metaffi

#endif
