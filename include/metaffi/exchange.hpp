/// \file
/// Arrays and tables without a copy: DLPack and Arrow's C data interface. Optional, as is
/// metaffi/exchange.h with the structs.
///
///     metaffi::tensor tensor = metaffi::tensor_of(array);
///     metaffi::arrow_stream stream = metaffi::arrow_stream_of(table);
///     metaffi::object made = metaffi::object_of(std::move(tensor));
#ifndef METAFFI_EXCHANGE_HPP
#define METAFFI_EXCHANGE_HPP

#include "exchange.h"
#include "object.hpp"

namespace metaffi {

namespace detail {
struct tensor_deleter {
    void operator()(DLManagedTensorVersioned *tensor) const noexcept {
        if (tensor->deleter != nullptr)
            tensor->deleter(tensor);
    }
};
} // namespace detail

/// A tensor of DLPack, which is let go with its owner.
using tensor = std::unique_ptr<DLManagedTensorVersioned, detail::tensor_deleter>;

/// What Arrow's interface hands over, released with its owner. Move-only.
template <class T>
class arrow {
  public:
    arrow() noexcept = default;
    /// Moves it here from where it was handed over, which is released from then on.
    explicit arrow(T *from) noexcept : moved_(*from) { from->release = nullptr; }
    arrow(arrow &&other) noexcept : arrow(&other.moved_) {}
    arrow &operator=(arrow &&other) noexcept {
        std::swap(moved_, other.moved_);
        return *this;
    }
    ~arrow() {
        if (moved_.release != nullptr)
            moved_.release(&moved_);
    }

    /// Where it is, also for what moves it away from there.
    T *get() noexcept { return &moved_; }
    const T *get() const noexcept { return &moved_; }
    T *operator->() noexcept { return &moved_; }
    const T *operator->() const noexcept { return &moved_; }
    /// Whether it is not released.
    explicit operator bool() const noexcept { return moved_.release != nullptr; }

  private:
    T moved_{};
};

using arrow_schema = arrow<ArrowSchema>;
using arrow_array = arrow<ArrowArray>;
using arrow_stream = arrow<ArrowArrayStream>;

/// An object's array as a tensor, which keeps the memory.
inline tensor tensor_of(const object &of) {
    return tensor(detail::make<DLManagedTensorVersioned>(metaffi_object_dlpack, of.get()));
}
/// An object's column, or the columns of its table, with their type.
inline std::pair<arrow_schema, arrow_array> arrow_array_of(const object &of) {
    std::pair<arrow_schema, arrow_array> given;
    detail::invoke(metaffi_object_arrow_array, of.get(), given.first.get(), given.second.get());
    return given;
}
/// The type of an object's columns.
inline arrow_schema arrow_schema_of(const object &of) {
    arrow_schema given;
    detail::invoke(metaffi_object_arrow_schema, of.get(), given.get());
    return given;
}
/// A stream of an object's columns.
inline arrow_stream arrow_stream_of(const object &of) {
    arrow_stream given;
    detail::invoke(metaffi_object_arrow_stream, of.get(), given.get());
    return given;
}

/// An object of the host's that every runtime shows as what it is given.
inline object object_of(tensor given) {
    return object(detail::make<metaffi_object>(metaffi_object_new_dlpack, given.release()));
}
/// The same of a tensor without a version, which it takes over.
inline object object_of(DLManagedTensor *given) {
    return object(detail::make<metaffi_object>(metaffi_object_new_dlpack_unversioned, given));
}
inline object object_of(arrow_schema schema, arrow_array array) {
    return object(
        detail::make<metaffi_object>(metaffi_object_new_arrow_array, schema.get(), array.get()));
}
inline object object_of(arrow_stream given) {
    return object(detail::make<metaffi_object>(metaffi_object_new_arrow_stream, given.get()));
}

} // namespace metaffi

#endif
