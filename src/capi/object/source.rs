//! Where objects are written.

use std::ffi::c_char;
use std::ptr;

use super::no_place;
use crate::abi::{metaffi_error, metaffi_object, metaffi_status};
use crate::call::shielded;
use crate::capi::text;
use crate::error::Result;
use crate::object;

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
