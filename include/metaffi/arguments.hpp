/// \file
/// What a C++ function that takes any values is called with.
#ifndef METAFFI_ARGUMENTS_HPP
#define METAFFI_ARGUMENTS_HPP

#include "value.hpp"

namespace metaffi {

/// The arguments of a call, by position and by name; borrowed for the call.
class arguments {
  public:
    arguments(const metaffi_value *values, std::size_t count, const metaffi_name *const *names,
              std::size_t named) noexcept
        : values_(values), positional_(count - named), names_(names), named_(named) {}

    /// How many are given by position.
    std::size_t size() const noexcept { return positional_; }
    /// How many are given by name.
    std::size_t named_count() const noexcept { return named_; }
    /// One that is given by name: its name.
    std::string_view name_of(std::size_t index) const noexcept {
        std::size_t length = 0;
        const char *text = metaffi_name_text(names_[index], &length);
        return {text, length};
    }
    /// The same: the value itself.
    value named(std::size_t index) const { return read<value>(values_[positional_ + index], ""); }

    /// One by position, as a `T`, or a `value`; one that is not given is an error.
    template <class T = value>
    T get(std::size_t position) const {
        if (position >= positional_)
            throw absent("argument " + std::to_string(position));
        return read<T>(values_[position], "argument " + std::to_string(position) + ": ");
    }
    /// One by name.
    template <class T = value>
    T get(std::string_view name) const {
        return get<T>(nowhere, name);
    }
    /// One that may be given either way.
    template <class T = value>
    T get(std::size_t position, std::string_view name) const {
        const metaffi_value *found = find(position, name);
        if (found == nullptr)
            throw absent("argument " + std::string(name));
        return read<T>(*found, "argument " + std::string(name) + ": ");
    }
    /// The same of one that may be left out.
    template <class T>
    T get(std::size_t position, std::string_view name, T otherwise) const {
        return find(position, name) == nullptr ? std::move(otherwise) : get<T>(position, name);
    }
    template <class T>
    T get(std::string_view name, T otherwise) const {
        return get<T>(nowhere, name, std::move(otherwise));
    }
    /// Whether it is given by name.
    bool has(std::string_view name) const noexcept { return find(nowhere, name) != nullptr; }

  private:
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    const metaffi_value *find(std::size_t position, std::string_view name) const noexcept {
        if (position < positional_)
            return &values_[position];
        for (std::size_t i = 0; i < named_; i++)
            if (name_of(i) == name)
                return &values_[positional_ + i];
        return nullptr;
    }
    template <class T>
    static T read(const metaffi_value &from, const std::string &which) {
        type<value>::parameter lent(from);
        try {
            if constexpr (std::is_same_v<T, value>)
                return lent.clone();
            else
                return lent.borrowed.template as<T>();
        } catch (const error &failed) {
            throw error(failed.status(), "", which + failed.what());
        }
    }
    static error absent(const std::string &which) {
        return error(METAFFI_STATUS_INVALID_ARGUMENT, "", which + " is not given");
    }

    const metaffi_value *values_;
    std::size_t positional_;
    const metaffi_name *const *names_;
    std::size_t named_;
};

} // namespace metaffi

#endif
