/// \file
/// What members a class has, of which its objects consist.
#ifndef METAFFI_MEMBER_HPP
#define METAFFI_MEMBER_HPP

#include "value.hpp"

#include <optional>

namespace metaffi {
namespace detail {

// Whether a class has a member of a name, and what calling it as C does would give.
#define METAFFI_MEMBER(member)                                                                     \
    template <class T, class = void>                                                               \
    constexpr bool names_##member = false;                                                         \
    template <class T>                                                                             \
    constexpr bool names_##member<T, std::void_t<decltype(&T::member)>> =                          \
        !std::is_member_object_pointer_v<decltype(&T::member)>;                                    \
    template <class T, class... A>                                                                 \
    using result_of_##member = decltype(std::declval<T &>().member(std::declval<A>()...));         \
    template <class Void, class T, class... A>                                                     \
    constexpr bool calls_##member = false;                                                         \
    template <class T, class... A>                                                                 \
    constexpr bool calls_##member<std::void_t<result_of_##member<T, A...>>, T, A...> = true;

METAFFI_MEMBER(get_attribute)
METAFFI_MEMBER(set_attribute)
METAFFI_MEMBER(delete_attribute)
METAFFI_MEMBER(members)
METAFFI_MEMBER(methods)
METAFFI_MEMBER(call)
METAFFI_MEMBER(invoke)
METAFFI_MEMBER(set_item)
METAFFI_MEMBER(delete_item)
METAFFI_MEMBER(set_entry)
METAFFI_MEMBER(delete_entry)
METAFFI_MEMBER(size)
METAFFI_MEMBER(contains)
METAFFI_MEMBER(begin)
METAFFI_MEMBER(next)
METAFFI_MEMBER(hash)
METAFFI_MEMBER(to_string)
METAFFI_MEMBER(number)
METAFFI_MEMBER(enter)
METAFFI_MEMBER(exit)
METAFFI_MEMBER(buffer)
METAFFI_MEMBER(visit)
#undef METAFFI_MEMBER

template <class T, class K, class = void>
constexpr bool is_indexed = false;
template <class T, class K>
constexpr bool is_indexed<T, K, std::void_t<decltype(std::declval<T &>()[std::declval<K>()])>> =
    true;

template <class T, class = void>
constexpr bool names_index = false;
template <class T>
constexpr bool names_index<T, std::void_t<decltype(&T::operator[])>> = true;

template <class T, class = void>
constexpr bool has_call_operator = false;
template <class T>
constexpr bool has_call_operator<T, std::void_t<decltype(&T::operator())>> = true;

// Whether it is compared with something, and with its like.
template <class T, class U, class = void>
constexpr bool is_equated_with = false;
template <class T, class U>
constexpr bool
    is_equated_with<T, U, std::void_t<decltype(bool(std::declval<T &>() == std::declval<U>()))>> =
        true;
template <class T>
constexpr bool is_equated = is_equated_with<T, T &>;

template <class T, class U, class = void>
constexpr bool is_ordered_with = false;
template <class T, class U>
constexpr bool
    is_ordered_with<T, U,
                    std::void_t<decltype(bool(std::declval<T &>() < std::declval<U>())),
                                decltype(bool(std::declval<U>() < std::declval<T &>()))>> = true;
template <class T>
constexpr bool is_ordered = is_ordered_with<T, T &>;

// What is found by keys: a std::map, a std::set, and what is like them.
template <class T, class = void>
constexpr bool has_keys = false;
template <class T>
constexpr bool has_keys<T, std::void_t<decltype(std::declval<T &>().find(
                                                    std::declval<const typename T::key_type &>()) ==
                                                std::declval<T &>().end())>> =
    travels<typename T::key_type>;

template <class T, class = void>
constexpr bool is_map = false;
template <class T>
constexpr bool is_map<T, std::void_t<typename T::mapped_type>> =
    has_keys<T> &&is_indexed<T, const typename T::key_type &>;

// Such a map, whose entries can be written.
template <class T, class = void>
constexpr bool is_map_of_values = false;
template <class T>
constexpr bool is_map_of_values<T, std::enable_if_t<is_map<T>>> =
    (travels<typename T::mapped_type> || is_vector<typename T::mapped_type>)&&std::is_same_v<
        decltype(std::declval<T &>()[std::declval<const typename T::key_type &>()]),
        typename T::mapped_type &>;

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <class T>
constexpr bool is_pair = false;
template <class A, class B>
constexpr bool is_pair<std::pair<A, B>> = true;

template <class T, class = void>
struct named_type {
    static const char *text() {
        // There as long as objects are, which may be longer than what is destroyed at exit.
        static const std::string &name = *new std::string(demangled(typeid(T)));
        return name.c_str();
    }
};
template <class T>
struct named_type<T, std::void_t<decltype(T::type_name)>> {
    static const char *text() { return T::type_name; }
};

template <class T, class = void>
constexpr metaffi_capabilities said_to_be = 0;
template <class T>
constexpr metaffi_capabilities said_to_be<T, std::void_t<decltype(T::is)>> = T::is;

template <class T, class = void>
constexpr bool said_to_be_quick = false;
template <class T>
constexpr bool said_to_be_quick<T, std::void_t<decltype(T::is_quick)>> = T::is_quick;

/// An argument of a member, as whatever that declares.
struct member_argument {
    const value &given;

    operator const value &() const noexcept { return given; }
    template <class T,
              class = std::enable_if_t<(travels<T> || is_vector<T>)&&!std::is_same_v<T, value> &&
                                       !std::is_pointer_v<T> && !std::is_reference_v<T>>>
    operator T() const {
        return given.as<T>();
    }
};

} // namespace detail
} // namespace metaffi

#endif
