/// \file
/// Closures: C function pointers of any type, made at run time.
#ifndef METAFFI_CLOSURE_HPP
#define METAFFI_CLOSURE_HPP

#include "ctype.hpp"

namespace metaffi {
namespace detail {

/// What C calls for a handler of raw arguments; what that throws passes through.
template <class F>
struct raw_callback {
    static void enter(void *returned, void **arguments, void *userdata) {
        (*static_cast<F *>(userdata))(returned, arguments);
    }
    static void finalize(void *userdata) noexcept { delete static_cast<F *>(userdata); }
};

} // namespace detail

/// A C function pointer of a type that runs `handler(void *returned, void **arguments)`: the
/// address of room for its result, which is zero, and one address for each argument, as C has them
/// in memory. `variadic` are the types of what C will give behind `...`.
template <class F>
callable make_closure(const ctype &function_type, F &&handler, const ctype_list &variadic = {}) {
    using owned = std::decay_t<F>;
    using callback = detail::raw_callback<owned>;
    auto userdata = std::make_unique<owned>(std::forward<F>(handler));
    const auto types = detail::handles(variadic);
    callable made(detail::make<metaffi_callable>(
        metaffi_ctype_closure, function_type.get(), types.data(), types.size(),
        metaffi_raw_handler(callback::enter), static_cast<void *>(userdata.get()),
        metaffi_finalizer(callback::finalize)));
    userdata.release();
    return made;
}

/// A C function pointer that is known before its type. A call before it is prepared is a failure
/// that gives zero.
class closure : public handle<metaffi_closure, metaffi_closure_free> {
  public:
    using handle::handle;

    /// One that nothing but the address is known of.
    static closure reserve() { return closure(detail::make<metaffi_closure>(metaffi_closure_new)); }

    /// The C function pointer, valid until this and its callables are freed.
    metaffi_function native() const {
        metaffi_function function = nullptr;
        detail::invoke(metaffi_closure_native, get(), &function);
        return function;
    }
    /// Gives it what make_closure takes; once.
    template <class F>
    void prepare(const ctype &function_type, F &&handler, const ctype_list &variadic = {}) const {
        using owned = std::decay_t<F>;
        using callback = detail::raw_callback<owned>;
        auto userdata = std::make_unique<owned>(std::forward<F>(handler));
        const auto types = detail::handles(variadic);
        detail::invoke(metaffi_closure_prepare, get(), function_type.get(), types.data(),
                       types.size(), metaffi_raw_handler(callback::enter),
                       static_cast<void *>(userdata.get()), metaffi_finalizer(callback::finalize));
        userdata.release();
    }
    /// As the callable that it is once it is prepared.
    callable as_callable() const {
        return callable(detail::make<metaffi_callable>(metaffi_closure_callable, get()));
    }
};

} // namespace metaffi

#endif
