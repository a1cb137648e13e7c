/// \file
/// Entities without a static signature: called by values.
#ifndef METAFFI_ENTITY_HPP
#define METAFFI_ENTITY_HPP

#include "callable.hpp"

namespace metaffi {

/// One thing in a module, bound to a signature: something that can be called.
class entity : public handle<metaffi_entity, metaffi_entity_free> {
  public:
    using handle::handle;

    /// Another reference to the same entity.
    entity clone() const {
        return entity(detail::make<metaffi_entity>(metaffi_entity_clone, get()));
    }
    /// The path it was loaded by.
    std::string_view path() const { return metaffi_entity_path(get()); }
    std::size_t param_count() const noexcept { return metaffi_entity_param_count(get()); }
    std::size_t return_count() const noexcept { return metaffi_entity_return_count(get()); }

    /// How many of its parameters have no default.
    std::size_t required_count() const {
        std::size_t least = 0;
        detail::invoke(metaffi_entity_required, get(), &least, nullptr);
        return least;
    }
    /// Whether its own language gives it arguments by name.
    bool takes_names() const {
        bool takes = false;
        detail::invoke(metaffi_entity_required, get(), nullptr, &takes);
        return takes;
    }
    /// A parameter's type; the alias is borrowed from the entity.
    metaffi_type_info param(std::size_t index) const {
        metaffi_type_info info{};
        const char **no_name = nullptr;
        detail::invoke(metaffi_entity_param, get(), index, &info, no_name);
        return info;
    }
    /// A return's type; the alias is borrowed from the entity.
    metaffi_type_info result(std::size_t index) const {
        metaffi_type_info info{};
        detail::invoke(metaffi_entity_return, get(), index, &info);
        return info;
    }

    /// Calls it by values: checked, and converted where nothing is lost.
    template <class... A>
    std::vector<value> operator()(const A &...arguments) const {
        return detail::call_values(metaffi_entity_call, get(), return_count(),
                                   detail::lent_value<detail::deduced<const A &>>(arguments)...);
    }

    /// Its C function pointer, valid until the entity is freed.
    metaffi_function native() const {
        metaffi_function function = nullptr;
        detail::invoke(metaffi_entity_native, get(), &function);
        return function;
    }
    /// As a function passed as a value.
    callable as_callable() const {
        return callable(detail::make<metaffi_callable>(metaffi_callable_from_entity, get()));
    }
};

} // namespace metaffi

#endif
