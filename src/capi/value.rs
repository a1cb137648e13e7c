//! Values: new, copied, converted, cleared.

use std::ffi::c_char;
use std::ptr;

use super::guard::{guard, guard_into};
use super::input;
use crate::abi::{metaffi_error, metaffi_status, metaffi_string, metaffi_type, metaffi_value};
use crate::signature::{Kind, Type};
use crate::value::{self, text};

/// A new string8 with a copy of UTF-8 text.
///
/// @param text `length` bytes, borrowed for the call; zeroes inside are text. NULL with length 0
///        is the empty string.
/// @param value The new string, owned by the caller: metaffi_value_clear. Its text has a zero
///        behind it that the length does not count.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_TEXT if it is not UTF-8, with the byte where;
///         METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `text` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_string8(
    text: *const c_char,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `text` is NULL or has `length` bytes.
    unsafe { new_string(text, length, Kind::String8, value, error) }
}

/// A new string16 with a copy of UTF-16 text; otherwise as metaffi_value_new_string8.
///
/// @param text `length` 16-bit units.
///
/// # Safety
/// `text` is NULL or has `length` units; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_string16(
    text: *const u16,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `text` is NULL or has `length` units.
    unsafe { new_string(text, length, Kind::String16, value, error) }
}

/// A new string32 with a copy of UTF-32 text; otherwise as metaffi_value_new_string8.
///
/// @param text `length` code points.
///
/// # Safety
/// `text` is NULL or has `length` code points; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_new_string32(
    text: *const u32,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `text` is NULL or has `length` code points.
    unsafe { new_string(text, length, Kind::String32, value, error) }
}

/// # Safety
/// `text` is NULL or has `length` units of the kind's width.
unsafe fn new_string<T>(
    text: *const T,
    length: usize,
    kind: Kind,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        let descriptor = metaffi_string { data: text.cast(), length };
        // SAFETY: `text` is NULL or has `length` units of the kind's width.
        let copy =
            unsafe { text::copy(&descriptor, kind) }.map_err(|error| error.context("text"))?;
        Ok(value::string(copy, kind))
    })
}

/// A deep copy of a value: its text or its array anew, another handle for its object or callable.
///
/// @param value Borrowed for the call.
/// @param copy The copy, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, the value's type is
///         no type, its array is not valid or is nested more than 64 deep;
///         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `value` is NULL or a value whose payload is that of its type; `copy` and `error` are NULL or
/// writable, and `copy` is not `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_copy(
    value: *const metaffi_value,
    copy: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, copy, "copy", || {
        // SAFETY: `value` is NULL or a value whose payload is that of its type; `copy` and `error`
        // are NULL or writable, and `copy` is not `value`.
        Ok(unsafe { value::copy(input::one(value, "value")?) }?.into_raw())
    })
}

/// Frees what a value owns and leaves null in it; clearing it again does nothing.
///
/// An object that this was the last handle of is released, which may run code of its runtime.
///
/// @param value A value that metaffi filled in, or NULL. Never one that borrows.
///
/// # Safety
/// `value` is NULL or owns what it holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_clear(value: *mut metaffi_value) {
    // SAFETY: `value` is NULL or owns what it holds: of most nothing but memory, which nothing can go
    // wrong with.
    if unsafe { value.as_mut().is_some_and(|value| value::clear_memory(value)) } {
        return;
    }
    // SAFETY: as above.
    unsafe { clear_guarded(value) };
}

/// The same of what may run code of others.
#[inline(never)]
unsafe fn clear_guarded(value: *mut metaffi_value) {
    guard(ptr::null_mut(), || {
        // SAFETY: `value` is NULL or owns what it holds.
        if let Some(value) = unsafe { value.as_mut() } {
            // SAFETY: `value` is NULL or owns what it holds.
            unsafe { value::clear(value) };
        }
        Ok(())
    });
}

/// A new value of another type, if that loses nothing.
///
/// Integers convert to integers that hold them and to floats that are exactly them, floats to
/// floats that are exactly them, characters to characters and to and from the unsigned integer of
/// their width, text to text of another width, null to a NULL string, handle or callable, arrays
/// element by element. Everything converts to any and to its own type. What an object says or holds is
/// asked of the object: metaffi_object_number, metaffi_object_convert.
///
/// @param value Borrowed for the call.
/// @param type The type to convert to.
/// @param converted The new value, owned by the caller: metaffi_value_clear. Converted to any, it
///        has the type of `value`.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if the number does not fit;
///         METAFFI_STATUS_TYPE_MISMATCH if there is no such conversion; otherwise as
///         metaffi_value_copy.
///
/// # Safety
/// As for metaffi_value_copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_value_convert(
    value: *const metaffi_value,
    r#type: metaffi_type,
    converted: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, converted, "converted", || {
        // SAFETY: `value` is NULL or points to a value.
        let value = unsafe { input::one(value, "value") }?;
        let to = Type::new(r#type).map_err(|error| error.context("type"))?;
        // SAFETY: the value is what its type says.
        Ok(unsafe { value::convert(value, to) }?.into_raw())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi;
    use crate::call::errors::failure;

    const NONE: *mut *mut metaffi_error = ptr::null_mut();

    #[test]
    fn strings_of_every_width_are_copied() {
        let mut value = value::null();
        // SAFETY: live arguments; what is made is cleared.
        unsafe {
            let text = "é\0x";
            let status =
                metaffi_value_new_string8(text.as_ptr().cast(), text.len(), &mut value, NONE);
            assert_eq!((status, value.r#type), (abi::METAFFI_OK, abi::metaffi_string8_type));
            assert_eq!(text::decode(&value.data.string, Kind::String8).unwrap(), text);
            metaffi_value_clear(&mut value);
            let units = [0xd83d, 0xde00];
            assert_eq!(metaffi_value_new_string16(units.as_ptr(), 2, &mut value, NONE), 0);
            assert_eq!(text::decode(&value.data.string, Kind::String16).unwrap(), "😀");
            metaffi_value_clear(&mut value);
            assert_eq!(metaffi_value_new_string32(&0x1f600, 1, &mut value, NONE), 0);
            assert_eq!(text::decode(&value.data.string, Kind::String32).unwrap(), "😀");
            metaffi_value_clear(&mut value);
        }
        assert_eq!(value.r#type, abi::metaffi_null_type);
    }

    #[test]
    fn no_text_is_the_empty_string() {
        let mut value = value::null();
        // SAFETY: live arguments; what is made is cleared.
        unsafe {
            assert_eq!(metaffi_value_new_string8(ptr::null(), 0, &mut value, NONE), 0);
            assert!(!value.data.string.data.is_null());
            assert_eq!(value.data.string.length, 0);
            metaffi_value_clear(&mut value);
        }
    }

    #[test]
    fn a_failure_names_the_argument_and_zeroes_the_output() {
        let mut value = metaffi_value::from(5_i8);
        let mut error = ptr::null_mut();
        // SAFETY: live arguments; the error is freed by `from_c`.
        let (status, error) = unsafe {
            let status = metaffi_value_new_string8(c"a\xff".as_ptr(), 2, &mut value, &mut error);
            (status, failure::from_c(status, error))
        };
        assert_eq!(status, abi::METAFFI_STATUS_INVALID_TEXT);
        assert_eq!(error.message(), "text: invalid UTF-8 at byte 1 (0xff)");
        // SAFETY: plain bits.
        assert_eq!((value.r#type, unsafe { value.data.uint64 }), (0, 0));
        // SAFETY: NULL is refused.
        unsafe {
            let invalid = abi::METAFFI_STATUS_INVALID_ARGUMENT;
            assert_eq!(metaffi_value_new_string8(ptr::null(), 3, &mut value, NONE), invalid);
            assert_eq!(metaffi_value_new_string8(c"a".as_ptr(), 1, ptr::null_mut(), NONE), invalid);
            assert_eq!(metaffi_value_copy(ptr::null(), &mut value, NONE), invalid);
            assert_eq!(metaffi_value_convert(ptr::null(), 1, &mut value, NONE), invalid);
            assert_eq!(metaffi_value_convert(&value::null(), 3, &mut value, NONE), invalid);
            metaffi_value_clear(ptr::null_mut());
        }
    }
}
