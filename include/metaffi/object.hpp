/// \file
/// References to things that live in a runtime.
#ifndef METAFFI_OBJECT_HPP
#define METAFFI_OBJECT_HPP

#include "handle.hpp"

namespace metaffi {

class value;

/// The name of an attribute or an argument, made once for many uses; never freed.
class name {
  public:
    explicit name(const char *text) { detail::invoke(metaffi_name_intern, text, &name_); }
    explicit name(const std::string &text) : name(text.c_str()) {}
    const metaffi_name *get() const noexcept { return name_; }

  private:
    const metaffi_name *name_ = nullptr;
};

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

    /// What it can do: `METAFFI_CAN_…` and `METAFFI_IS_…` bits.
    metaffi_capabilities capabilities() const {
        metaffi_capabilities capabilities = 0;
        detail::invoke(metaffi_object_capabilities, get(), &capabilities);
        return capabilities;
    }
    bool can(metaffi_capabilities wanted) const { return (capabilities() & wanted) == wanted; }

    /// An attribute.
    value attr(const name &of) const;
    value attr(std::string_view of) const;
    /// Makes an attribute another.
    void attr(const name &of, const value &written) const;
    void attr(std::string_view of, const value &written) const;
    void delete_attr(const name &of) const {
        detail::invoke(metaffi_object_set, get(), of.get(), nullptr);
    }
    void delete_attr(std::string_view of) const {
        detail::invoke(metaffi_object_set_attribute, get(), of.data(), of.size(), nullptr);
    }

    /// An asynchronous iterator over it; what is awaited for the next value of one, after the last
    /// one failing with `METAFFI_STATUS_ENDED`; what is awaited for the end of one. To be awaited by
    /// `metaffi::task`, in task.hpp.
    object iterate_async() const;
    object next_async() const;
    object close_async() const;
    /// What is awaited to enter it as an asynchronous context, and to leave it with what its body
    /// failed with: true if that is dealt with.
    object enter_async() const;
    object exit_async(const error *failure = nullptr) const;
};

inline object error::original() const {
    return object(handle_ ? metaffi_error_original(handle_.get()) : nullptr);
}

} // namespace metaffi

#endif
