/// \file
/// Arrays: a view of contiguous numbers, and an owner of an array that the C API made.
#ifndef METAFFI_ARRAY_HPP
#define METAFFI_ARRAY_HPP

#include "error.hpp"

#include <cstring>
#include <initializer_list>
#include <type_traits>

namespace metaffi {

/// A view of contiguous elements: what a container lends for one call.
template <class T>
class span {
  public:
    constexpr span() noexcept = default;
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <std::size_t N>
    constexpr span(T (&elements)[N]) noexcept : data_(elements), size_(N) {}
    /// Of anything with `data()` and `size()`: std::vector, std::array, std::span.
    template <class Container, class = std::enable_if_t<std::is_convertible_v<
                                   decltype(std::declval<Container &>().data()), T *>>>
    constexpr span(Container &&container) noexcept
        : data_(container.data()), size_(container.size()) {}

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T &operator[](std::size_t index) const noexcept { return data_[index]; }

  private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

class value;

/// Owns an array that metaffi made, or nothing. Move-only.
class array {
  public:
    array() noexcept = default;
    /// Takes ownership.
    explicit array(metaffi_array *owned) noexcept : array_(owned) {}
    /// A zeroed array of `element`s.
    array(metaffi_type element, std::initializer_list<std::size_t> shape)
        : array(element, shape.begin(), shape.size()) {}
    array(metaffi_type element, const std::size_t *shape, std::size_t rank) {
        detail::invoke(metaffi_array_new, element, shape, rank, &array_);
    }
    array(array &&other) noexcept : array_(other.release()) {}
    array &operator=(array &&other) noexcept {
        metaffi_array_free(std::exchange(array_, other.release()));
        return *this;
    }
    array(const array &) = delete;
    array &operator=(const array &) = delete;
    ~array() { metaffi_array_free(array_); }

    /// Elements that stay where they are; `owner` is kept until the array is freed. Without
    /// `strides`, in bytes, they are contiguous.
    static array borrow(void *data, metaffi_type element, span<const std::size_t> shape,
                        std::shared_ptr<void> owner = nullptr,
                        const std::ptrdiff_t *strides = nullptr);

    /// A copy of what indices select: an element, a sub-array, the whole.
    value read(span<const std::size_t> indices) const;
    value read(std::initializer_list<std::size_t> indices) const;
    /// Writes an element where nothing of the number, text or object is lost.
    template <class T>
    void write(std::initializer_list<std::size_t> indices, const T &written) const;

    /// A deep copy, owned and contiguous.
    array clone() const {
        metaffi_array *copy = nullptr;
        detail::invoke(metaffi_array_copy, array_, &copy);
        return array(copy);
    }

    metaffi_array *get() const noexcept { return array_; }
    metaffi_array *release() noexcept { return std::exchange(array_, nullptr); }
    explicit operator bool() const noexcept { return array_ != nullptr; }

    /// The type of one element.
    metaffi_type element() const noexcept { return array_->element; }
    /// The extents.
    span<const std::size_t> shape() const noexcept { return {array_->shape, array_->rank}; }
    /// Whether the elements must not be written, as those of Python's `bytes`.
    bool is_read_only() const noexcept { return metaffi_array_is_read_only(array_); }
    /// The number of elements: the product of the shape.
    std::size_t length() const noexcept { return metaffi_array_length(array_); }

  private:
    metaffi_array *array_ = nullptr;
};

namespace detail {

/// What a C function with userdata is given to keep something alive; NULL for nothing.
inline std::unique_ptr<std::shared_ptr<void>> kept(std::shared_ptr<void> owner) {
    return owner ? std::make_unique<std::shared_ptr<void>>(std::move(owner)) : nullptr;
}
inline void let_go(void *kept) noexcept {
    delete static_cast<std::shared_ptr<void> *>(kept);
}

/// Whether the elements lie one after the other in C order.
inline bool is_contiguous(const metaffi_array &array, std::size_t element_size) noexcept {
    if (array.strides == nullptr)
        return true;
    auto expected = static_cast<std::ptrdiff_t>(element_size);
    for (std::size_t i = array.rank; i-- > 0;) {
        if (array.shape[i] > 1 && array.strides[i] != expected)
            return false;
        expected *= static_cast<std::ptrdiff_t>(array.shape[i]);
    }
    return true;
}

[[noreturn]] inline void wrong_array(const char *message) {
    throw error(METAFFI_STATUS_TYPE_MISMATCH, "", message);
}

/// Refuses an array whose elements are not of type `element`.
inline void expect_elements(const metaffi_array *array, metaffi_type element) {
    if (array == nullptr)
        wrong_array("the array is NULL; receive a metaffi::value to accept that");
    if (array->element != element)
        wrong_array((std::string("the array's elements are ") + metaffi_type_name(array->element) +
                     ", received as " + metaffi_type_name(element))
                        .c_str());
}

/// Copies a one-dimensional array of numbers, however strided.
template <class T>
std::vector<T> copy_elements(const metaffi_array *array, metaffi_type element) {
    expect_elements(array, element);
    if (array->rank != 1)
        wrong_array("a std::vector receives one dimension; receive a metaffi::array");
    std::size_t count = array->shape[0];
    std::vector<T> copy(count);
    std::ptrdiff_t stride =
        array->strides != nullptr ? array->strides[0] : std::ptrdiff_t(sizeof(T));
    const char *from = static_cast<const char *>(array->data);
    for (std::size_t i = 0; i < count; i++, from += stride)
        std::memcpy(&copy[i], from, sizeof(T));
    return copy;
}

} // namespace detail

inline array array::borrow(void *data, metaffi_type element, span<const std::size_t> shape,
                           std::shared_ptr<void> owner, const std::ptrdiff_t *strides) {
    auto userdata = detail::kept(std::move(owner));
    metaffi_array *made = nullptr;
    detail::invoke(metaffi_array_borrow, data, element, shape.data(), strides, shape.size(),
                   userdata ? metaffi_finalizer(detail::let_go) : nullptr,
                   static_cast<void *>(userdata.get()), &made);
    userdata.release();
    return array(made);
}

} // namespace metaffi

#endif
