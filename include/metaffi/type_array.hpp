/// \file
/// How arrays of numbers travel: containers lend their memory, std::vector receives a copy,
/// `array_of` receives the array itself.
#ifndef METAFFI_TYPE_ARRAY_HPP
#define METAFFI_TYPE_ARRAY_HPP

#include "array.hpp"
#include "type.hpp"

namespace metaffi {

/// An owned array of numbers; `Rank` 0 accepts any number of dimensions.
template <class T, int Rank = 0>
class array_of : public array {
  public:
    using array::array;
    /// A zeroed array.
    explicit array_of(std::initializer_list<std::size_t> shape) : array(type<T>::id, shape) {}
    /// The first element.
    T *data() const noexcept { return static_cast<T *>(get()->data); }
    T *begin() const noexcept { return data(); }
    T *end() const noexcept { return data() + length(); }
};

namespace detail {

template <class C>
using element_of = std::remove_pointer_t<decltype(std::declval<C &>().data())>;

template <class C>
inline constexpr bool is_string = false;
template <class Character>
inline constexpr bool is_string<std::basic_string<Character>> = true;
template <class Character>
inline constexpr bool is_string<std::basic_string_view<Character>> = true;

template <class C, class = void>
inline constexpr bool is_number_container = false;
template <class C>
inline constexpr bool is_number_container<
    C, std::enable_if_t<
           is_number<bare<element_of<C>>> &&
           std::is_convertible_v<decltype(std::declval<const C &>().size()), std::size_t>>> =
    !is_string<C> && !std::is_base_of_v<array, C>;

/// A descriptor of borrowed, contiguous memory.
struct lent_array {
    metaffi_array array;
    std::size_t shape;

    template <class T>
    metaffi_array *describe(const T *data, std::size_t size) noexcept {
        shape = size;
        // The descriptor knows no const: a guest that writes to what it declares const breaks its
        // own declaration.
        array = {const_cast<bare<T> *>(data), type_of<T>::id, 1, &shape, nullptr, nullptr, nullptr};
        return &array;
    }
};

/// One slot that points to a descriptor.
template <class T, std::int64_t Dimensions>
struct array_slot {
    static constexpr metaffi_type id = type_of<T>::id | metaffi_array_type;
    static constexpr std::size_t slots = 1;
    static constexpr std::int64_t dimensions = Dimensions;
    static constexpr bool is_native = false;

    static metaffi_array *load(const metaffi_slot *slot) noexcept {
        return from_slot<metaffi_array *>(*slot);
    }
    static void drop(metaffi_slot *slot) noexcept {
        metaffi_array_free(load(slot));
        *slot = 0;
    }
    static void give_copy(metaffi_slot *slot, const T *data, std::size_t size) {
        array copy(type_of<T>::id, {size});
        if (size != 0)
            std::memcpy(copy.get()->data, data, size * sizeof(T));
        *slot = to_slot(copy.release());
    }
};

} // namespace detail

/// Containers of numbers with `data()` and `size()`: lent for the call, not copied.
template <class C>
struct type<C, std::enable_if_t<detail::is_number_container<C>>>
    : detail::array_slot<detail::element_of<C>, 1> {
    using base = detail::array_slot<detail::element_of<C>, 1>;
    using element = detail::bare<detail::element_of<C>>;
    using argument = const C &;
    using parameter = C;
    using scratch = detail::lent_array;

    static void lend(metaffi_slot *slot, const C &container, scratch &scratch) noexcept {
        *slot = detail::to_slot(scratch.describe(container.data(), container.size()));
    }
    static C take(metaffi_slot *slot) {
        static_assert(std::is_same_v<C, std::vector<element>>,
                      "what a call returns is a std::vector or a metaffi::array_of");
        return view(slot);
    }
    /// A std::vector receives a copy, a span looks at the memory itself.
    static C view(const metaffi_slot *slot) {
        const metaffi_array *array = base::load(slot);
        if constexpr (std::is_same_v<C, std::vector<element>>) {
            return detail::copy_elements<element>(array, type<element>::id);
        } else {
            detail::expect_elements(array, type<element>::id);
            if (!detail::is_contiguous(*array, sizeof(element)))
                detail::wrong_array("the array is strided; receive a std::vector");
            return C(static_cast<element *>(array->data), metaffi_array_length(array));
        }
    }
    static void give(metaffi_slot *slot, const C &container) {
        base::give_copy(slot, container.data(), container.size());
    }
};

/// The array itself, without a copy.
template <class T, int Rank>
struct type<array_of<T, Rank>> : detail::array_slot<T, Rank> {
    using base = detail::array_slot<T, Rank>;
    using argument = const array_of<T, Rank> &;
    using scratch = no_scratch;
    /// Borrowed: given back before its destructor could free it.
    struct parameter {
        array_of<T, Rank> borrowed;
        explicit parameter(metaffi_array *array) noexcept : borrowed(array) {}
        ~parameter() { borrowed.release(); }
        operator const array_of<T, Rank> &() const noexcept { return borrowed; }
        array_of<T, Rank> clone() const {
            return array_of<T, Rank>(static_cast<const array &>(borrowed).clone().release());
        }
    };

    static void lend(metaffi_slot *slot, argument array, scratch &) noexcept {
        *slot = detail::to_slot(array.get());
    }
    static array_of<T, Rank> take(metaffi_slot *slot) {
        detail::expect_elements(base::load(slot), type<T>::id);
        array_of<T, Rank> taken(base::load(slot));
        *slot = 0;
        return taken;
    }
    static parameter view(const metaffi_slot *slot) {
        detail::expect_elements(base::load(slot), type<T>::id);
        return parameter(base::load(slot));
    }
    static void give(metaffi_slot *slot, array_of<T, Rank> array) {
        *slot = detail::to_slot(array.release());
    }
};

} // namespace metaffi

#endif
