/// \file
/// C data: typed memory of runtime c, read and written by path.
#ifndef METAFFI_CDATA_HPP
#define METAFFI_CDATA_HPP

#include "ctype.hpp"

#include <cstdint>

namespace metaffi {

/// Typed C memory. Freed with its last reference, if metaffi allocated it.
class cdata : public object {
  public:
    using object::object;

    /// New memory of that type, zeroed.
    explicit cdata(const ctype &type)
        : cdata(detail::make<metaffi_object>(metaffi_cdata_new, type.get(),
                                             static_cast<const metaffi_value *>(nullptr))) {}
    /// New memory of that type with a number, text, array or object of the same type in it.
    template <class T>
    cdata(const ctype &type, const T &initial)
        : cdata(make(type, detail::lent_value<detail::deduced<const T &>>(initial))) {}

    /// New memory of `length` elements, zeroed.
    static cdata array(const ctype &element, std::size_t length) {
        return cdata(detail::make<metaffi_object>(metaffi_cdata_new_array, element.get(), length));
    }
    /// Memory of somebody else, who keeps it as long as it is used.
    static cdata at(const ctype &type, void *address) {
        return cdata(detail::make<metaffi_object>(metaffi_cdata_from_address, type.get(), address,
                                                  static_cast<void *>(nullptr),
                                                  metaffi_finalizer(nullptr)));
    }

    cdata clone() const { return cdata(object::clone().release()); }
    ctype type() const { return ctype(detail::make<metaffi_ctype>(metaffi_cdata_type, get())); }

    /// Where it lies.
    void *address() const {
        void *address = nullptr;
        detail::invoke(metaffi_cdata_address, get(), &address, static_cast<std::size_t *>(nullptr));
        return address;
    }
    /// The address that it stands for as an argument: what a pointer holds, where all else lies.
    void *pointer() const {
        void *pointer = nullptr;
        detail::invoke(metaffi_cdata_pointer, get(), &pointer);
        return pointer;
    }
    /// How many bytes it has.
    std::size_t size() const {
        void *address = nullptr;
        std::size_t size = 0;
        detail::invoke(metaffi_cdata_address, get(), &address, &size);
        return size;
    }

    /// What lies at "a.b[2]", "[3]" or "*"; "" is the whole.
    value read(const std::string &path = "") const {
        value found;
        detail::invoke(metaffi_cdata_read, get(), path.c_str(), found.out());
        return found;
    }
    template <class T>
    T read(const std::string &path = "") const {
        return read(path).as<T>();
    }
    /// The struct, union or array at a path, sharing this memory.
    cdata part(const std::string &path) const { return cdata(read(path).as<object>().release()); }
    /// Writes a number, text, array or object where nothing of it is lost.
    template <class T>
    void write(const std::string &path, const T &written) const {
        detail::lent_value<detail::deduced<const T &>> lent(written);
        detail::invoke(metaffi_cdata_write, get(), path.c_str(), &lent.get());
    }

    /// The same memory seen as another type.
    cdata cast(const ctype &type) const {
        return cdata(detail::make<metaffi_object>(metaffi_cdata_cast, get(), type.get()));
    }
    /// A pointer to a part, which keeps the memory alive.
    cdata address_of(const std::string &path = "") const {
        return cdata(detail::make<metaffi_object>(metaffi_cdata_address_of, get(), path.c_str()));
    }
    /// The text up to NUL, or up to `max_length` units.
    std::string string(std::size_t max_length = SIZE_MAX) const {
        value text;
        detail::invoke(metaffi_cdata_string, get(), max_length, text.out());
        return text.as<std::string>();
    }
    /// The bytes themselves, not copied; keeps the memory alive.
    array_of<std::uint8_t, 1> buffer(std::size_t size = SIZE_MAX) const {
        return array_of<std::uint8_t, 1>(
            detail::make<metaffi_array>(metaffi_cdata_buffer, get(), size));
    }
    /// Frees the memory now; whoever uses it later gets an error.
    void free_now() const { detail::invoke(metaffi_cdata_release, get()); }

  private:
    template <class Lent>
    static metaffi_object *make(const ctype &type, const Lent &initial) {
        return detail::make<metaffi_object>(metaffi_cdata_new, type.get(), &initial.get());
    }
};

template <>
struct type<cdata> : detail::handle_slot<cdata, metaffi_handle_type> {};

} // namespace metaffi

#endif
