/// \file
/// Functions passed as values: C++ functions as callables, and callables as C++ functions.
#ifndef METAFFI_CALLABLE_HPP
#define METAFFI_CALLABLE_HPP

#include "arguments.hpp"
#include "frame.hpp"

namespace metaffi {

class entity;
class module;
template <class Signature, class Target = entity>
class function;

namespace detail {

template <class Member>
struct member_signature;
template <class C, class R, class... A>
struct member_signature<R (C::*)(A...)> {
    using type = R(A...);
};
template <class C, class R, class... A>
struct member_signature<R (C::*)(A...) const> {
    using type = R(A...);
};
template <class C, class R, class... A>
struct member_signature<R (C::*)(A...) noexcept> {
    using type = R(A...);
};
template <class C, class R, class... A>
struct member_signature<R (C::*)(A...) const noexcept> {
    using type = R(A...);
};

/// The signature of a lambda or function object with one, not overloaded, call operator.
template <class F>
using signature_of = typename member_signature<decltype(&F::operator())>::type;

/// What C calls for a C++ function that it knows by its address.
template <class Signature, class F>
struct callback {
    static metaffi_status enter(void *userdata, metaffi_slot *frame, metaffi_error **failure) {
        return reported(failure,
                        [&] { signature<Signature>::serve(*static_cast<F *>(userdata), frame); });
    }
    static void finalize(void *userdata) noexcept { delete static_cast<F *>(userdata); }
};

/// Whether a function takes any values: `metaffi::arguments` alone.
template <class Signature>
constexpr bool takes_any = false;
template <class R, class A>
constexpr bool takes_any<R(A)> = std::is_same_v<std::decay_t<A>, arguments>;

template <class T>
constexpr bool is_shared = false;
template <class T>
constexpr bool is_shared<std::shared_ptr<T>> = true;

/// What `function` gives, as a value that the caller owns: null if it gives nothing; what does not
/// travel is an object (host_object.hpp).
template <class F>
metaffi_value given(F &&function) {
    using R = decltype(function());
    if constexpr (std::is_void_v<R>) {
        function();
        return value().release();
    } else if constexpr (std::is_same_v<std::decay_t<R>, value>) {
        if constexpr (std::is_lvalue_reference_v<R>)
            return function().clone().release();
        else
            return function().release();
    } else if constexpr (travels<std::decay_t<R>>) {
        return value(function()).release();
    } else if constexpr (is_shared<std::decay_t<R>>) {
        auto shared = function();
        return (shared ? value(object::of(std::move(shared))) : value()).release();
    } else {
        static_assert(std::is_constructible_v<std::decay_t<R>, R>,
                      "what is given to a runtime is copied: give a std::shared_ptr to it instead");
        return value(object::make<std::decay_t<R>>(function())).release();
    }
}

/// What C calls for a C++ function that takes any values.
template <class F>
metaffi_status enter_values(void *userdata, const metaffi_value *values, std::size_t count,
                            const metaffi_name *const *names, std::size_t named, metaffi_value *to,
                            metaffi_error **failure) {
    return reported(failure, [&] {
        *to = given(
            [&] { return (*static_cast<F *>(userdata))(arguments(values, count, names, named)); });
    });
}

/// Calls an entity or a callable by values.
template <class Handle, class... Lent>
std::vector<value>
call_values(metaffi_status (*call)(const Handle *, const metaffi_value *, std::size_t,
                                   metaffi_value *, std::size_t, metaffi_error **),
            const Handle *target, std::size_t return_count, const Lent &...lent) {
    const metaffi_value arguments[] = {lent.get()..., metaffi_value{}};
    std::vector<value> returns(return_count);
    std::vector<metaffi_value> raw(return_count);
    invoke(call, target, arguments, sizeof...(Lent), raw.data(), return_count);
    for (std::size_t i = 0; i < return_count; i++)
        returns[i] = value(raw[i]);
    return returns;
}

} // namespace detail

/// A function passed as a value, in either direction. Empty: a null function.
class callable : public handle<metaffi_callable, metaffi_callable_free> {
  public:
    using handle::handle;

    /// From a lambda, so that one can be passed where a callable is asked for. It is kept until
    /// the last user of the callable is gone, and may run on any thread. One that takes
    /// `metaffi::arguments` takes any values, also by name.
    template <class F, class Signature = detail::signature_of<std::decay_t<F>>>
    callable(F &&function);

    /// From a C or C++ function. One of scalars and addresses stays itself: what it throws passes
    /// through, as from any C function.
    template <class R, class... A>
    callable(R (*function)(A...));

    /// From a C function whose type is given as C has it, such as "int (*)(const void *, const void
    /// *)", with the names that a module of runtime c knows. `owner` is kept until the last call
    /// has returned.
    template <class R, class... A>
    static callable from_declaration(const module &knows, const std::string &declaration,
                                     R (*function)(A...), std::shared_ptr<void> owner = nullptr);

    /// From a function object that takes `metaffi::arguments`, with the names of the parameters
    /// that it says it has, of which the first `required` have to be given.
    template <class F>
    static callable of_values(F &&function, std::initializer_list<const char *> names = {},
                              std::size_t required = 0);

    /// Another reference to the same function.
    callable clone() const {
        return callable(detail::make<metaffi_callable>(metaffi_callable_clone, get()));
    }
    /// What its function is called in the guests that it is passed to; NULL if nobody named it.
    const char *name() const { return metaffi_callable_name(get()); }
    /// Names it, once.
    void set_name(const char *name) const {
        detail::invoke(metaffi_callable_set_name, get(), name);
    }
    /// What guests show of it; NULL if nobody said anything.
    const char *documentation() const { return metaffi_callable_documentation(get()); }
    /// Documents it, once.
    void set_documentation(const char *text) const {
        detail::invoke(metaffi_callable_set_documentation, get(), text);
    }
    /// Says that it returns soon, and takes no lock that a thread waiting for the runtime may
    /// hold: runtimes keep their lock while it runs.
    void set_quick(bool quick = true) const {
        detail::invoke(metaffi_callable_set_quick, get(), quick);
    }
    std::size_t param_count() const noexcept { return metaffi_callable_param_count(get()); }
    std::size_t return_count() const noexcept { return metaffi_callable_return_count(get()); }
    /// How many of its parameters have no default.
    std::size_t required_count() const {
        std::size_t least = 0;
        detail::invoke(metaffi_callable_required, get(), &least, nullptr);
        return least;
    }
    /// Whether its own language gives it arguments by name.
    bool takes_names() const {
        bool takes = false;
        detail::invoke(metaffi_callable_required, get(), nullptr, &takes);
        return takes;
    }
    /// A parameter's type; the alias is borrowed from the callable.
    metaffi_type_info param(std::size_t index) const {
        metaffi_type_info info{};
        const char **no_name = nullptr;
        detail::invoke(metaffi_callable_param, get(), index, &info, no_name);
        return info;
    }
    /// A return's type; the alias is borrowed from the callable.
    metaffi_type_info result(std::size_t index) const {
        metaffi_type_info info{};
        detail::invoke(metaffi_callable_return, get(), index, &info);
        return info;
    }

    /// Calls it by values: checked, and converted where nothing is lost.
    template <class... A>
    std::vector<value> operator()(const A &...arguments) const {
        return detail::call_values(metaffi_callable_call, get(), return_count(),
                                   detail::lent_value<detail::deduced<const A &>>(arguments)...);
    }
    /// Calls it with arguments of which the last have these names: what it gives, a tuple of
    /// several.
    value call(const std::vector<value> &arguments,
               const std::vector<metaffi::name> &named = {}) const {
        value returned;
        detail::invoke(metaffi_callable_call_named, get(),
                       reinterpret_cast<const metaffi_value *>(arguments.data()), arguments.size(),
                       reinterpret_cast<const metaffi_name *const *>(named.data()), named.size(),
                       returned.out());
        return returned;
    }
    /// As a C++ function; its signature is checked once, here.
    template <class Signature>
    function<Signature, callable> as() const;

    /// The function object of type `F` that it was made of by `of_values`, or by what is given to a
    /// constructor; NULL if it was made of another.
    template <class F>
    F *target() const noexcept;

    /// Its C function pointer, valid until the callable is freed.
    metaffi_function native() const {
        metaffi_function function = nullptr;
        detail::invoke(metaffi_callable_native, get(), &function);
        return function;
    }
    /// Its C function pointer as its own type.
    template <class Signature>
    Signature *native_as() const {
        return reinterpret_cast<Signature *>(native());
    }
    /// `handler(const metaffi::error &)` is told of failures that have no caller to go to: those
    /// of calls through the native pointer. It must outlive every such call, and not throw.
    template <class Handler>
    void set_error_handler(Handler &handler) const {
        auto enter = [](void *userdata, const metaffi_error *failure) noexcept {
            (*static_cast<Handler *>(userdata))(
                error(metaffi_error_status(failure), metaffi_error_clone(failure)));
        };
        detail::invoke(metaffi_callable_set_error_handler, get(),
                       static_cast<metaffi_error_handler>(enter), static_cast<void *>(&handler));
    }
};

/// A callable that runs `function`, converted to `Signature`; deletes it when nothing uses it.
template <class Signature, class F>
callable make_callable(F &&function) {
    using owned = std::decay_t<F>;
    using callback = detail::callback<Signature, owned>;
    auto userdata = std::make_unique<owned>(std::forward<F>(function));
    metaffi_callable *made = nullptr;
    detail::invoke(metaffi_callable_new, static_cast<metaffi_callback>(callback::enter),
                   signature<Signature>::param_infos.data(), signature<Signature>::params::count,
                   signature<Signature>::return_infos.data(), signature<Signature>::returns::count,
                   static_cast<void *>(userdata.get()),
                   static_cast<metaffi_finalizer>(callback::finalize), &made);
    userdata.release();
    return callable(made);
}

template <class F>
callable callable::of_values(F &&function, std::initializer_list<const char *> names,
                             std::size_t required) {
    using owned = std::decay_t<F>;
    static_assert(std::is_invocable_v<owned &, arguments>,
                  "such a function takes metaffi::arguments");
    auto userdata = std::make_unique<owned>(std::forward<F>(function));
    auto finalize = [](void *finalized) noexcept { delete static_cast<owned *>(finalized); };
    metaffi_callable *made = nullptr;
    detail::invoke(metaffi_callable_new_values,
                   static_cast<metaffi_values_callback>(detail::enter_values<owned>), names.begin(),
                   names.size(), required, static_cast<void *>(userdata.get()),
                   static_cast<metaffi_finalizer>(finalize), &made);
    userdata.release();
    return callable(made);
}

template <class F, class Signature>
callable::callable(F &&function) {
    if constexpr (detail::takes_any<Signature>)
        *this = of_values(std::forward<F>(function));
    else
        *this = make_callable<Signature>(std::forward<F>(function));
}

template <class F>
F *callable::target() const noexcept {
    metaffi_function code = nullptr;
    using signature = detail::signature_of<F>;
    if constexpr (detail::takes_any<signature>)
        code = reinterpret_cast<metaffi_function>(detail::enter_values<F>);
    else
        code = reinterpret_cast<metaffi_function>(detail::callback<signature, F>::enter);
    return static_cast<F *>(metaffi_callable_userdata(get(), code));
}

template <class R, class... A>
callable::callable(R (*function)(A...)) {
    using types = signature<R(A...)>;
    if constexpr (types::is_native) {
        metaffi_callable *made = nullptr;
        detail::invoke(metaffi_callable_from_pointer, reinterpret_cast<metaffi_function>(function),
                       types::param_infos.data(), std::size_t(types::params::count),
                       types::return_infos.data(), std::size_t(types::returns::count),
                       static_cast<void *>(nullptr), metaffi_finalizer(nullptr), &made);
        reset(made);
    } else {
        *this = make_callable<R(A...)>(function);
    }
}

template <>
struct type<callable> : detail::handle_slot<callable, metaffi_callable_type> {};

} // namespace metaffi

#endif
