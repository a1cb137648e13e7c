/// \file
/// Signatures as types, and the frame that the compiler lays out for them.
#ifndef METAFFI_FRAME_HPP
#define METAFFI_FRAME_HPP

#include "value.hpp"

#include <array>
#include <tuple>

namespace metaffi {
namespace detail {

/// A list of travelling types and where each lies in a frame.
template <class... T>
struct slots_of {
    static_assert((true && ... && travels<bare<T>>),
                  "no such type travels: a struct does as metaffi::object (see metaffi/cdata.hpp), "
                  "a function as const metaffi::callable & (see metaffi/callable.hpp), another by "
                  "a specialization of metaffi::type (see metaffi/type.hpp)");

    static constexpr std::size_t count = sizeof...(T);
    static constexpr std::size_t size = (std::size_t(0) + ... + type_of<T>::slots);

    static constexpr std::size_t offset(std::size_t index) noexcept {
        constexpr std::size_t sizes[] = {type_of<T>::slots..., 0};
        std::size_t offset = 0;
        for (std::size_t i = 0; i < index; i++)
            offset += sizes[i];
        return offset;
    }
    /// One element more than there are types: an empty list is not NULL, which would mean "infer".
    static constexpr std::array<metaffi_type_info, count + 1> infos() noexcept {
        return {metaffi_type_info{type_of<T>::id, nullptr, type_of<T>::dimensions}...,
                metaffi_type_info{metaffi_null_type, nullptr, 0}};
    }
};

/// What a signature's return type means in a frame: none, one, or several.
template <class R>
struct returns_of {
    using slots = slots_of<R>;
    static constexpr bool is_native = type_of<R>::is_native;

    static R take(metaffi_slot *slot) {
        guard guard{slot};
        return type_of<R>::take(slot);
    }
    template <class Call>
    static void give(metaffi_slot *slot, Call &&call) {
        type_of<R>::give(slot, call());
    }

  private:
    struct guard {
        metaffi_slot *slot;
        ~guard() { type_of<R>::drop(slot); }
    };
};

template <>
struct returns_of<void> {
    using slots = slots_of<>;
    static constexpr bool is_native = true;

    static void take(metaffi_slot *) noexcept {}
    template <class Call>
    static void give(metaffi_slot *, Call &&call) {
        call();
    }
};

template <class... R>
struct returns_of<std::tuple<R...>> {
    using slots = slots_of<R...>;
    static constexpr bool is_native = false;

    static std::tuple<R...> take(metaffi_slot *slot) {
        return take(slot, std::index_sequence_for<R...>());
    }
    template <class Call>
    static void give(metaffi_slot *slot, Call &&call) {
        give(slot, call(), std::index_sequence_for<R...>());
    }

  private:
    /// Frees what was not taken, also when taking one return throws.
    struct guard {
        metaffi_slot *slot;
        ~guard() { drop(slot, std::index_sequence_for<R...>()); }
    };
    template <std::size_t... I>
    static void drop(metaffi_slot *slot, std::index_sequence<I...>) noexcept {
        (type_of<R>::drop(slot + slots::offset(I)), ...);
    }
    template <std::size_t... I>
    static std::tuple<R...> take(metaffi_slot *slot, std::index_sequence<I...>) {
        guard guard{slot};
        return std::tuple<R...>{type_of<R>::take(slot + slots::offset(I))...};
    }
    template <std::size_t... I>
    static void give(metaffi_slot *slot, std::tuple<R...> &&given, std::index_sequence<I...>) {
        std::size_t done = 0;
        try {
            ((type_of<R>::give(slot + slots::offset(I), std::move(std::get<I>(given))), done++),
             ...);
        } catch (...) {
            // A failed callback returns nothing: what it gave so far is its own to free.
            ((I < done ? type_of<R>::drop(slot + slots::offset(I)) : void()), ...);
            throw;
        }
    }
};

} // namespace detail

/// A signature, spelled as a function type.
template <class Signature>
struct signature;

template <class R, class... A>
struct signature<R(A...)> {
    using params = detail::slots_of<A...>;
    using returns = typename detail::returns_of<R>::slots;

    /// Slots of a whole frame, at least one so that it can be an array.
    static constexpr std::size_t frame_size = params::size + returns::size;
    /// Whether arguments and return are all passed in registers as themselves.
    static constexpr bool is_native =
        detail::returns_of<R>::is_native && (true && ... && detail::type_of<A>::is_native);

    static constexpr auto param_infos = params::infos();
    static constexpr auto return_infos = returns::infos();

    /// Makes a call: fills a frame on the stack, runs `call(frame, &error)`, takes the returns.
    template <class Call>
    static R by_frame(Call &&call, typename detail::type_of<A>::argument... arguments) {
        return by_frame(std::index_sequence_for<A...>(), std::forward<Call>(call), arguments...);
    }

    /// Serves a call: runs `function` on what `frame` holds, and stores what it returns there.
    template <class Function>
    static void serve(Function &function, metaffi_slot *frame) {
        serve(std::index_sequence_for<A...>(), function, frame);
    }

  private:
    template <std::size_t... I, class Call>
    static R by_frame(std::index_sequence<I...>, Call &&call,
                      typename detail::type_of<A>::argument... arguments) {
        metaffi_slot frame[frame_size + 1];
        [[maybe_unused]] std::tuple<typename detail::type_of<A>::scratch...> scratch;
        (detail::type_of<A>::lend(frame + params::offset(I), arguments, std::get<I>(scratch)), ...);
        metaffi_error *failure = nullptr;
        metaffi_status status = call(frame, &failure);
        if (status != METAFFI_OK)
            throw error(status, failure);
        return detail::returns_of<R>::take(frame + params::size);
    }

    /// An argument that a function takes by value becomes its own; one taken by reference is lent.
    template <class Parameter>
    static decltype(auto) receive(const metaffi_slot *slot) {
        using traits = detail::type_of<Parameter>;
        if constexpr (!std::is_reference_v<Parameter> &&
                      !std::is_convertible_v<typename traits::parameter, detail::bare<Parameter>>)
            return traits::view(slot).clone();
        else
            return traits::view(slot);
    }

    template <std::size_t... I, class Function>
    static void serve(std::index_sequence<I...>, Function &function, metaffi_slot *frame) {
        detail::returns_of<R>::give(frame + params::size, [&]() -> R {
            return function(receive<A>(frame + params::offset(I))...);
        });
    }
};

} // namespace metaffi

#endif
