/// \file
/// Runtimes and scopes.
#ifndef METAFFI_RUNTIME_HPP
#define METAFFI_RUNTIME_HPP

#include "module.hpp"

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>

namespace metaffi {

/// A language's running system in this process.
class runtime : public handle<metaffi_runtime, metaffi_runtime_free> {
  public:
    using handle::handle;

    /// Loads it by name: `metaffi::runtime c("c")`. An unknown option is an error.
    explicit runtime(const std::string &name,
                     std::initializer_list<std::pair<std::string, std::string>> options = {})
        : handle(load(name, options)) {}

    /// Another reference to the same runtime.
    runtime clone() const {
        return runtime(detail::make<metaffi_runtime>(metaffi_runtime_clone, get()));
    }
    std::string_view name() const { return metaffi_runtime_name(get()); }

    /// Where it may be entered: one of the `METAFFI_AFFINITY_…` numbers.
    metaffi_affinity affinity() const {
        metaffi_affinity affinity = METAFFI_AFFINITY_ANY;
        detail::invoke(metaffi_runtime_affinity, get(), &affinity);
        return affinity;
    }
    /// Interrupts what it runs on the thread of a `metaffi_thread_id`; 0: on every other thread.
    void interrupt(std::uint64_t thread = 0) const {
        detail::invoke(metaffi_runtime_interrupt, get(), thread);
    }

    /// Runs at most so many jobs that wait for it, on the thread of the loop that does; how many
    /// that were.
    std::size_t run_jobs(std::size_t most = SIZE_MAX) const {
        std::size_t ran = 0;
        detail::invoke(metaffi_runtime_run_jobs, get(), most, &ran);
        return ran;
    }
    /// Says what wakes that loop, on any thread: it returns at once, throws nothing, and uses
    /// nothing of metaffi. An empty function: nothing.
    void set_waker(std::function<void()> wake) const {
        if (!wake)
            return detail::invoke(metaffi_runtime_set_waker, get(), nullptr, nullptr, nullptr);
        auto held = std::make_unique<std::function<void()>>(std::move(wake));
        auto call = [](void *userdata) { (*static_cast<std::function<void()> *>(userdata))(); };
        auto end = [](void *userdata) { delete static_cast<std::function<void()> *>(userdata); };
        detail::invoke(metaffi_runtime_set_waker, get(), call, held.get(), end);
        held.release();
    }

    /// Loads a module; `;` separates parts. For runtime c, "" is this process.
    module load_module(const std::string &path) const {
        return module(detail::make<metaffi_module>(metaffi_module_load, get(), path.c_str()),
                      name() == "c");
    }
    /// Loads a module with options of its own, such as {"include_dirs", "/opt/include"} of runtime
    /// c. An unknown one is an error.
    module load_module(const std::string &path,
                       std::initializer_list<std::pair<std::string, std::string>> options) const {
        auto list = listed(options);
        return module(detail::make<metaffi_module>(metaffi_module_load_with, get(), path.c_str(),
                                                   static_cast<const metaffi_option *>(list.data()),
                                                   list.size()),
                      name() == "c");
    }

  private:
    static std::vector<metaffi_option>
    listed(std::initializer_list<std::pair<std::string, std::string>> options) {
        std::vector<metaffi_option> list;
        for (const auto &[key, value] : options)
            list.push_back({key.c_str(), value.c_str()});
        return list;
    }
    static metaffi_runtime *
    load(const std::string &name,
         std::initializer_list<std::pair<std::string, std::string>> options) {
        auto list = listed(options);
        return detail::make<metaffi_runtime>(metaffi_runtime_load, name.c_str(),
                                             static_cast<const metaffi_option *>(list.data()),
                                             list.size());
    }
};

/// The calling thread, for `runtime::interrupt`.
inline std::uint64_t thread_id() noexcept {
    return metaffi_thread_id();
}

/// The names of the runtimes that are built in.
inline std::vector<std::string> runtime_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < metaffi_runtime_count(); i++)
        names.emplace_back(metaffi_runtime_name_at(i));
    return names;
}

/// What each runtime finds on this machine, as JSON; starts nothing.
inline std::string doctor() {
    return detail::owned_text(detail::make<char>(metaffi_doctor));
}

/// A runtime entered for a batch of calls, on this thread, until the end of the block.
class scope {
  public:
    explicit scope(const runtime &entered)
        : scope_(detail::make<metaffi_scope>(metaffi_scope_enter, entered.get())) {}
    scope(scope &&other) noexcept : scope_(std::exchange(other.scope_, nullptr)) {}
    scope(const scope &) = delete;
    scope &operator=(const scope &) = delete;
    scope &operator=(scope &&) = delete;
    ~scope() {
        if (scope_ != nullptr)
            metaffi_scope_leave(scope_, nullptr);
    }

    /// Leaves it now; throws where the destructor could not.
    void leave() { detail::invoke(metaffi_scope_leave, std::exchange(scope_, nullptr)); }
    /// Has what it runs interrupted after a time, which fails with `METAFFI_STATUS_TIMED_OUT`.
    template <class Rep, class Period>
    void deadline(std::chrono::duration<Rep, Period> time) const {
        auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
        detail::invoke(metaffi_scope_deadline, scope_,
                       left > 0 ? static_cast<std::uint64_t>(left) : 0);
    }
    /// Takes the deadline back.
    void no_deadline() const { detail::invoke(metaffi_scope_deadline, scope_, UINT64_MAX); }
    metaffi_scope *get() const noexcept { return scope_; }

  private:
    metaffi_scope *scope_;
};

} // namespace metaffi

#endif
