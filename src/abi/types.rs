use std::ffi::c_char;

/// The type of a value: one of the `metaffi_…_type` numbers, possibly with
/// `metaffi_array_type` and `metaffi_packed_type` added. Bit flags; numbers are never reused.
pub type metaffi_type = u64;

/// A type as a signature declares it.
///
/// Borrowed by every function that takes one; what a query writes is borrowed from the handle asked.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_type_info {
    /// The type.
    pub r#type: metaffi_type,
    /// The foreign type's name (a C type, a Java class), NUL-terminated UTF-8, or NULL.
    pub alias: *const c_char,
    /// The number of dimensions of an array; 0 accepts any, and is right for everything else.
    pub dimensions: i64,
}

/// As the count of a list: nothing is said. The types of an entity are what its module declares; a
/// struct is declared without its members.
///
/// A NULL pointer with a count of 0 says the same. A pointer that is not NULL, as that of an empty
/// list is in some languages, says with a count of 0 that there are none. The number is one that
/// integers and floating numbers of every language hold.
pub const METAFFI_UNSPECIFIED: usize = 2147483647;

/// `double`.
pub const metaffi_float64_type: metaffi_type = 1;
/// `float`.
pub const metaffi_float32_type: metaffi_type = 2;
/// `int8_t`.
pub const metaffi_int8_type: metaffi_type = 4;
/// `int16_t`.
pub const metaffi_int16_type: metaffi_type = 8;
/// `int32_t`.
pub const metaffi_int32_type: metaffi_type = 16;
/// `int64_t`.
pub const metaffi_int64_type: metaffi_type = 32;
/// `uint8_t`.
pub const metaffi_uint8_type: metaffi_type = 64;
/// `uint16_t`.
pub const metaffi_uint16_type: metaffi_type = 128;
/// `uint32_t`.
pub const metaffi_uint32_type: metaffi_type = 256;
/// `uint64_t`.
pub const metaffi_uint64_type: metaffi_type = 512;
/// `bool`.
pub const metaffi_bool_type: metaffi_type = 1024;
/// UTF-8 text with its length.
pub const metaffi_string8_type: metaffi_type = 4096;
/// UTF-16 text with its length.
pub const metaffi_string16_type: metaffi_type = 8192;
/// UTF-32 text with its length.
pub const metaffi_string32_type: metaffi_type = 16384;
/// An object of a runtime, not copied.
pub const metaffi_handle_type: metaffi_type = 32768;
/// Flag: an array of the type it is added to.
pub const metaffi_array_type: metaffi_type = 65536;
/// `size_t`.
pub const metaffi_size_type: metaffi_type = 262144;
/// One UTF-8 code unit.
pub const metaffi_char8_type: metaffi_type = 524288;
/// One UTF-16 code unit.
pub const metaffi_char16_type: metaffi_type = 1048576;
/// One Unicode code point.
pub const metaffi_char32_type: metaffi_type = 2097152;
/// A value that carries its own type.
pub const metaffi_any_type: metaffi_type = 4194304;
/// No value.
pub const metaffi_null_type: metaffi_type = 8388608;
/// A function passed as a value.
pub const metaffi_callable_type: metaffi_type = 16777216;
/// Flag: an array whose elements are contiguous.
pub const metaffi_packed_type: metaffi_type = 33554432;
/// An array of float64.
pub const metaffi_float64_array_type: metaffi_type = metaffi_float64_type | metaffi_array_type;
/// An array of float32.
pub const metaffi_float32_array_type: metaffi_type = metaffi_float32_type | metaffi_array_type;
/// An array of int8.
pub const metaffi_int8_array_type: metaffi_type = metaffi_int8_type | metaffi_array_type;
/// An array of int16.
pub const metaffi_int16_array_type: metaffi_type = metaffi_int16_type | metaffi_array_type;
/// An array of int32.
pub const metaffi_int32_array_type: metaffi_type = metaffi_int32_type | metaffi_array_type;
/// An array of int64.
pub const metaffi_int64_array_type: metaffi_type = metaffi_int64_type | metaffi_array_type;
/// An array of uint8.
pub const metaffi_uint8_array_type: metaffi_type = metaffi_uint8_type | metaffi_array_type;
/// An array of uint16.
pub const metaffi_uint16_array_type: metaffi_type = metaffi_uint16_type | metaffi_array_type;
/// An array of uint32.
pub const metaffi_uint32_array_type: metaffi_type = metaffi_uint32_type | metaffi_array_type;
/// An array of uint64.
pub const metaffi_uint64_array_type: metaffi_type = metaffi_uint64_type | metaffi_array_type;
/// An array of bool.
pub const metaffi_bool_array_type: metaffi_type = metaffi_bool_type | metaffi_array_type;
/// An array of string8.
pub const metaffi_string8_array_type: metaffi_type = metaffi_string8_type | metaffi_array_type;
/// An array of string16.
pub const metaffi_string16_array_type: metaffi_type = metaffi_string16_type | metaffi_array_type;
/// An array of string32.
pub const metaffi_string32_array_type: metaffi_type = metaffi_string32_type | metaffi_array_type;
/// An array of handle.
pub const metaffi_handle_array_type: metaffi_type = metaffi_handle_type | metaffi_array_type;
/// An array of size.
pub const metaffi_size_array_type: metaffi_type = metaffi_size_type | metaffi_array_type;
/// An array of char8.
pub const metaffi_char8_array_type: metaffi_type = metaffi_char8_type | metaffi_array_type;
/// An array of char16.
pub const metaffi_char16_array_type: metaffi_type = metaffi_char16_type | metaffi_array_type;
/// An array of char32.
pub const metaffi_char32_array_type: metaffi_type = metaffi_char32_type | metaffi_array_type;
/// An array of any.
pub const metaffi_any_array_type: metaffi_type = metaffi_any_type | metaffi_array_type;
/// An array of callable.
pub const metaffi_callable_array_type: metaffi_type = metaffi_callable_type | metaffi_array_type;
/// An array of float64 whose elements are contiguous.
pub const metaffi_float64_packed_array_type: metaffi_type =
    metaffi_float64_array_type | metaffi_packed_type;
/// An array of float32 whose elements are contiguous.
pub const metaffi_float32_packed_array_type: metaffi_type =
    metaffi_float32_array_type | metaffi_packed_type;
/// An array of int8 whose elements are contiguous.
pub const metaffi_int8_packed_array_type: metaffi_type =
    metaffi_int8_array_type | metaffi_packed_type;
/// An array of int16 whose elements are contiguous.
pub const metaffi_int16_packed_array_type: metaffi_type =
    metaffi_int16_array_type | metaffi_packed_type;
/// An array of int32 whose elements are contiguous.
pub const metaffi_int32_packed_array_type: metaffi_type =
    metaffi_int32_array_type | metaffi_packed_type;
/// An array of int64 whose elements are contiguous.
pub const metaffi_int64_packed_array_type: metaffi_type =
    metaffi_int64_array_type | metaffi_packed_type;
/// An array of uint8 whose elements are contiguous.
pub const metaffi_uint8_packed_array_type: metaffi_type =
    metaffi_uint8_array_type | metaffi_packed_type;
/// An array of uint16 whose elements are contiguous.
pub const metaffi_uint16_packed_array_type: metaffi_type =
    metaffi_uint16_array_type | metaffi_packed_type;
/// An array of uint32 whose elements are contiguous.
pub const metaffi_uint32_packed_array_type: metaffi_type =
    metaffi_uint32_array_type | metaffi_packed_type;
/// An array of uint64 whose elements are contiguous.
pub const metaffi_uint64_packed_array_type: metaffi_type =
    metaffi_uint64_array_type | metaffi_packed_type;
/// An array of bool whose elements are contiguous.
pub const metaffi_bool_packed_array_type: metaffi_type =
    metaffi_bool_array_type | metaffi_packed_type;
/// An array of string8 whose elements are contiguous.
pub const metaffi_string8_packed_array_type: metaffi_type =
    metaffi_string8_array_type | metaffi_packed_type;
/// An array of string16 whose elements are contiguous.
pub const metaffi_string16_packed_array_type: metaffi_type =
    metaffi_string16_array_type | metaffi_packed_type;
/// An array of string32 whose elements are contiguous.
pub const metaffi_string32_packed_array_type: metaffi_type =
    metaffi_string32_array_type | metaffi_packed_type;
/// An array of handle whose elements are contiguous.
pub const metaffi_handle_packed_array_type: metaffi_type =
    metaffi_handle_array_type | metaffi_packed_type;
/// An array of size whose elements are contiguous.
pub const metaffi_size_packed_array_type: metaffi_type =
    metaffi_size_array_type | metaffi_packed_type;
/// An array of char8 whose elements are contiguous.
pub const metaffi_char8_packed_array_type: metaffi_type =
    metaffi_char8_array_type | metaffi_packed_type;
/// An array of char16 whose elements are contiguous.
pub const metaffi_char16_packed_array_type: metaffi_type =
    metaffi_char16_array_type | metaffi_packed_type;
/// An array of char32 whose elements are contiguous.
pub const metaffi_char32_packed_array_type: metaffi_type =
    metaffi_char32_array_type | metaffi_packed_type;
/// An array of any whose elements are contiguous.
pub const metaffi_any_packed_array_type: metaffi_type =
    metaffi_any_array_type | metaffi_packed_type;
/// An array of callable whose elements are contiguous.
pub const metaffi_callable_packed_array_type: metaffi_type =
    metaffi_callable_array_type | metaffi_packed_type;
