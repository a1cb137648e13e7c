use std::ffi::c_char;

/// What an object can do: a set of `METAFFI_CAN_…` bits. Bits that are not known say nothing.
pub type metaffi_capabilities = u64;

/// Its attributes are read by name.
pub const METAFFI_CAN_READ_ATTRIBUTES: metaffi_capabilities = 1 << 0;
/// Its attributes are written by name.
pub const METAFFI_CAN_WRITE_ATTRIBUTES: metaffi_capabilities = 1 << 1;
/// Its attributes are deleted by name.
pub const METAFFI_CAN_DELETE_ATTRIBUTES: metaffi_capabilities = 1 << 2;
/// Its members are listed.
pub const METAFFI_CAN_LIST_MEMBERS: metaffi_capabilities = 1 << 3;
/// Its items are read by their position.
pub const METAFFI_CAN_READ_ITEMS: metaffi_capabilities = 1 << 4;
/// Its items are written by their position.
pub const METAFFI_CAN_WRITE_ITEMS: metaffi_capabilities = 1 << 5;
/// Its items are deleted by their position.
pub const METAFFI_CAN_DELETE_ITEMS: metaffi_capabilities = 1 << 6;
/// Its entries are read by their key.
pub const METAFFI_CAN_READ_ENTRIES: metaffi_capabilities = 1 << 7;
/// Its entries are written by their key.
pub const METAFFI_CAN_WRITE_ENTRIES: metaffi_capabilities = 1 << 8;
/// Its entries are deleted by their key.
pub const METAFFI_CAN_DELETE_ENTRIES: metaffi_capabilities = 1 << 9;
/// It has a length.
pub const METAFFI_CAN_LENGTH: metaffi_capabilities = 1 << 10;
/// It says whether it contains a value.
pub const METAFFI_CAN_CONTAIN: metaffi_capabilities = 1 << 11;
/// It is iterated.
pub const METAFFI_CAN_ITERATE: metaffi_capabilities = 1 << 12;
/// It is an iterator: it gives the next value.
pub const METAFFI_CAN_NEXT: metaffi_capabilities = 1 << 13;
/// It is a generator: a value or an error is sent into it, and it is closed.
pub const METAFFI_CAN_SEND: metaffi_capabilities = 1 << 14;
/// It is iterated, each value being awaited.
pub const METAFFI_CAN_ITERATE_ASYNC: metaffi_capabilities = 1 << 15;
/// It is an asynchronous iterator: it gives what is awaited for the next value.
pub const METAFFI_CAN_NEXT_ASYNC: metaffi_capabilities = 1 << 16;
/// It is awaited.
pub const METAFFI_CAN_AWAIT: metaffi_capabilities = 1 << 17;
/// It is called.
pub const METAFFI_CAN_CALL: metaffi_capabilities = 1 << 18;
/// Instances are made of it.
pub const METAFFI_CAN_CONSTRUCT: metaffi_capabilities = 1 << 19;
/// Its memory is seen as an array.
pub const METAFFI_CAN_BUFFER: metaffi_capabilities = 1 << 20;
/// That memory is written.
pub const METAFFI_CAN_WRITE_BUFFER: metaffi_capabilities = 1 << 21;
/// It is compared for order.
pub const METAFFI_CAN_ORDER: metaffi_capabilities = 1 << 22;
/// It has a hash, so that it can be a key.
pub const METAFFI_CAN_HASH: metaffi_capabilities = 1 << 23;
/// It is a context that is entered and left.
pub const METAFFI_CAN_ENTER: metaffi_capabilities = 1 << 24;
/// It is a context that is entered and left by awaiting.
pub const METAFFI_CAN_ENTER_ASYNC: metaffi_capabilities = 1 << 25;
/// Its array is handed over as a tensor of DLPack.
pub const METAFFI_CAN_DLPACK: metaffi_capabilities = 1 << 26;
/// Its column, or the columns of its table, are handed over by Arrow's C data interface.
pub const METAFFI_CAN_ARROW_ARRAY: metaffi_capabilities = 1 << 27;
/// The same by Arrow's C stream interface.
pub const METAFFI_CAN_ARROW_STREAM: metaffi_capabilities = 1 << 28;
/// The type of its columns is handed over by Arrow's C data interface.
pub const METAFFI_CAN_ARROW_SCHEMA: metaffi_capabilities = 1 << 29;
/// It is a sequence.
pub const METAFFI_IS_SEQUENCE: metaffi_capabilities = 1 << 32;
/// It is a sequence that can be changed.
pub const METAFFI_IS_MUTABLE_SEQUENCE: metaffi_capabilities = 1 << 33;
/// It is a mapping of keys to values.
pub const METAFFI_IS_MAPPING: metaffi_capabilities = 1 << 34;
/// It is a set.
pub const METAFFI_IS_SET: metaffi_capabilities = 1 << 35;
/// It is an error.
pub const METAFFI_IS_ERROR: metaffi_capabilities = 1 << 36;
/// It is a type.
pub const METAFFI_IS_TYPE: metaffi_capabilities = 1 << 37;
/// It is a module.
pub const METAFFI_IS_MODULE: metaffi_capabilities = 1 << 38;
/// It is a number.
pub const METAFFI_IS_NUMBER: metaffi_capabilities = 1 << 39;
/// It is a number that int64 holds exactly.
pub const METAFFI_FITS_INT64: metaffi_capabilities = 1 << 40;
/// It is a number that uint64 holds exactly.
pub const METAFFI_FITS_UINT64: metaffi_capabilities = 1 << 41;
/// It is a number that float64 holds exactly.
pub const METAFFI_FITS_FLOAT64: metaffi_capabilities = 1 << 42;
/// It is text.
pub const METAFFI_IS_TEXT: metaffi_capabilities = 1 << 43;
/// It is bytes.
pub const METAFFI_IS_BYTES: metaffi_capabilities = 1 << 44;
/// It is the null value of its language.
pub const METAFFI_IS_NULL: metaffi_capabilities = 1 << 45;
/// It is a truth value.
pub const METAFFI_IS_BOOLEAN: metaffi_capabilities = 1 << 46;
/// It is, or has, a date.
pub const METAFFI_IS_DATE: metaffi_capabilities = 1 << 47;
/// It is, or has, a time of day.
pub const METAFFI_IS_TIME: metaffi_capabilities = 1 << 48;
/// It is, or has, a time zone.
pub const METAFFI_IS_ZONE: metaffi_capabilities = 1 << 49;
/// It is a duration.
pub const METAFFI_IS_DURATION: metaffi_capabilities = 1 << 50;
/// It is a pointer of C.
pub const METAFFI_IS_POINTER: metaffi_capabilities = 1 << 51;
/// It is an object of a host, made by `metaffi_object_new`, or shows one.
pub const METAFFI_IS_HOST_OBJECT: metaffi_capabilities = 1 << 52;

/// What a member is.
pub type metaffi_member_kind = u32;

/// An attribute that is data, or of which nobody knows.
pub const METAFFI_MEMBER_ATTRIBUTE: metaffi_member_kind = 0;
/// A function that is called with the object.
pub const METAFFI_MEMBER_METHOD: metaffi_member_kind = 1;
/// Computed when it is read.
pub const METAFFI_MEMBER_PROPERTY: metaffi_member_kind = 2;
/// A type.
pub const METAFFI_MEMBER_TYPE: metaffi_member_kind = 3;
/// A module.
pub const METAFFI_MEMBER_MODULE: metaffi_member_kind = 4;

/// A member of an object.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_member {
    /// Its name, NUL-terminated UTF-8, owned by the list.
    pub name: *const c_char,
    /// What it is.
    pub kind: metaffi_member_kind,
}

/// What an iteration gives.
pub type metaffi_iteration = u32;

/// What the language's own loop gives: the items of a sequence, the keys of a mapping.
pub const METAFFI_ITERATE_ITSELF: metaffi_iteration = 0;
/// The keys of a mapping.
pub const METAFFI_ITERATE_KEYS: metaffi_iteration = 1;
/// The values of a mapping.
pub const METAFFI_ITERATE_VALUES: metaffi_iteration = 2;
/// Keys and values of a mapping in turn, two for each entry.
pub const METAFFI_ITERATE_ENTRIES: metaffi_iteration = 3;

/// How two things are compared.
pub type metaffi_comparison = u32;

/// `<`
pub const METAFFI_LESS: metaffi_comparison = 0;
/// `<=`
pub const METAFFI_LESS_OR_EQUAL: metaffi_comparison = 1;
/// `==`
pub const METAFFI_EQUAL: metaffi_comparison = 2;
/// `!=`
pub const METAFFI_NOT_EQUAL: metaffi_comparison = 3;
/// `>`
pub const METAFFI_GREATER: metaffi_comparison = 4;
/// `>=`
pub const METAFFI_GREATER_OR_EQUAL: metaffi_comparison = 5;

/// A text about an object.
pub type metaffi_text_kind = u32;

/// For whoever uses a program: `str` of Python, `toString` of Java.
pub const METAFFI_TEXT_DISPLAY: metaffi_text_kind = 0;
/// For whoever writes one: `repr` of Python.
pub const METAFFI_TEXT_DEBUG: metaffi_text_kind = 1;
/// Without running any code of the object's: its type, and what tells it from others.
pub const METAFFI_TEXT_SAFE: metaffi_text_kind = 2;

/// What is done with a generator.
pub type metaffi_send = u32;

/// The value is what the paused `yield` gives; null at the start.
pub const METAFFI_SEND_VALUE: metaffi_send = 0;
/// The paused `yield` raises the error.
pub const METAFFI_SEND_ERROR: metaffi_send = 1;
/// It is closed: what it has to clean up is cleaned up.
pub const METAFFI_SEND_CLOSE: metaffi_send = 2;
