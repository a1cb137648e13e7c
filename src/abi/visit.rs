use std::ffi::{c_char, c_void};

use super::{
    metaffi_array, metaffi_error, metaffi_object, metaffi_status, metaffi_string, metaffi_value,
};

/// What holds other values.
pub type metaffi_container_kind = u32;

/// Items in an order: a list, an array, any other sequence.
pub const METAFFI_CONTAINER_LIST: metaffi_container_kind = 0;
/// Items in an order that never change.
pub const METAFFI_CONTAINER_TUPLE: metaffi_container_kind = 1;
/// Items in no order, each there once.
pub const METAFFI_CONTAINER_SET: metaffi_container_kind = 2;
/// Entries: of each its key and its value, in turn.
pub const METAFFI_CONTAINER_MAP: metaffi_container_kind = 3;
/// Fields of an object: of each its name, a text, and its value, in turn.
pub const METAFFI_CONTAINER_OBJECT: metaffi_container_kind = 4;

/// A container that a visitor comes to.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_container {
    /// What it is.
    pub kind: metaffi_container_kind,
    /// How many items, entries or fields; the most that there are where nulls are left out;
    /// `METAFFI_UNSPECIFIED` if that is not known before.
    pub length: usize,
    /// What `again` calls it if it is met another time. Each container of a visit has another
    /// number, from 1 on.
    pub id: u64,
    /// The name of its type in UTF-8, as its language prints it, for the time of the call; NULL for
    /// the language's own lists, tuples, sets and maps.
    pub type_name: metaffi_string,
}

/// What is told of the values of a visit, one after the other: the functions that a host, or a
/// runtime that builds values of its own, has for them.
///
/// Each is called on the thread of the visit, with the runtime entered. What it is given as a text,
/// bytes or `const` is borrowed for the call; an array and an object are the visitor's own, whatever
/// it returns. To stop the visit, it returns a status and stores an error made by
/// `metaffi_error_new`, which metaffi then owns; with an error stored it has failed, whatever it
/// returns. C++ exceptions pass through the visit, which is left in order. So does `longjmp`, but what
/// the visit has in use stays in use, and so does a runtime that was not entered by a scope before.
///
/// A function may be NULL: plain values then come to `value`, and if that is NULL too, or for a
/// container, the visit ends with `METAFFI_STATUS_UNSUPPORTED`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_visitor {
    /// `sizeof(metaffi_visitor)`.
    pub size: usize,
    /// Null.
    pub null_value: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// A truth value.
    pub boolean: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            boolean: bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// An integer that int64 holds. Larger ones come to `value`.
    pub integer: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            integer: i64,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// A floating number.
    pub number: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            number: f64,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Text: `length` bytes of UTF-8, behind which there need not be a NUL.
    pub text: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            text: *const c_char,
            length: usize,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// `length` bytes. If this is NULL, they come to `array`.
    pub bytes: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            bytes: *const u8,
            length: usize,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Any other value of one piece: an integer beyond int64, a decimal, a complex number, a date, a
    /// time, a duration, a UUID, a range, a callable; and what another function is NULL for.
    pub value: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            value: *const metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Numbers in memory, as a view of it that keeps it until it is freed: `metaffi_array_free`.
    pub array: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            array: *mut metaffi_array,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// What is not converted, as a new handle of it: `metaffi_object_free`.
    pub object: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            object: *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// A container, whose items come next, until `close`.
    pub open: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            container: *const metaffi_container,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// The end of the container that was opened last.
    pub close: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// A container that was opened before, by the number that it had; it may still be open, and then
    /// contains itself.
    pub again: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            id: u64,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
}

/// How a visit goes: a set of `METAFFI_VISIT_…` bits; 0 is all as it is said where there is a choice.
pub type metaffi_visit_flags = u64;

/// Only containers to the `depth` of the options are opened; those below come as objects. 0: not even
/// the first. Without this bit there is no limit.
pub const METAFFI_VISIT_DEPTH: metaffi_visit_flags = 1 << 0;
/// What has no conversion is an error, instead of an object.
pub const METAFFI_VISIT_NO_OBJECTS: metaffi_visit_flags = 1 << 1;
/// Objects whose types declare their fields, such as dataclasses and named tuples, come as containers
/// of these, instead of as an object or a tuple.
pub const METAFFI_VISIT_FIELDS: metaffi_visit_flags = 1 << 2;
/// Maps come as lists of tuples of a key and a value.
pub const METAFFI_VISIT_MAPS_AS_PAIRS: metaffi_visit_flags = 1 << 3;
/// Maps come as objects; a key that is no text is an error.
pub const METAFFI_VISIT_MAPS_AS_OBJECTS: metaffi_visit_flags = 1 << 4;
/// Sets come as lists.
pub const METAFFI_VISIT_SETS_AS_LISTS: metaffi_visit_flags = 1 << 5;
/// Tuples come as lists.
pub const METAFFI_VISIT_TUPLES_AS_LISTS: metaffi_visit_flags = 1 << 6;
/// An integer that int64 does not hold is an error.
pub const METAFFI_VISIT_INT64_ONLY: metaffi_visit_flags = 1 << 7;
/// An integer that int64 does not hold comes as the nearest float64; one beyond those is an error.
pub const METAFFI_VISIT_INTEGERS_AS_FLOAT64: metaffi_visit_flags = 1 << 8;
/// Entries and fields whose value is null are left out.
pub const METAFFI_VISIT_WITHOUT_NULLS: metaffi_visit_flags = 1 << 9;
/// Null is an error.
pub const METAFFI_VISIT_NO_NULLS: metaffi_visit_flags = 1 << 10;
/// Bytes come as arrays that keep their memory, instead of being lent for a call.
pub const METAFFI_VISIT_BYTES_VIEWED: metaffi_visit_flags = 1 << 11;
/// A container that is met again comes as a whole each time, instead of as `again`; one that contains
/// itself is an error.
pub const METAFFI_VISIT_SHARED_COPIED: metaffi_visit_flags = 1 << 12;
/// A container that is met again is an error.
pub const METAFFI_VISIT_NO_SHARED: metaffi_visit_flags = 1 << 13;

/// What a converter has done.
pub type metaffi_conversion = u32;

/// Nothing: the object is visited as any other.
pub const METAFFI_CONVERSION_NONE: metaffi_conversion = 0;
/// It has told the visitor of one value, or of a container from `open` to `close`.
pub const METAFFI_CONVERSION_TOLD: metaffi_conversion = 1;
/// It has written a value, which is visited in the place of the object. No converter is asked about
/// that, but about what is in it.
pub const METAFFI_CONVERSION_REPLACED: metaffi_conversion = 2;

/// When a converter is asked.
pub type metaffi_converter_order = u32;

/// About what has no other conversion.
pub const METAFFI_CONVERTER_LAST: metaffi_converter_order = 0;
/// About every object that is no number, text, truth value or null, before any other conversion.
pub const METAFFI_CONVERTER_FIRST: metaffi_converter_order = 1;

/// What converts objects in a way of its own.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_converter {
    /// A type of the runtime whose objects it is asked about, and about those of types derived from
    /// it; NULL: about all.
    pub of_type: *const metaffi_object,
    /// When it is asked.
    pub order: metaffi_converter_order,
    /// Converts an object, borrowed for the call, and says in `conversion` what it has done, which is
    /// `METAFFI_CONVERSION_NONE` before. What it writes to `instead` becomes metaffi's. It fails as
    /// the functions of a visitor do.
    pub convert: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            object: *const metaffi_object,
            conversion: *mut metaffi_conversion,
            instead: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// What it is called with.
    pub userdata: *mut c_void,
}

/// How a visit goes. All zero but the size is right for most.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_visit_options {
    /// `sizeof(metaffi_visit_options)`.
    pub size: usize,
    /// `METAFFI_VISIT_…`
    pub flags: metaffi_visit_flags,
    /// How deep containers are opened, with `METAFFI_VISIT_DEPTH`.
    pub depth: usize,
    /// `converter_count` of them, asked in this order.
    pub converters: *const metaffi_converter,
    /// How many.
    pub converter_count: usize,
    /// Told of every handle that is made for what is not converted, borrowed for the call; NULL: not
    /// told.
    pub object_made:
        Option<unsafe extern "C-unwind" fn(userdata: *mut c_void, object: *const metaffi_object)>,
    /// What that is called with.
    pub userdata: *mut c_void,
}

/// Tells a visitor of one value, or of a container from `open` to `close`, by calling the functions
/// of `visitor` with `visitor_userdata`; those are there until it returns. It fails as they do, and
/// gives the failures of theirs on.
pub type metaffi_producer = Option<
    unsafe extern "C-unwind" fn(
        userdata: *mut c_void,
        visitor: *const metaffi_visitor,
        visitor_userdata: *mut c_void,
        error: *mut *mut metaffi_error,
    ) -> metaffi_status,
>;
