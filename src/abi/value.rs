use std::ffi::c_void;

use super::{
    metaffi_bigint, metaffi_callable, metaffi_complex, metaffi_date, metaffi_datetime,
    metaffi_decimal, metaffi_duration, metaffi_object, metaffi_range, metaffi_time, metaffi_type,
    metaffi_uuid, metaffi_zone,
};

/// Text: a pointer and a length in code units (bytes of UTF-8, 16-bit units of UTF-16, code
/// points of UTF-32), not NUL-terminated. A NULL `data` is "no string".
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct metaffi_string {
    /// The first code unit.
    pub data: *const c_void,
    /// How many code units.
    pub length: usize,
}

/// What a [`metaffi_value`] holds; its type says which member.
#[repr(C)]
#[derive(Clone, Copy)]
pub union metaffi_payload {
    /// `metaffi_float64_type`
    pub float64: f64,
    /// `metaffi_float32_type`
    pub float32: f32,
    /// `metaffi_int8_type`
    pub int8: i8,
    /// `metaffi_int16_type`
    pub int16: i16,
    /// `metaffi_int32_type`
    pub int32: i32,
    /// `metaffi_int64_type`
    pub int64: i64,
    /// `metaffi_uint8_type`
    pub uint8: u8,
    /// `metaffi_uint16_type`
    pub uint16: u16,
    /// `metaffi_uint32_type`
    pub uint32: u32,
    /// `metaffi_uint64_type`
    pub uint64: u64,
    /// `metaffi_bool_type`
    pub boolean: bool,
    /// `metaffi_size_type`
    pub size: usize,
    /// `metaffi_char8_type`
    pub char8: u8,
    /// `metaffi_char16_type`
    pub char16: u16,
    /// `metaffi_char32_type`
    pub char32: u32,
    /// `metaffi_string8_type`, `metaffi_string16_type`, `metaffi_string32_type`
    pub string: metaffi_string,
    /// every type with `metaffi_array_type`; `metaffi_map_type`, `metaffi_set_type`,
    /// `metaffi_tuple_type`
    pub array: *mut metaffi_array,
    /// `metaffi_handle_type`; NULL is a null reference
    pub object: *mut metaffi_object,
    /// `metaffi_callable_type`; NULL is a null function
    pub callable: *mut metaffi_callable,
    /// `metaffi_bigint_type`
    pub bigint: *const metaffi_bigint,
    /// `metaffi_decimal_type`
    pub decimal: *const metaffi_decimal,
    /// `metaffi_complex_type`
    pub complex_number: *const metaffi_complex,
    /// `metaffi_date_type`
    pub date: *const metaffi_date,
    /// `metaffi_time_type`
    pub time: *const metaffi_time,
    /// `metaffi_datetime_type`
    pub datetime: *const metaffi_datetime,
    /// `metaffi_duration_type`
    pub duration: *const metaffi_duration,
    /// `metaffi_zone_type`
    pub zone: *const metaffi_zone,
    /// `metaffi_uuid_type`
    pub uuid: *const metaffi_uuid,
    /// `metaffi_range_type`
    pub range: *const metaffi_range,
}

/// A tagged datum: 24 bytes, three slots of a frame.
///
/// A value that metaffi filled in is owned by whoever receives it: `metaffi_value_clear` it. A
/// value that you fill in is borrowed by the function it is passed to: nothing to clear.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct metaffi_value {
    /// Which member of `data` is meant; `metaffi_null_type`, or 0, for none.
    pub r#type: metaffi_type,
    /// The datum.
    pub data: metaffi_payload,
}

/// An array: a view of elements in memory, n-dimensional, with strides.
///
/// Fill one in yourself to lend memory for a call (`release` NULL), or have one made by
/// `metaffi_array_new` or `metaffi_array_borrow` and free it with `metaffi_array_free`.
///
/// Elements are plain numbers, or `metaffi_string` for strings, `metaffi_value` for any,
/// `metaffi_object *` for handles, `metaffi_callable *` for callables, and `metaffi_array *`
/// where `element` itself is an array type: that is how arrays are ragged.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_array {
    /// The first element.
    pub data: *mut c_void,
    /// The type of one element: this array's type without its `metaffi_array_type` flag, or with
    /// it when each element is itself a `metaffi_array *`.
    pub element: metaffi_type,
    /// The number of dimensions of `shape`, at least 1.
    pub rank: usize,
    /// `rank` extents, in elements.
    pub shape: *const usize,
    /// `rank` distances, in bytes, or NULL: contiguous in C order.
    pub strides: *const isize,
    /// How `metaffi_array_free` gives the array back; NULL: nothing to free.
    pub release: Option<unsafe extern "C" fn(array: *mut metaffi_array)>,
    /// Belongs to `release`.
    pub owner: *mut c_void,
}

/// One eight-byte slot of a frame. Integers are sign- or zero-extended, floats are their bit
/// pattern (zero-extended), a bool is 0 or 1; a string takes two slots (pointer, length), `any`
/// three (a `metaffi_value`), everything else one pointer.
pub type metaffi_slot = u64;
