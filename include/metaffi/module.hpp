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

    /// Runs source text of its language: in its own namespace, or in `globals`, of new_namespace,
    /// with `locals` that it finds first; `file` is what traces call it. The value of its last
    /// expression.
    value run(std::string_view text, const object &globals = object(),
              std::initializer_list<std::pair<const char *, const value &>> locals = {},
              const char *file = nullptr) const {
        std::vector<const char *> names;
        std::vector<metaffi_value> values;
        for (const auto &local : locals) {
            names.push_back(local.first);
            values.push_back(*local.second.get());
        }
        metaffi_run_options options{sizeof(metaffi_run_options),
                                    globals.get(),
                                    file,
                                    names.data(),
                                    values.data(),
                                    names.size()};
        value last;
        detail::invoke(metaffi_module_run, get(), text.data(), text.size(), &options, last.out());
        return last;
    }
    /// A namespace for source text, with nothing in it.
    object new_namespace() const {
        return object(detail::make<metaffi_object>(metaffi_module_new_namespace, get()));
    }
    /// The module itself as an object.
    object as_object() const {
        return object(detail::make<metaffi_object>(metaffi_module_object, get()));
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
        auto symbol = direct<Signature>(loaded, path);
        return function<Signature>(std::move(loaded), symbol);
    }

  private:
    /// The C function itself, if it has exactly these types. Loaded as declared, an entity of
    /// runtime c has the C function as its native pointer; loaded with other types, one that
    /// converts and that reports failures elsewhere.
    template <class Signature>
    typename function<Signature>::native_type direct(const entity &loaded,
                                                     const std::string &path) const {
        metaffi_function own = nullptr, declared = nullptr;
        if (!signature<Signature>::is_native || !has_symbols_ ||
            metaffi_entity_native(loaded.get(), &own, nullptr) != METAFFI_OK)
            return nullptr;
        metaffi_entity *as_declared = nullptr;
        metaffi_status status =
            metaffi_entity_load(get(), path.c_str(), nullptr, 0, nullptr, 0, &as_declared, nullptr);
        // What nothing declares has the types it was loaded with.
        if (status == METAFFI_OK)
            metaffi_entity_native(as_declared, &declared, nullptr);
        metaffi_entity_free(as_declared);
        if (status == METAFFI_OK && declared != own)
            return nullptr;
        return reinterpret_cast<typename function<Signature>::native_type>(own);
    }

    bool has_symbols_ = false;
};

template <class R, class... A>
callable callable::from_declaration(const module &knows, const std::string &declaration,
                                    R (*function)(A...), std::shared_ptr<void> owner) {
    auto userdata = detail::kept(std::move(owner));
    callable made(detail::make<metaffi_callable>(
        metaffi_callable_from_declaration, knows.get(), declaration.c_str(),
        reinterpret_cast<metaffi_function>(function), static_cast<void *>(userdata.get()),
        userdata ? metaffi_finalizer(detail::let_go) : nullptr));
    userdata.release();
    return made;
}

} // namespace metaffi

#endif
