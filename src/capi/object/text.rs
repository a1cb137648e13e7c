//! Texts about objects, and where they are written.

use std::ffi::c_char;
use std::ptr;

use super::{into, no_place};
use crate::abi::{
    METAFFI_TEXT_DEBUG, METAFFI_TEXT_DISPLAY, METAFFI_TEXT_SAFE, metaffi_error, metaffi_object,
    metaffi_status, metaffi_text_kind, metaffi_value,
};
use crate::call::shielded;
use crate::capi::text;
use crate::error::{Error, Result};
use crate::object::{self, TextKind};
use crate::value;

/// A text about an object.
///
/// Runs code of the object's, as metaffi_object_get, unless it is METAFFI_TEXT_SAFE.
///
/// @param kind One of `METAFFI_TEXT_…`.
/// @param value A string8, owned by the caller: metaffi_value_clear. Zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `value` is
///         NULL, or `kind` is not known; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the
///         object's code fails.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_text(
    object: *const metaffi_object,
    kind: metaffi_text_kind,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let kind = || match kind {
        METAFFI_TEXT_DISPLAY => Ok(TextKind::Display),
        METAFFI_TEXT_DEBUG => Ok(TextKind::Debug),
        METAFFI_TEXT_SAFE => Ok(TextKind::Safe),
        other => Err(Error::invalid(format!("kind {other} of text is not known"))),
    };
    // SAFETY: `value` and `error` are NULL or writable.
    unsafe {
        into(error, value, move |to| {
            let text = object::of(object.addr())?.text(object.addr(), kind()?)?;
            to.write(value::string8(&text)?.into_raw());
            Ok(())
        })
    }
}

/// Where an object is written: a function, a type, a module, or what runs a function.
///
/// May run code of the object's, as metaffi_object_get, and read its source.
///
/// @param file The file, owned by the caller: metaffi_free. NULL if nobody knows.
/// @param line The line, from 1; 0 if it is not known.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a place is
///         NULL; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `file`, `line` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_source(
    object: *const metaffi_object,
    file: *mut *mut c_char,
    line: *mut u32,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let find = move || -> Result<()> {
        // SAFETY: `file` and `line` are NULL or writable.
        unsafe {
            let file = file.as_mut().ok_or_else(|| no_place("file"))?;
            let line = line.as_mut().ok_or_else(|| no_place("line"))?;
            (*file, *line) = (ptr::null_mut(), 0);
            if let Some(found) = object::of(object.addr())?.source(object.addr())? {
                (*file, *line) = (text::give(&found.file)?, found.line);
            }
            Ok(())
        }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, find) }
}
