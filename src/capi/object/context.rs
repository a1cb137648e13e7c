//! Objects that are entered and left as contexts.

use super::{answer, into};
use crate::abi::{metaffi_error, metaffi_object, metaffi_status, metaffi_value};
use crate::capi::handle;
use crate::error::Failure;
use crate::object;

/// Enters an object as a context, as Python's `with` does.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param entered What it gives for the body, owned by the caller: metaffi_value_clear. As
///        metaffi_object_get gives it; zeroed on failure.
/// @return METAFFI_OK: metaffi_object_exit is due; METAFFI_STATUS_UNSUPPORTED if the object is no
///         context; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `entered` is NULL;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `entered` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_enter(
    object: *const metaffi_object,
    entered: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `entered` and `error` are NULL or writable.
    unsafe { into(error, entered, move |to| object::of(object.addr())?.enter(object.addr(), to)) }
}

/// Leaves an object as a context.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param failure What the body has failed with, borrowed for the call; NULL if it has not. A failure
///        of the object's own runtime is there the exception that it was.
/// @param suppressed Whether the failure is dealt with; false on failure, and without one.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object is no context;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `suppressed` is NULL;
///         METAFFI_STATUS_FOREIGN if the object's code fails: that failure takes the place of the
///         body's.
///
/// # Safety
/// `suppressed` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_exit(
    object: *const metaffi_object,
    failure: *const metaffi_error,
    suppressed: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `suppressed` and `error` are NULL or writable.
    unsafe {
        answer(error, suppressed, "suppressed", move || {
            let failure = match failure.is_null() {
                true => None,
                false => Some(handle::get::<Failure, _>(failure)?.error()),
            };
            object::of(object.addr())?.exit(object.addr(), failure.as_ref())
        })
    }
}
