/// \file
/// C types of runtime c: parsed, built, asked what they are, and called.
#ifndef METAFFI_CTYPE_HPP
#define METAFFI_CTYPE_HPP

#include "module.hpp"

#include <functional>

namespace metaffi {

struct ctype_position;
struct ctype_field;
struct ctype_member;
struct ctype_signature;
struct ctype_elements;

class ctype;
/// Types that are borrowed for a call: `{number, real}`.
using ctype_list = std::vector<std::reference_wrapper<const ctype>>;

/// A C type; keeps the types of its module alive.
class ctype : public handle<metaffi_ctype, metaffi_ctype_free> {
  public:
    using handle::handle;

    /// A type as C spells it: "int", "struct point *", "int (*)(const char *)".
    ctype(const module &declared_in, const std::string &text)
        : ctype(detail::make<metaffi_ctype>(metaffi_ctype_parse, declared_in.get(), text.c_str())) {
    }

    /// One of the `METAFFI_PRIMITIVE_…` numbers as a type, which belongs to no module.
    static ctype primitive(std::uint32_t number) {
        return ctype(detail::make<metaffi_ctype>(metaffi_ctype_primitive, number));
    }
    static ctype function(const ctype &returns, const ctype_list &params, bool variadic = false,
                          std::uint32_t convention = METAFFI_CONVENTION_DEFAULT);
    /// A struct; without a tag a new one each time. `pack` and `align` in bytes, 0: the natural
    /// ones.
    static ctype struct_of(const module &declared_in, const std::string &tag,
                           const std::vector<ctype_member> &members, std::uint32_t pack = 0,
                           std::uint32_t align = 0);
    static ctype union_of(const module &declared_in, const std::string &tag,
                          const std::vector<ctype_member> &members, std::uint32_t pack = 0,
                          std::uint32_t align = 0);
    /// A struct that is defined later, so that its members may point to it.
    static ctype struct_declared(const module &declared_in, const std::string &tag) {
        return record(metaffi_ctype_struct, declared_in, tag, nullptr, METAFFI_UNSPECIFIED, 0, 0);
    }
    static ctype union_declared(const module &declared_in, const std::string &tag) {
        return record(metaffi_ctype_union, declared_in, tag, nullptr, METAFFI_UNSPECIFIED, 0, 0);
    }

    ctype clone() const { return ctype(detail::make<metaffi_ctype>(metaffi_ctype_clone, get())); }
    ctype pointer() const {
        return ctype(detail::make<metaffi_ctype>(metaffi_ctype_pointer, get()));
    }
    ctype array(std::size_t length) const {
        return ctype(detail::make<metaffi_ctype>(metaffi_ctype_array, get(), length));
    }

    /// One of the `METAFFI_CTYPE_KIND_…` numbers.
    std::uint32_t kind() const noexcept { return metaffi_ctype_kind(get()); }
    /// One of the `METAFFI_PRIMITIVE_…` numbers.
    std::uint32_t primitive_number() const noexcept {
        return metaffi_ctype_primitive_number(get());
    }
    std::string name() const {
        return detail::owned_text(detail::make<char>(metaffi_ctype_name, get()));
    }
    std::size_t size() const { return number(metaffi_ctype_size); }
    std::size_t align() const { return number(metaffi_ctype_align); }

    /// Where "a.b[2]" lies, and its type.
    ctype_position at(const std::string &path) const;
    /// The members in the order of their declaration.
    std::vector<ctype_field> fields() const;
    /// What an array or a vector consists of, or a pointer points to.
    ctype_elements elements() const;
    /// What a function type, or the one that this points to, consists of.
    ctype_signature signature() const;

    /// Refuses what `call` could not call, with these types of arguments behind `...`.
    void prepare(const ctype_list &variadic = {}) const;
    /// Calls a function of this type with the addresses of its arguments, and of its result, as C
    /// has them in memory.
    void call(metaffi_function function, void *returned, const std::vector<void *> &arguments,
              const ctype_list &variadic = {}) const;

  private:
    using make_record = metaffi_status(const metaffi_module *, const char *,
                                       const metaffi_ctype_field *, std::size_t, std::uint32_t,
                                       std::uint32_t, metaffi_ctype **, metaffi_error **);
    static ctype record(make_record *make, const module &declared_in, const std::string &tag,
                        const metaffi_ctype_field *fields, std::size_t count, std::uint32_t pack,
                        std::uint32_t align) {
        return ctype(detail::make<metaffi_ctype>(make, declared_in.get(),
                                                 tag.empty() ? nullptr : tag.c_str(), fields, count,
                                                 pack, align));
    }
    static ctype record(make_record *make, const module &declared_in, const std::string &tag,
                        const std::vector<ctype_member> &members, std::uint32_t pack,
                        std::uint32_t align);

    std::size_t number(metaffi_status (*query)(const metaffi_ctype *, std::size_t *,
                                               metaffi_error **)) const {
        std::size_t number = 0;
        detail::invoke(query, get(), &number);
        return number;
    }
};

/// Where a member lies.
struct ctype_position {
    std::size_t offset; ///< in bytes
    ctype type;
};

/// A member of a struct or union.
struct ctype_field {
    std::string name;
    std::size_t offset;      ///< in bytes
    std::int32_t bit_offset; ///< -1: not a bit-field
    std::int32_t bits;       ///< 0: not a bit-field
    ctype type;
};

/// A member of a struct or union to be.
struct ctype_member {
    std::string name; ///< "": none
    std::reference_wrapper<const ctype> type;
    std::int32_t bits = 0;   ///< 0: not a bit-field
    std::uint32_t align = 0; ///< in bytes; 0: the natural one
};

/// What an array or a pointer is of.
struct ctype_elements {
    ctype type;
    std::size_t length; ///< SIZE_MAX where the type does not say
};

/// What a function type consists of.
struct ctype_signature {
    ctype returns;
    std::vector<ctype> params;
    bool is_variadic;
    std::uint32_t convention; ///< one of the `METAFFI_CONVENTION_…` numbers
};

namespace detail {

/// The handles of types, borrowed.
inline std::vector<const metaffi_ctype *> handles(const ctype_list &types) {
    std::vector<const metaffi_ctype *> handles;
    for (const ctype &type : types)
        handles.push_back(type.get());
    return handles;
}

} // namespace detail

inline ctype ctype::function(const ctype &returns, const ctype_list &params, bool variadic,
                             std::uint32_t convention) {
    const auto list = detail::handles(params);
    return ctype(detail::make<metaffi_ctype>(metaffi_ctype_function, returns.get(), list.data(),
                                             list.size(), variadic, convention));
}

inline ctype ctype::record(make_record *make, const module &declared_in, const std::string &tag,
                           const std::vector<ctype_member> &members, std::uint32_t pack,
                           std::uint32_t align) {
    std::vector<metaffi_ctype_field> fields;
    for (const ctype_member &member : members)
        fields.push_back({member.name.empty() ? nullptr : member.name.c_str(),
                          member.type.get().get(), member.bits, member.align});
    // A vector without members has no address, which would declare the struct alone.
    const metaffi_ctype_field none{};
    return record(make, declared_in, tag, fields.empty() ? &none : fields.data(), fields.size(),
                  pack, align);
}
inline ctype ctype::struct_of(const module &declared_in, const std::string &tag,
                              const std::vector<ctype_member> &members, std::uint32_t pack,
                              std::uint32_t align) {
    return record(metaffi_ctype_struct, declared_in, tag, members, pack, align);
}
inline ctype ctype::union_of(const module &declared_in, const std::string &tag,
                             const std::vector<ctype_member> &members, std::uint32_t pack,
                             std::uint32_t align) {
    return record(metaffi_ctype_union, declared_in, tag, members, pack, align);
}

inline ctype_elements ctype::elements() const {
    ctype_elements found{};
    metaffi_ctype *element = nullptr;
    detail::invoke(metaffi_ctype_element, get(), &element, &found.length);
    found.type.reset(element);
    return found;
}

inline ctype_signature ctype::signature() const {
    ctype_signature found{};
    metaffi_ctype *returns = nullptr;
    std::size_t count = 0;
    detail::invoke(metaffi_ctype_signature, get(), &returns, &count, &found.is_variadic,
                   &found.convention);
    found.returns.reset(returns);
    for (std::size_t i = 0; i < count; i++)
        found.params.emplace_back(detail::make<metaffi_ctype>(metaffi_ctype_param, get(), i));
    return found;
}

inline void ctype::prepare(const ctype_list &variadic) const {
    const auto types = detail::handles(variadic);
    detail::invoke(metaffi_ctype_prepare, get(), types.data(), types.size());
}

inline void ctype::call(metaffi_function function, void *returned,
                        const std::vector<void *> &arguments, const ctype_list &variadic) const {
    const auto types = detail::handles(variadic);
    detail::invoke(metaffi_ctype_call, get(), function, returned, arguments.data(),
                   arguments.size(), types.data(), types.size());
}

inline ctype_position ctype::at(const std::string &path) const {
    ctype_position found{};
    metaffi_ctype *found_type = nullptr;
    detail::invoke(metaffi_ctype_offset, get(), path.c_str(), &found.offset, &found_type);
    found.type.reset(found_type);
    return found;
}

inline std::vector<ctype_field> ctype::fields() const {
    std::vector<ctype_field> fields(metaffi_ctype_field_count(get()));
    for (std::size_t i = 0; i < fields.size(); i++) {
        const char *name = nullptr;
        metaffi_ctype *field_type = nullptr;
        ctype_field &field = fields[i];
        detail::invoke(metaffi_ctype_field_at, get(), i, &name, &field.offset, &field.bit_offset,
                       &field.bits, &field_type);
        field.type.reset(field_type);
        field.name = name != nullptr ? name : "";
    }
    return fields;
}

} // namespace metaffi

#endif
