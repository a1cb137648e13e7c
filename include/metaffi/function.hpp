/// \file
/// Typed functions: a call is compiled to a frame on the stack, or to the C function itself.
#ifndef METAFFI_FUNCTION_HPP
#define METAFFI_FUNCTION_HPP

#include "entity.hpp"

namespace metaffi {
namespace detail {

inline metaffi_status call_frame(const entity &target, metaffi_slot *frame,
                                 metaffi_error **failure) {
    return metaffi_entity_call_frame(target.get(), frame, failure);
}
inline metaffi_status call_frame(const callable &target, metaffi_slot *frame,
                                 metaffi_error **failure) {
    return metaffi_callable_call_frame(target.get(), frame, failure);
}

/// Refuses a callable whose types are not those of the C++ signature.
template <class Infos, class Query>
void expect_types(const char *what, const Infos &infos, std::size_t count, std::size_t actual,
                  Query query) {
    constexpr metaffi_type packed = metaffi_packed_type;
    if (count != actual)
        throw error(METAFFI_STATUS_TYPE_MISMATCH, "",
                    "the callable has " + std::to_string(actual) + " " + what + "s, not " +
                        std::to_string(count));
    for (std::size_t i = 0; i < count; i++) {
        metaffi_type found = query(i).type;
        if ((found & ~packed) != infos[i].type)
            throw error(METAFFI_STATUS_TYPE_MISMATCH, "",
                        std::string(what) + " " + std::to_string(i) + " of the callable is " +
                            metaffi_type_name(found) + ", not " + metaffi_type_name(infos[i].type));
    }
}

template <class Signature>
void expect_signature(const callable &target) {
    using types = signature<Signature>;
    expect_types("parameter", types::param_infos, types::params::count, target.param_count(),
                 [&](std::size_t i) { return target.param(i); });
    expect_types("return", types::return_infos, types::returns::count, target.return_count(),
                 [&](std::size_t i) { return target.result(i); });
}

} // namespace detail

/// A function with a static signature: an entity's, or a callable's. Calls allocate nothing.
template <class R, class... A, class Target>
class function<R(A...), Target> {
  public:
    using signature_type = signature<R(A...)>;
    using native_type = R (*)(A...);

    function() noexcept = default;
    /// `direct` is what a call runs instead of the frame path, or NULL.
    explicit function(Target target, native_type direct = nullptr) noexcept
        : target_(std::move(target)), native_(direct) {}

    /// Calls it: the C function itself where it is one of plain scalars, else by frame.
    R operator()(typename detail::type_of<A>::argument... arguments) const {
        if constexpr (signature_type::is_native) {
            if (native_ != nullptr)
                return native_(arguments...);
        }
        return by_frame(arguments...);
    }

    /// Calls it through a frame on the stack.
    R by_frame(typename detail::type_of<A>::argument... arguments) const {
        return signature_type::by_frame(
            [this](metaffi_slot *frame, metaffi_error **failure) {
                return detail::call_frame(target_, frame, failure);
            },
            arguments...);
    }

    /// The C function pointer, valid as long as this; for signatures of scalars and addresses.
    /// Unless `is_direct()`, what fails in it is left for `take_pending`.
    native_type native() const {
        static_assert(signature_type::is_native,
                      "this signature's natural C types are not its C++ types: use target()");
        return reinterpret_cast<native_type>(target_.native());
    }
    /// Whether a call runs the C function itself.
    bool is_direct() const noexcept { return native_ != nullptr; }
    /// The entity or callable that is called.
    const Target &target() const noexcept { return target_; }

  private:
    Target target_;
    native_type native_ = nullptr;
};

template <class Signature>
function<Signature, callable> callable::as() const {
    detail::expect_signature<Signature>(*this);
    return function<Signature, callable>(clone());
}

} // namespace metaffi

#endif
