/// \file
/// What is awaited, until it is done.
#ifndef METAFFI_TASK_HPP
#define METAFFI_TASK_HPP

#include "object.hpp"
#include "runtime.hpp"
#include "value.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace metaffi {

/// Something that is awaited. Its end is no end of what is awaited, which goes on.
class task : public handle<metaffi_task, metaffi_task_free> {
  public:
    using handle::handle;

    /// Awaits an object of whatever runtime.
    explicit task(const object &awaited) : handle(begin(awaited, nullptr, nullptr, nullptr)) {}
    /// The same; `on_done` is called once, on any thread, with the value, or with NULL and the
    /// error. What it throws is reported.
    task(const object &awaited, std::function<void(const value *, const error *)> on_done)
        : handle(listened(awaited, std::move(on_done))) {}

    /// Has `on_done` called once, as above, by the jobs of a runtime: see `runtime::run_jobs`.
    void then(const runtime &where,
              std::function<void(const value *, const error *)> on_done) const {
        auto held = std::make_unique<listener>(std::move(on_done));
        detail::invoke(metaffi_task_then, get(), where.get(), tell, held.get(), end);
        held.release();
    }

    /// Another reference to the same task.
    task clone() const { return task(detail::make<metaffi_task>(metaffi_task_clone, get())); }
    /// Cancels what is awaited, some time.
    void cancel() const { detail::invoke(metaffi_task_cancel, get()); }
    /// Waits for what comes of it, for ever: a failure is thrown.
    value wait() const {
        value result;
        detail::invoke(metaffi_task_wait, get(), UINT64_MAX, result.out());
        return result;
    }
    /// The same as long as a time; nothing if it is not done by then.
    template <class Rep, class Period>
    std::optional<value> wait_for(std::chrono::duration<Rep, Period> time) const {
        using std::chrono::nanoseconds;
        auto left = std::chrono::duration_cast<nanoseconds>(time).count();
        value result;
        metaffi_error *failure = nullptr;
        metaffi_status status = metaffi_task_wait(
            get(), left > 0 ? static_cast<std::uint64_t>(left) : 0, result.out(), &failure);
        if (status == METAFFI_STATUS_TIMED_OUT) {
            metaffi_error_free(failure);
            return std::nullopt;
        }
        check(status, failure);
        return result;
    }

  private:
    using listener = std::function<void(const value *, const error *)>;

    static metaffi_task *begin(const object &awaited, metaffi_completion on_done, void *userdata,
                               metaffi_finalizer finalizer) {
        return detail::make<metaffi_task>(metaffi_object_await, awaited.get(), on_done, userdata,
                                          finalizer);
    }
    static void tell(void *userdata, metaffi_status status, const metaffi_value *given,
                     const metaffi_error *failure) {
        auto &listening = *static_cast<listener *>(userdata);
        if (status == METAFFI_OK) {
            value copied;
            detail::invoke(metaffi_value_copy, given, copied.out());
            return listening(&copied, nullptr);
        }
        error failed(status, metaffi_error_clone(failure));
        listening(nullptr, &failed);
    }
    static void end(void *userdata) { delete static_cast<listener *>(userdata); }
    static metaffi_task *listened(const object &awaited, listener on_done) {
        auto held = std::make_unique<listener>(std::move(on_done));
        metaffi_task *begun = begin(awaited, tell, held.get(), end);
        held.release();
        return begun;
    }
};

/// A promise: an object that every guest can await, until it is settled.
class promise : public object {
  public:
    promise() : object(detail::make<metaffi_object>(metaffi_promise_new)) {}

    /// Gives what is awaited, once.
    void resolve(const value &result) const {
        detail::invoke(metaffi_promise_settle, get(), result.get(), nullptr);
    }
    /// Fails, once.
    void reject(const error &failure) const {
        detail::invoke(metaffi_promise_settle, get(), nullptr, failure.get());
    }
};

/// An asynchronous iterator over an object.
inline object object::iterate_async() const {
    return object(detail::make<metaffi_object>(metaffi_object_iterate_async, get()));
}
inline object object::next_async() const {
    return object(detail::make<metaffi_object>(metaffi_object_next_async, get()));
}
inline object object::close_async() const {
    return object(detail::make<metaffi_object>(metaffi_object_close_async, get()));
}
inline object object::enter_async() const {
    return object(detail::make<metaffi_object>(metaffi_object_enter_async, get()));
}
inline object object::exit_async(const error *failure) const {
    return object(detail::make<metaffi_object>(metaffi_object_exit_async, get(),
                                               failure != nullptr ? failure->get() : nullptr));
}

} // namespace metaffi

#endif
