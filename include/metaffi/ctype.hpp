/// \file
/// C types of runtime c: parsed, built, and asked for their layout.
#ifndef METAFFI_CTYPE_HPP
#define METAFFI_CTYPE_HPP

#include "module.hpp"

namespace metaffi {

struct ctype_position;
struct ctype_field;

/// A C type; keeps the types of its module alive.
class ctype : public handle<metaffi_ctype, metaffi_ctype_free> {
  public:
    using handle::handle;

    /// A type as C spells it: "int", "struct point *", "int (*)(const char *)".
    ctype(const module &declared_in, const std::string &text)
        : ctype(detail::make<metaffi_ctype>(metaffi_ctype_parse, declared_in.get(), text.c_str())) {
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
    std::string name() const {
        return detail::owned_text(detail::make<char>(metaffi_ctype_name, get()));
    }
    std::size_t size() const { return number(metaffi_ctype_size); }
    std::size_t align() const { return number(metaffi_ctype_align); }

    /// Where "a.b[2]" lies, and its type.
    ctype_position at(const std::string &path) const;
    /// The members in the order of their declaration.
    std::vector<ctype_field> fields() const;

  private:
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
