/// \file
/// Tagged values: what carries its own type.
#ifndef METAFFI_VALUE_HPP
#define METAFFI_VALUE_HPP

#include "type.hpp"
#include "type_array.hpp"
#include "type_handle.hpp"
#include "type_string.hpp"

namespace metaffi {

class value;

namespace detail {

/// A tagged value made from slots; owns what the slots own.
inline metaffi_value value_from_slots(metaffi_type id, const metaffi_slot *slot) noexcept {
    metaffi_value made{};
    made.type = id;
    switch (id) {
    case metaffi_any_type:
        std::memcpy(&made, slot, sizeof made);
        break;
    case metaffi_float32_type:
        made.data.float32 = from_slot<float>(*slot);
        break;
    case metaffi_bool_type:
        made.data.boolean = *slot != 0;
        break;
    case metaffi_int8_type:
    case metaffi_uint8_type:
    case metaffi_char8_type:
        made.data.uint8 = from_slot<std::uint8_t>(*slot);
        break;
    case metaffi_int16_type:
    case metaffi_uint16_type:
    case metaffi_char16_type:
        made.data.uint16 = from_slot<std::uint16_t>(*slot);
        break;
    case metaffi_int32_type:
    case metaffi_uint32_type:
    case metaffi_char32_type:
        made.data.uint32 = from_slot<std::uint32_t>(*slot);
        break;
    case metaffi_string8_type:
    case metaffi_string16_type:
    case metaffi_string32_type:
        made.data.string = {from_slot<const void *>(slot[0]), static_cast<std::size_t>(slot[1])};
        break;
    default: // eight bytes: numbers, addresses, pointers to arrays and handles
        std::memcpy(&made.data, slot, sizeof *slot);
    }
    return made;
}

/// The slots of a tagged value, up to three; they own what the value owns.
inline void slots_from_value(const metaffi_value &from, metaffi_type id,
                             metaffi_slot *slot) noexcept {
    switch (id) {
    case metaffi_any_type:
        std::memcpy(slot, &from, sizeof from);
        break;
    case metaffi_float32_type:
        *slot = to_slot(from.data.float32);
        break;
    case metaffi_bool_type:
        *slot = from.data.boolean ? 1 : 0;
        break;
    case metaffi_int8_type:
        *slot = to_slot(from.data.int8);
        break;
    case metaffi_int16_type:
        *slot = to_slot(from.data.int16);
        break;
    case metaffi_int32_type:
        *slot = to_slot(from.data.int32);
        break;
    case metaffi_uint8_type:
    case metaffi_char8_type:
        *slot = from.data.uint8;
        break;
    case metaffi_uint16_type:
    case metaffi_char16_type:
        *slot = from.data.uint16;
        break;
    case metaffi_uint32_type:
    case metaffi_char32_type:
        *slot = from.data.uint32;
        break;
    case metaffi_string8_type:
    case metaffi_string16_type:
    case metaffi_string32_type:
        slot[0] = to_slot(from.data.string.data);
        slot[1] = from.data.string.length;
        break;
    default:
        std::memcpy(slot, &from.data, sizeof *slot);
    }
}

/// A C++ value as a tagged one that borrows from it; keep it as long as the tagged one is used.
template <class T>
class lent_value {
  public:
    explicit lent_value(typename type<T>::argument argument) {
        metaffi_slot slots[3] = {};
        type<T>::lend(slots, argument, scratch_);
        value_ = value_from_slots(type<T>::id, slots);
    }
    lent_value(const lent_value &) = delete;
    lent_value &operator=(const lent_value &) = delete;
    const metaffi_value &get() const noexcept { return value_; }

  private:
    typename type<T>::scratch scratch_;
    metaffi_value value_;
};

/// What a deduced argument travels as: arrays of characters are text, others decay.
template <class T>
using deduced = std::decay_t<T>;

template <class T>
inline constexpr bool is_vector = false;
template <class U>
inline constexpr bool is_vector<std::vector<U>> = true;

/// What an object gives, each as a `U`.
template <class U>
std::vector<U> listed(const object &from);
template <class U>
std::vector<U> listed(const value &from);

} // namespace detail

/// Owns a tagged value. Move-only; null by default.
class value {
  public:
    value() noexcept { value_.type = metaffi_null_type; }
    /// Takes ownership.
    explicit value(metaffi_value owned) noexcept : value_(owned) {}
    /// A copy of a number, a text, an array of numbers, or another reference to an object.
    template <class T, class = std::enable_if_t<detail::travels<detail::deduced<const T &>>>>
    value(const T &from) : value() {
        detail::lent_value<detail::deduced<const T &>> lent(from);
        detail::invoke(metaffi_value_copy, &lent.get(), &value_);
    }
    value(value &&other) noexcept : value_(other.release()) {}
    value &operator=(value &&other) noexcept {
        metaffi_value taken = other.release();
        metaffi_value_clear(&value_);
        value_ = taken;
        return *this;
    }
    value(const value &) = delete;
    value &operator=(const value &) = delete;
    ~value() { metaffi_value_clear(&value_); }

    /// A deep copy.
    value clone() const {
        value copy;
        detail::invoke(metaffi_value_copy, &value_, &copy.value_);
        return copy;
    }
    /// One of the `metaffi_…_type` numbers.
    metaffi_type type_id() const noexcept { return value_.type; }
    bool is_null() const noexcept { return value_.type == metaffi_null_type || value_.type == 0; }

    /// The datum as a `T`: the same number or text, or an error. An object as a `std::vector<U>` is
    /// what it gives, each as a `U`.
    template <class T>
    T as() const {
        if constexpr (detail::is_vector<T>)
            if (type_id() == metaffi_handle_type || !detail::travels<T>)
                return detail::listed<typename T::value_type>(*this);
        if constexpr (detail::travels<T> || !detail::is_vector<T>)
            return converted<T>();
    }
    const metaffi_value *get() const noexcept { return &value_; }
    /// Where a C function writes what this owns from then on; frees what it owned before.
    metaffi_value *out() noexcept {
        metaffi_value_clear(&value_);
        return &value_;
    }
    metaffi_value release() noexcept {
        metaffi_value released = value_;
        value_ = {};
        value_.type = metaffi_null_type;
        return released;
    }

  private:
    template <class T>
    T converted() const {
        using traits = type<T>;
        value changed;
        if (value_.type == traits::id)
            detail::invoke(metaffi_value_copy, &value_, &changed.value_);
        else
            detail::invoke(metaffi_value_convert, &value_, traits::id, &changed.value_);
        metaffi_slot slots[3] = {};
        detail::slots_from_value(changed.value_, traits::id, slots);
        changed.release();
        struct guard {
            metaffi_slot *slots;
            ~guard() { traits::drop(slots); }
        } guard{slots};
        return traits::take(slots);
    }

    metaffi_value value_{};
};

inline value object::attr(const name &of) const {
    value found;
    detail::invoke(metaffi_object_get, get(), of.get(), found.out());
    return found;
}
inline value object::attr(std::string_view of) const {
    value found;
    detail::invoke(metaffi_object_get_attribute, get(), of.data(), of.size(), found.out());
    return found;
}
inline void object::attr(const name &of, const value &written) const {
    detail::invoke(metaffi_object_set, get(), of.get(), written.get());
}
inline void object::attr(std::string_view of, const value &written) const {
    detail::invoke(metaffi_object_set_attribute, get(), of.data(), of.size(), written.get());
}

inline value object::number() const {
    value found;
    detail::invoke(metaffi_object_number, get(), found.out());
    return found;
}

inline value object::item(const value &key) const {
    value found;
    detail::invoke(metaffi_object_get_item, get(), key.get(), found.out());
    return found;
}
inline value object::item(const name &key) const {
    value found;
    detail::invoke(metaffi_object_get_entry, get(), key.get(), found.out());
    return found;
}
inline value object::item_at(std::int64_t index) const {
    value found;
    detail::invoke(metaffi_object_get_index, get(), index, found.out());
    return found;
}
inline void object::item(const value &key, const value &written) const {
    detail::invoke(metaffi_object_set_item, get(), key.get(), written.get());
}
inline void object::item(const name &key, const value &written) const {
    detail::invoke(metaffi_object_set_entry, get(), key.get(), written.get());
}
inline void object::item_at(std::int64_t index, const value &written) const {
    detail::invoke(metaffi_object_set_index, get(), index, written.get());
}
inline void object::delete_item(const value &key) const {
    detail::invoke(metaffi_object_set_item, get(), key.get(), nullptr);
}
inline bool object::contains(const value &item) const {
    return detail::made<bool>(metaffi_object_contains, get(), item.get());
}

static_assert(sizeof(value) == sizeof(metaffi_value) && sizeof(name) == sizeof(void *),
              "lists of them are what C takes");

inline value object::call(const std::vector<value> &arguments,
                          const std::vector<name> &named) const {
    value returned;
    detail::invoke(metaffi_object_call, get(),
                   reinterpret_cast<const metaffi_value *>(arguments.data()), arguments.size(),
                   reinterpret_cast<const metaffi_name *const *>(named.data()), named.size(),
                   returned.out());
    return returned;
}
inline value object::construct(const std::vector<value> &arguments,
                               const std::vector<name> &named) const {
    value returned;
    detail::invoke(metaffi_object_construct, get(),
                   reinterpret_cast<const metaffi_value *>(arguments.data()), arguments.size(),
                   reinterpret_cast<const metaffi_name *const *>(named.data()), named.size(),
                   returned.out());
    return returned;
}
inline value object::invoke(const name &member, const std::vector<value> &arguments,
                            const std::vector<name> &named) const {
    value returned;
    detail::invoke(metaffi_object_invoke, get(), member.get(),
                   reinterpret_cast<const metaffi_value *>(arguments.data()), arguments.size(),
                   reinterpret_cast<const metaffi_name *const *>(named.data()), named.size(),
                   returned.out());
    return returned;
}

inline std::vector<value> object::next(std::size_t room) const {
    std::vector<value> values(room);
    std::size_t count = 0;
    detail::invoke(metaffi_object_next, get(), reinterpret_cast<metaffi_value *>(values.data()),
                   room, &count);
    values.resize(count);
    return values;
}

namespace detail {

template <class U>
std::vector<U> listed(const object &from) {
    std::vector<U> all;
    object source = from.iterate();
    const std::size_t room = from.can(METAFFI_IS_SEQUENCE) ? 64 : 1;
    for (auto batch = source.next(room); !batch.empty(); batch = source.next(room))
        for (const value &one : batch)
            all.push_back(one.as<U>());
    return all;
}
template <class U>
std::vector<U> listed(const value &from) {
    if ((from.type_id() & metaffi_array_type) == 0)
        return listed<U>(from.as<object>());
    struct borrowed : array {
        using array::array;
        ~borrowed() { release(); }
    } elements(from.get()->data.array);
    std::vector<U> all;
    for (std::size_t i = 0; elements && i < elements.shape()[0]; i++)
        all.push_back(elements.read({i}).template as<U>());
    return all;
}

inline std::pair<bool, value> sent(const object &generator, metaffi_send kind,
                                   const metaffi_value *value, const metaffi_error *failure) {
    metaffi::value returned;
    bool yielded = false;
    invoke(metaffi_object_send, generator.get(), kind, value, failure, returned.out(), &yielded);
    return {yielded, std::move(returned)};
}

} // namespace detail

inline std::pair<bool, value> object::send(const value &sent) const {
    return detail::sent(*this, METAFFI_SEND_VALUE, sent.get(), nullptr);
}
inline std::pair<bool, value> object::raise(const error &failure) const {
    return detail::sent(*this, METAFFI_SEND_ERROR, nullptr, failure.get());
}
inline std::pair<bool, value> object::close() const {
    return detail::sent(*this, METAFFI_SEND_CLOSE, nullptr, nullptr);
}

inline bool object::compare(metaffi_comparison comparison, const value &with) const {
    return detail::made<bool>(metaffi_object_compare, get(), comparison, with.get());
}
inline std::string object::text(metaffi_text_kind kind) const {
    value text;
    detail::invoke(metaffi_object_text, get(), kind, text.out());
    return text.as<std::string>();
}
inline std::vector<object> object::parents() const {
    array listed(detail::made<metaffi_array *>(metaffi_object_parents, get()));
    std::vector<object> parents;
    for (std::size_t i = 0; listed && i < listed.length(); i++)
        parents.push_back(listed.read({i}).as<object>());
    return parents;
}
inline value object::enter() const {
    value entered;
    detail::invoke(metaffi_object_enter, get(), entered.out());
    return entered;
}
inline bool object::exit(const error &failure) const {
    return detail::made<bool>(metaffi_object_exit, get(), failure.get());
}
inline array object::buffer(bool writable) const {
    return array(detail::made<metaffi_array *>(metaffi_object_buffer, get(), writable));
}

inline value array::read(span<const std::size_t> indices) const {
    value found;
    detail::invoke(metaffi_array_get, array_, indices.data(), indices.size(), found.out());
    return found;
}
inline value array::read(std::initializer_list<std::size_t> indices) const {
    return read(span<const std::size_t>(indices.begin(), indices.size()));
}
template <class T>
void array::write(std::initializer_list<std::size_t> indices, const T &written) const {
    detail::lent_value<detail::deduced<const T &>> lent(written);
    detail::invoke(metaffi_array_set, array_, indices.begin(), indices.size(), &lent.get());
}

/// A value that carries its own type.
template <>
struct type<value> {
    static constexpr metaffi_type id = metaffi_any_type;
    static constexpr std::size_t slots = sizeof(metaffi_value) / sizeof(metaffi_slot);
    static constexpr std::int64_t dimensions = 0;
    static constexpr bool is_native = false;
    using argument = const value &;
    using scratch = no_scratch;
    /// Borrowed: given back before its destructor could clear it.
    struct parameter {
        value borrowed;
        explicit parameter(metaffi_value from) noexcept : borrowed(from) {}
        ~parameter() { borrowed.release(); }
        operator const value &() const noexcept { return borrowed; }
        value clone() const { return borrowed.clone(); }
    };

    static void lend(metaffi_slot *slot, const value &from, scratch &) noexcept {
        std::memcpy(slot, from.get(), sizeof(metaffi_value));
    }
    static value take(metaffi_slot *slot) noexcept {
        metaffi_value taken;
        std::memcpy(&taken, slot, sizeof taken);
        std::memset(slot, 0, sizeof taken);
        return value(taken);
    }
    static void drop(metaffi_slot *slot) noexcept { take(slot); }
    static parameter view(const metaffi_slot *slot) noexcept {
        metaffi_value viewed;
        std::memcpy(&viewed, slot, sizeof viewed);
        return parameter(viewed);
    }
    static void give(metaffi_slot *slot, value from) noexcept {
        metaffi_value given = from.release();
        std::memcpy(slot, &given, sizeof given);
    }
};

} // namespace metaffi

#endif
