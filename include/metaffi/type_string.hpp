/// \file
/// How strings travel: views and NUL-terminated text are lent, strings are copied on their way out.
#ifndef METAFFI_TYPE_STRING_HPP
#define METAFFI_TYPE_STRING_HPP

#include "type.hpp"

namespace metaffi {
namespace detail {

template <class Character>
inline constexpr metaffi_type string_id = metaffi_null_type;
template <>
inline constexpr metaffi_type string_id<char> = metaffi_string8_type;
#ifdef __cpp_char8_t
template <>
inline constexpr metaffi_type string_id<char8_t> = metaffi_string8_type;
#endif
template <>
inline constexpr metaffi_type string_id<char16_t> = metaffi_string16_type;
template <>
inline constexpr metaffi_type string_id<char32_t> = metaffi_string32_type;

/// A pointer and a length in two slots. A view whose data is NULL is "no string".
template <class Character>
struct string_slots {
    using view_type = std::basic_string_view<Character>;
    using string_type = std::basic_string<Character>;
    static constexpr metaffi_type id = string_id<Character>;
    static constexpr std::size_t slots = 2;
    static constexpr std::int64_t dimensions = 0;
    static constexpr bool is_native = false;

    static void store(metaffi_slot *slot, view_type text) noexcept {
        slot[0] = to_slot(text.data());
        slot[1] = text.size();
    }
    static view_type load(const metaffi_slot *slot) noexcept {
        return {from_slot<const Character *>(slot[0]), static_cast<std::size_t>(slot[1])};
    }
    /// The text, or an error where there is no string.
    static string_type require(const metaffi_slot *slot) {
        if (slot[0] == 0)
            throw error(METAFFI_STATUS_TYPE_MISMATCH, "",
                        "the string is NULL; receive a std::optional<std::string> to accept that");
        return string_type(load(slot));
    }
    static void drop(metaffi_slot *slot) noexcept {
        metaffi_free(from_slot<void *>(slot[0]));
        slot[0] = 0;
    }
    /// A copy that metaffi frees.
    static void give_copy(metaffi_slot *slot, view_type text) {
        if (text.data() == nullptr)
            return store(slot, text);
        // One unit more: an empty string is still a string.
        auto *copy = static_cast<Character *>(metaffi_alloc((text.size() + 1) * sizeof(Character)));
        if (copy == nullptr)
            throw std::bad_alloc();
        std::char_traits<Character>::copy(copy, text.data(), text.size());
        copy[text.size()] = Character();
        store(slot, {copy, text.size()});
    }
};

/// A string literal lends no NULL: an empty view is an empty string.
template <class Character>
std::basic_string_view<Character> not_null(std::basic_string_view<Character> text) noexcept {
    static constexpr Character empty[1] = {};
    return text.data() == nullptr ? std::basic_string_view<Character>(empty, 0) : text;
}

} // namespace detail

/// Text with its length; may contain NUL. A default view is "no string".
template <class Character>
struct type<std::basic_string_view<Character>> : detail::string_slots<Character> {
    using base = detail::string_slots<Character>;
    using argument = std::basic_string_view<Character>;
    using parameter = argument;
    using scratch = no_scratch;

    static void lend(metaffi_slot *slot, argument text, scratch &) noexcept {
        base::store(slot, text);
    }
    static argument view(const metaffi_slot *slot) noexcept { return base::load(slot); }
    static void give(metaffi_slot *slot, argument text) { base::give_copy(slot, text); }
};

/// Text with its length; lent as it is, copied when received.
template <class Character>
struct type<std::basic_string<Character>> : detail::string_slots<Character> {
    using base = detail::string_slots<Character>;
    using argument = std::basic_string_view<Character>;
    using parameter = std::basic_string<Character>;
    using scratch = no_scratch;

    static void lend(metaffi_slot *slot, argument text, scratch &) noexcept {
        base::store(slot, detail::not_null(text));
    }
    static parameter take(metaffi_slot *slot) { return base::require(slot); }
    static parameter view(const metaffi_slot *slot) { return base::require(slot); }
    static void give(metaffi_slot *slot, argument text) {
        base::give_copy(slot, detail::not_null(text));
    }
};

/// A string, or none.
template <class Character>
struct type<std::optional<std::basic_string<Character>>> : detail::string_slots<Character> {
    using base = detail::string_slots<Character>;
    using optional = std::optional<std::basic_string<Character>>;
    using argument = const optional &;
    using parameter = optional;
    using scratch = no_scratch;

    static void lend(metaffi_slot *slot, argument text, scratch &) noexcept {
        base::store(slot, text ? typename base::view_type(*text) : typename base::view_type());
    }
    static optional take(metaffi_slot *slot) { return view(slot); }
    static optional view(const metaffi_slot *slot) {
        return slot[0] != 0 ? optional(base::load(slot)) : std::nullopt;
    }
    static void give(metaffi_slot *slot, argument text) {
        base::give_copy(slot, text ? typename base::view_type(*text) : typename base::view_type());
    }
};

/// NUL-terminated text, or NULL. To receive text from a call, declare a string.
template <class Character>
struct type<const Character *, std::enable_if_t<detail::string_id<Character> != metaffi_null_type>>
    : detail::string_slots<Character> {
    using base = detail::string_slots<Character>;
    using argument = const Character *;
    using scratch = no_scratch;
    /// What a callback is given need not end in NUL: a copy does.
    struct parameter {
        std::optional<std::basic_string<Character>> copy;
        operator const Character *() const noexcept { return copy ? copy->c_str() : nullptr; }
    };

    static typename base::view_type measured(argument text) noexcept {
        return text != nullptr ? typename base::view_type(text) : typename base::view_type();
    }
    static void lend(metaffi_slot *slot, argument text, scratch &) noexcept {
        base::store(slot, measured(text));
    }
    static parameter view(const metaffi_slot *slot) {
        return {type<std::optional<std::basic_string<Character>>>::view(slot)};
    }
    static void give(metaffi_slot *slot, argument text) { base::give_copy(slot, measured(text)); }
};

} // namespace metaffi

#endif
