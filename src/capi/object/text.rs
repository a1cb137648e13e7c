//! Texts about objects.

use super::into;
use crate::abi::{
    METAFFI_TEXT_DEBUG, METAFFI_TEXT_DISPLAY, METAFFI_TEXT_SAFE, metaffi_error, metaffi_object,
    metaffi_status, metaffi_text_kind, metaffi_value,
};
use crate::error::Error;
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
