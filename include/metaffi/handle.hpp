/// \file
/// One owner for every kind of C handle.
#ifndef METAFFI_HANDLE_HPP
#define METAFFI_HANDLE_HPP

#include "error.hpp"

namespace metaffi {

/// Owns one reference to a C handle, or nothing. Move-only.
template <class C, metaffi_status (*Free)(C *)>
class handle {
  public:
    handle() noexcept = default;
    /// Takes ownership.
    explicit handle(C *owned) noexcept : handle_(owned) {}
    handle(handle &&other) noexcept : handle_(other.release()) {}
    handle &operator=(handle &&other) noexcept {
        reset(other.release());
        return *this;
    }
    handle(const handle &) = delete;
    handle &operator=(const handle &) = delete;
    ~handle() { reset(); }

    /// The C handle, borrowed.
    C *get() const noexcept { return handle_; }
    /// The C handle, which the caller owns from now on.
    C *release() noexcept { return std::exchange(handle_, nullptr); }
    /// Frees what is owned and takes ownership of `owned`.
    void reset(C *owned = nullptr) noexcept {
        if (C *old = std::exchange(handle_, owned))
            Free(old);
    }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

  private:
    C *handle_ = nullptr;
};

namespace detail {

/// Calls a C function whose last output is a new handle; returns the handle, owned.
template <class C, class Function, class... Arguments>
C *make(Function function, Arguments... arguments) {
    C *made = nullptr;
    invoke(function, arguments..., &made);
    return made;
}

/// Calls a C function whose last output is plain data; returns that.
template <class T, class Function, class... Arguments>
T made(Function function, Arguments... arguments) {
    T made{};
    invoke(function, arguments..., &made);
    return made;
}

/// Copies text that the C API allocated, and frees it.
inline std::string owned_text(char *text) {
    std::unique_ptr<char, void (*)(void *)> owner(text, metaffi_free);
    return text != nullptr ? text : "";
}

} // namespace detail
} // namespace metaffi

#endif
