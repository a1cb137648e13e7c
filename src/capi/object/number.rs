//! Objects as numbers.

use super::into;
use crate::abi::{metaffi_error, metaffi_object, metaffi_status, metaffi_value};
use crate::object;

/// The number that an object is, exactly: also of an object that is more than its number, such as a
/// member of an enumeration.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param value The number, owned by the caller: metaffi_value_clear. An integer as int64, uint64 or
///        bigint, whatever holds it first; else float64, complex or decimal. Zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object is no number;
///         METAFFI_STATUS_OUT_OF_RANGE if nothing holds it exactly, as of Python's
///         `Fraction(1, 3)`; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `value` is NULL; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_number(
    object: *const metaffi_object,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `value` and `error` are NULL or writable.
    unsafe { into(error, value, move |to| object::of(object.addr())?.number(object.addr(), to)) }
}
