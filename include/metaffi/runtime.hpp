/// \file
/// Runtimes and scopes.
#ifndef METAFFI_RUNTIME_HPP
#define METAFFI_RUNTIME_HPP

#include "module.hpp"

#include <initializer_list>

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
    metaffi_scope *get() const noexcept { return scope_; }

  private:
    metaffi_scope *scope_;
};

} // namespace metaffi

#endif
