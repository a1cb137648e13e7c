/// \file
/// Errors: what a failed call throws, and how an exception becomes an error.
#ifndef METAFFI_ERROR_HPP
#define METAFFI_ERROR_HPP

#include "../metaffi.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>
#define METAFFI_HAS_CXXABI 1
#endif

namespace metaffi {

class object;

/// One frame of a foreign stack.
struct stack_frame {
    std::string function; ///< as its language prints it
    std::string file;     ///< "" where unknown
    std::uint32_t line;   ///< from 1; 0 where unknown
    std::string text;     ///< of that line; "" where unknown
};

struct error_details;

/// What a failed call throws. Copies share the C error, so that copying cannot fail.
class error : public std::runtime_error {
  public:
    /// Takes ownership of `handle`; `status` and the status's name stand in where it is NULL.
    error(metaffi_status status, metaffi_error *handle)
        : std::runtime_error(handle != nullptr ? metaffi_error_message(handle)
                                               : metaffi_status_name(status)),
          status_(status), handle_(handle, metaffi_error_free) {}

    /// An error of one's own, to throw inside a callback; `foreign_type` names its kind.
    error(metaffi_status status, const std::string &foreign_type, const std::string &message)
        : error(status, make(status, foreign_type, message)) {}
    /// The same with all that is known of it.
    error(metaffi_status status, const std::string &foreign_type, const std::string &message,
          const error_details &details);

    /// One of the `METAFFI_STATUS_…` numbers.
    metaffi_status status() const noexcept { return status_; }

    /// The runtime it happened in, "" for metaffi itself.
    std::string_view runtime() const { return text(metaffi_error_runtime); }

    /// The foreign type's name: `ValueError`, `java.io.IOException`, `std::out_of_range`.
    std::string_view foreign_type() const { return text(metaffi_error_foreign_type); }

    /// The foreign stack as its runtime prints it.
    std::string_view trace() const { return text(metaffi_error_trace); }

    /// The foreign stack, innermost last.
    std::vector<stack_frame> frames() const {
        std::vector<stack_frame> frames;
        std::size_t count = handle_ ? metaffi_error_frame_count(handle_.get()) : 0;
        for (std::size_t i = 0; i < count; i++) {
            metaffi_stack_frame frame{};
            if (metaffi_error_frame(handle_.get(), i, &frame) == METAFFI_OK)
                frames.push_back({frame.name, frame.file, frame.line, frame.text});
        }
        return frames;
    }

    /// What caused it.
    std::optional<error> cause() const {
        metaffi_error *cause = handle_ ? metaffi_error_cause(handle_.get()) : nullptr;
        if (cause == nullptr)
            return std::nullopt;
        return error(metaffi_error_status(cause), cause);
    }

    /// What it gathers, as an ExceptionGroup of Python's does.
    std::vector<error> members() const {
        std::vector<error> members;
        const std::size_t count = handle_ ? metaffi_error_member_count(handle_.get()) : 0;
        for (std::size_t index = 0; index < count; index++) {
            if (metaffi_error *member = metaffi_error_member(handle_.get(), index))
                members.push_back(error(metaffi_error_status(member), member));
        }
        return members;
    }

    /// The foreign exception itself; an empty object where there is none.
    object original() const;

    /// The C error, borrowed; NULL where there was none.
    const metaffi_error *get() const noexcept { return handle_.get(); }

  private:
    static metaffi_error *make(metaffi_status status, const std::string &foreign_type,
                               const std::string &message) {
        metaffi_error *made = nullptr;
        metaffi_error_new(status, foreign_type.c_str(), message.c_str(), &made);
        return made;
    }

    std::string_view text(const char *(*query)(const metaffi_error *)) const {
        return handle_ ? std::string_view(query(handle_.get())) : std::string_view();
    }

    metaffi_status status_;
    std::shared_ptr<metaffi_error> handle_;
};

/// What is known of an error of one's own, beside its kind and its message.
struct error_details {
    const object *original = nullptr;  ///< the failure itself; the error has a reference of its own
    std::optional<error> cause{};      ///< what led to it
    std::string trace{};               ///< the stack, as its language prints it
    std::vector<stack_frame> frames{}; ///< the stack, innermost last
};

/// The failure of the latest call that this thread made through a native function pointer of an
/// entity and that failed; once.
inline std::optional<error> take_pending() {
    metaffi_error *pending = metaffi_error_take_pending();
    if (pending == nullptr)
        return std::nullopt;
    return error(metaffi_error_status(pending), pending);
}

/// Throws the failure that `status` and `failure` report; takes ownership of `failure`.
inline void check(metaffi_status status, metaffi_error *failure) {
    if (status != METAFFI_OK)
        throw error(status, failure);
}

namespace detail {

/// Calls a C function that takes a `metaffi_error **` last, and throws its failure.
template <class Function, class... Arguments>
void invoke(Function function, Arguments... arguments) {
    metaffi_error *failure = nullptr;
    metaffi_status status = function(arguments..., &failure);
    check(status, failure);
}

inline std::string demangled(const std::type_info &type) {
#ifdef METAFFI_HAS_CXXABI
    int status = 0;
    std::unique_ptr<char, void (*)(void *)> name(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
    if (name)
        return name.get();
#endif
    return type.name();
}

/// The name of the exception being handled, also of one that is no std::exception.
inline std::string current_exception_type() {
#ifdef METAFFI_HAS_CXXABI
    if (const std::type_info *type = abi::__cxa_current_exception_type())
        return demangled(*type);
#endif
    return "unknown exception";
}

/// `what()` of an exception and of those nested in it, outermost first.
inline std::string message_of(const std::exception &exception) {
    std::string message = exception.what();
    try {
        std::rethrow_if_nested(exception);
    } catch (const std::exception &nested) {
        message += ": " + message_of(nested);
    } catch (...) {
        message += ": " + current_exception_type();
    }
    return message;
}

inline metaffi_status report(metaffi_status status, const char *type, const char *message,
                             metaffi_error **failure) {
    if (failure != nullptr)
        metaffi_error_new(status, type, message, failure);
    return status;
}

/// Describes the exception being handled; an `error` comes through as it is.
inline metaffi_status describe_current_exception(metaffi_error **failure) {
    try {
        throw;
    } catch (const error &thrown) {
        if (thrown.get() == nullptr)
            return report(thrown.status(), "", thrown.what(), failure);
        if (failure != nullptr)
            *failure = metaffi_error_clone(thrown.get());
        return thrown.status();
    } catch (const std::exception &thrown) {
        return report(METAFFI_STATUS_FOREIGN, demangled(typeid(thrown)).c_str(),
                      message_of(thrown).c_str(), failure);
    } catch (...) {
        return report(METAFFI_STATUS_FOREIGN, current_exception_type().c_str(),
                      "an exception that is no std::exception was thrown", failure);
    }
}

/// Turns the exception being handled into an error, whatever happens while doing so.
inline metaffi_status report_current_exception(metaffi_error **failure) noexcept {
    try {
        return describe_current_exception(failure);
    } catch (...) {
        return report(METAFFI_STATUS_OUT_OF_MEMORY, "std::bad_alloc",
                      "no memory to describe an exception", failure);
    }
}

/// Runs what C calls: METAFFI_OK, or the failure that it throws.
template <class F>
metaffi_status reported(metaffi_error **failure, F &&body) {
    try {
        body();
        return METAFFI_OK;
    }
#ifdef __GLIBCXX__
    // A cancelled thread unwinds as an exception that must not be stopped.
    catch (abi::__forced_unwind &) {
        throw;
    }
#endif
    catch (...) {
        return report_current_exception(failure);
    }
}

} // namespace detail
} // namespace metaffi

#endif
