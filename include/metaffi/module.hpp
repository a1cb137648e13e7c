/// \file
/// Modules: what a runtime loads from a path.
#ifndef METAFFI_MODULE_HPP
#define METAFFI_MODULE_HPP

#include "function.hpp"

namespace metaffi {

/// What a runtime loads from a path: a shared library, a package, a script.
class module : public handle<metaffi_module, metaffi_module_free> {
  public:
    using handle::handle;
    /// `has_symbols`: its entities' native pointers are the functions themselves, as in runtime c.
    module(metaffi_module *owned, bool has_symbols) noexcept :handle(owned),
        has_symbols_(has_symbols) {}

    /// Another reference to the same module.
    module clone() const {
        return module(detail::make<metaffi_module>(metaffi_module_clone, get()), has_symbols_);
    }
    /// Adds declarations, as a header would hold them.
    void declare(std::string_view text) const {
        detail::invoke(metaffi_module_declare, get(), text.data(), text.size());
    }
    /// Every entity with its path and types, as JSON.
    std::string describe() const {
        return detail::owned_text(detail::make<char>(metaffi_module_describe, get()));
    }

    /// An entity with the signature that the module declares.
    entity load(const std::string &path) const {
        const metaffi_type_info *infer = nullptr;
        return entity(detail::make<metaffi_entity>(metaffi_entity_load, get(), path.c_str(), infer,
                                                   std::size_t(0), infer, std::size_t(0)));
    }

    /// An entity as a typed function.
    template <class Signature>
    function<Signature> load(const std::string &path) const {
        using types = signature<Signature>;
        entity loaded(detail::make<metaffi_entity>(
            metaffi_entity_load, get(), path.c_str(), types::param_infos.data(),
            std::size_t(types::params::count), types::return_infos.data(),
            std::size_t(types::returns::count)));
        auto symbol = direct<Signature>(loaded);
        return function<Signature>(std::move(loaded), symbol);
    }

  private:
    template <class Signature>
    typename function<Signature>::native_type direct(const entity &loaded) const {
        metaffi_function symbol = nullptr;
        if (signature<Signature>::is_native && has_symbols_)
            metaffi_entity_native(loaded.get(), &symbol, nullptr);
        return reinterpret_cast<typename function<Signature>::native_type>(symbol);
    }

    bool has_symbols_ = false;
};

} // namespace metaffi

#endif
