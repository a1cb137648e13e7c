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
/// An integer of any size: a [`metaffi_bigint`].
pub const metaffi_bigint_type: metaffi_type = 4294967296;
/// A decimal number: a [`metaffi_decimal`].
pub const metaffi_decimal_type: metaffi_type = 8589934592;
/// A complex number: a [`metaffi_complex`].
pub const metaffi_complex_type: metaffi_type = 17179869184;
/// A day: a [`metaffi_date`].
pub const metaffi_date_type: metaffi_type = 34359738368;
/// A time of day: a [`metaffi_time`].
pub const metaffi_time_type: metaffi_type = 68719476736;
/// A day and a time of it: a [`metaffi_datetime`].
pub const metaffi_datetime_type: metaffi_type = 137438953472;
/// A span of time: a [`metaffi_duration`].
pub const metaffi_duration_type: metaffi_type = 274877906944;
/// The name of a time zone: a [`metaffi_zone`].
pub const metaffi_zone_type: metaffi_type = 549755813888;
/// A universally unique identifier: a [`metaffi_uuid`].
pub const metaffi_uuid_type: metaffi_type = 1099511627776;
/// The integers of a range: a [`metaffi_range`].
pub const metaffi_range_type: metaffi_type = 2199023255552;
/// Keys with their values, in order: a [`metaffi_array`] of any, of shape (pairs, 2).
pub const metaffi_map_type: metaffi_type = 4398046511104;
/// Values of which each is there once: a [`metaffi_array`] of one dimension.
pub const metaffi_set_type: metaffi_type = 8796093022208;
/// A fixed number of values of any types: a [`metaffi_array`] of one dimension.
pub const metaffi_tuple_type: metaffi_type = 17592186044416;
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
/// An array of bigint.
pub const metaffi_bigint_array_type: metaffi_type = metaffi_bigint_type | metaffi_array_type;
/// An array of decimal.
pub const metaffi_decimal_array_type: metaffi_type = metaffi_decimal_type | metaffi_array_type;
/// An array of complex.
pub const metaffi_complex_array_type: metaffi_type = metaffi_complex_type | metaffi_array_type;
/// An array of date.
pub const metaffi_date_array_type: metaffi_type = metaffi_date_type | metaffi_array_type;
/// An array of time.
pub const metaffi_time_array_type: metaffi_type = metaffi_time_type | metaffi_array_type;
/// An array of datetime.
pub const metaffi_datetime_array_type: metaffi_type = metaffi_datetime_type | metaffi_array_type;
/// An array of duration.
pub const metaffi_duration_array_type: metaffi_type = metaffi_duration_type | metaffi_array_type;
/// An array of zone.
pub const metaffi_zone_array_type: metaffi_type = metaffi_zone_type | metaffi_array_type;
/// An array of uuid.
pub const metaffi_uuid_array_type: metaffi_type = metaffi_uuid_type | metaffi_array_type;
/// An array of range.
pub const metaffi_range_array_type: metaffi_type = metaffi_range_type | metaffi_array_type;
/// An array of map.
pub const metaffi_map_array_type: metaffi_type = metaffi_map_type | metaffi_array_type;
/// An array of set.
pub const metaffi_set_array_type: metaffi_type = metaffi_set_type | metaffi_array_type;
/// An array of tuple.
pub const metaffi_tuple_array_type: metaffi_type = metaffi_tuple_type | metaffi_array_type;
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
/// An array of bigint whose elements are contiguous.
pub const metaffi_bigint_packed_array_type: metaffi_type =
    metaffi_bigint_array_type | metaffi_packed_type;
/// An array of decimal whose elements are contiguous.
pub const metaffi_decimal_packed_array_type: metaffi_type =
    metaffi_decimal_array_type | metaffi_packed_type;
/// An array of complex whose elements are contiguous.
pub const metaffi_complex_packed_array_type: metaffi_type =
    metaffi_complex_array_type | metaffi_packed_type;
/// An array of date whose elements are contiguous.
pub const metaffi_date_packed_array_type: metaffi_type =
    metaffi_date_array_type | metaffi_packed_type;
/// An array of time whose elements are contiguous.
pub const metaffi_time_packed_array_type: metaffi_type =
    metaffi_time_array_type | metaffi_packed_type;
/// An array of datetime whose elements are contiguous.
pub const metaffi_datetime_packed_array_type: metaffi_type =
    metaffi_datetime_array_type | metaffi_packed_type;
/// An array of duration whose elements are contiguous.
pub const metaffi_duration_packed_array_type: metaffi_type =
    metaffi_duration_array_type | metaffi_packed_type;
/// An array of zone whose elements are contiguous.
pub const metaffi_zone_packed_array_type: metaffi_type =
    metaffi_zone_array_type | metaffi_packed_type;
/// An array of uuid whose elements are contiguous.
pub const metaffi_uuid_packed_array_type: metaffi_type =
    metaffi_uuid_array_type | metaffi_packed_type;
/// An array of range whose elements are contiguous.
pub const metaffi_range_packed_array_type: metaffi_type =
    metaffi_range_array_type | metaffi_packed_type;
/// An array of map whose elements are contiguous.
pub const metaffi_map_packed_array_type: metaffi_type =
    metaffi_map_array_type | metaffi_packed_type;
/// An array of set whose elements are contiguous.
pub const metaffi_set_packed_array_type: metaffi_type =
    metaffi_set_array_type | metaffi_packed_type;
/// An array of tuple whose elements are contiguous.
pub const metaffi_tuple_packed_array_type: metaffi_type =
    metaffi_tuple_array_type | metaffi_packed_type;
