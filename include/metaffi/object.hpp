/// \file
/// References to things that live in a runtime.
#ifndef METAFFI_OBJECT_HPP
#define METAFFI_OBJECT_HPP

#include "handle.hpp"

namespace metaffi {

/// A reference to something that lives in a runtime and is not copied. Empty: a null reference.
class object : public handle<metaffi_object, metaffi_object_free> {
  public:
    using handle::handle;

    /// Another reference to the same thing.
    object clone() const {
        return object(detail::make<metaffi_object>(metaffi_object_clone, get()));
    }
    /// The name of the runtime it lives in.
    std::string_view runtime() const { return metaffi_object_runtime(get()); }
    /// The name of its type in that runtime.
    std::string type_name() const {
        return detail::owned_text(detail::make<char>(metaffi_object_type_name, get()));
    }
    /// Equal for two references if and only if they are to the same thing.
    std::uint64_t identity() const {
        std::uint64_t identity = 0;
        detail::invoke(metaffi_object_identity, get(), &identity);
        return identity;
    }
};

inline object error::original() const {
    return object(handle_ ? metaffi_error_original(handle_.get()) : nullptr);
}

} // namespace metaffi

#endif
