/// \file
/// How objects and callables travel: one slot that borrows or owns a handle.
#ifndef METAFFI_TYPE_HANDLE_HPP
#define METAFFI_TYPE_HANDLE_HPP

#include "object.hpp"
#include "type.hpp"

namespace metaffi {
namespace detail {

/// A handle in one slot; `T` owns one and has `get`, `release` and `clone`.
template <class T, metaffi_type Id>
struct handle_slot {
    using pointer = decltype(std::declval<T &>().get());
    static constexpr metaffi_type id = Id;
    static constexpr std::size_t slots = 1;
    static constexpr std::int64_t dimensions = 0;
    static constexpr bool is_native = false;
    using argument = const T &;
    using scratch = no_scratch;

    /// Borrowed: given back before its destructor could free it.
    struct parameter {
        T borrowed;
        explicit parameter(pointer handle) noexcept : borrowed(handle) {}
        ~parameter() { borrowed.release(); }
        operator const T &() const noexcept { return borrowed; }
        T clone() const { return borrowed ? borrowed.clone() : T(); }
    };

    static void lend(metaffi_slot *slot, const T &handle, scratch &) noexcept {
        *slot = to_slot(handle.get());
    }
    static T take(metaffi_slot *slot) noexcept {
        return T(from_slot<pointer>(std::exchange(*slot, 0)));
    }
    static void drop(metaffi_slot *slot) noexcept { take(slot); }
    static parameter view(const metaffi_slot *slot) noexcept {
        return parameter(from_slot<pointer>(*slot));
    }
    static void give(metaffi_slot *slot, T handle) noexcept { *slot = to_slot(handle.release()); }
};

} // namespace detail

template <>
struct type<object> : detail::handle_slot<object, metaffi_handle_type> {};

} // namespace metaffi

#endif
