//! Attributes of objects.

use std::ffi::c_char;

use super::{asked, attribute_name, into, named};
use crate::abi::{metaffi_error, metaffi_name, metaffi_object, metaffi_status, metaffi_value};
use crate::call::shielded;
use crate::error::Result;
use crate::object::{self, AttributeName};

/// Reads an attribute of an object by its name.
///
/// Runs code of the object's, on this thread; C++ exceptions and longjmp of that pass through.
///
/// @param name The attribute's name, interned: metaffi_name_intern.
/// @param value The attribute, owned by the caller: metaffi_value_clear. Numbers, text, truth values
///        and null are values, everything else is a handle. Zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such attribute;
///         METAFFI_STATUS_UNSUPPORTED if the object has none that are read;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_get(
    object: *const metaffi_object,
    name: *const metaffi_name,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `value` and `error` are NULL or writable.
    unsafe {
        asked(error, value, object, |protocol, object, answer| {
            Ok(protocol.answer_attribute(object, named(name)?, answer))
        })
    }
}

/// The same by the text of its name.
///
/// @param name `length` bytes of UTF-8, borrowed for the call.
/// @return As metaffi_object_get; METAFFI_STATUS_INVALID_TEXT.
///
/// # Safety
/// `name` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_get_attribute(
    object: *const metaffi_object,
    name: *const c_char,
    length: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `name` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
    unsafe {
        into(error, value, move |to| {
            let name = attribute_name(name, length)?;
            object::of(object.addr())?.get_attribute(object.addr(), name, to)
        })
    }
}

/// Writes an attribute of an object by its name, or deletes it.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param name The attribute's name, interned: metaffi_name_intern.
/// @param value What it is from now on, borrowed for the call; NULL deletes it.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if what is to be deleted is not there;
///         METAFFI_STATUS_UNSUPPORTED if the object has none that are written;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT for a value that is none;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `value` is NULL or what its type says; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_set(
    object: *const metaffi_object,
    name: *const metaffi_name,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let set = move || -> Result<()> {
        let name = AttributeName::Interned(named(name)?);
        // SAFETY: `value` is NULL or what its type says.
        unsafe {
            let protocol = object::of(object.addr())?;
            protocol.set_attribute(object.addr(), name, value.as_ref())
        }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, set) }
}

/// The same by the text of its name.
///
/// @param name `length` bytes of UTF-8, borrowed for the call.
/// @return As metaffi_object_set; METAFFI_STATUS_INVALID_TEXT.
///
/// # Safety
/// `name` is NULL or has `length` bytes; `value` is NULL or what its type says; `error` is NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_set_attribute(
    object: *const metaffi_object,
    name: *const c_char,
    length: usize,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let set = move || -> Result<()> {
        // SAFETY: `name` is NULL or has `length` bytes; `value` is NULL or what its type says.
        unsafe {
            let name = attribute_name(name, length)?;
            let protocol = object::of(object.addr())?;
            protocol.set_attribute(object.addr(), name, value.as_ref())
        }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, set) }
}
