//! Errors: made, asked, freed.

use std::ffi::{CStr, c_char};
use std::ptr;

use super::guard::guard_into;
use super::{handle, input};
use crate::abi::{metaffi_error, metaffi_object, metaffi_stack_frame, metaffi_status};
use crate::call::errors::failure::to_c;
use crate::call::errors::pending;
use crate::error::{Error, Failure, ForeignError, Status};
use crate::handle::{self as handles, HandleKind};

/// A failure that a host reports.
struct HostError {
    type_name: String,
}

impl ForeignError for HostError {
    fn type_name(&self) -> String {
        self.type_name.clone()
    }
}

/// A new error, for a callback to fail with.
///
/// @param status What kind of failure; METAFFI_STATUS_FOREIGN for one of the host's own.
/// @param foreign_type The type of the host's exception, or NULL.
/// @param message What went wrong, UTF-8.
/// @param error The new error, owned by the caller until a callback hands it over.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if the status is METAFFI_OK or unknown, or
///         a pointer is NULL; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_RANGE for a text of
///         more than a mebibyte.
///
/// # Safety
/// Texts are NULL or NUL-terminated; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_error_new(
    status: metaffi_status,
    foreign_type: *const c_char,
    message: *const c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(ptr::null_mut(), error, "error", || {
        // SAFETY: texts are NULL or NUL-terminated.
        let message = unsafe { input::name(message, "message") }?;
        let status = Status::from_code(status)
            .ok_or_else(|| Error::invalid(format!("{status} is not the status of a failure")))?;
        let new = match foreign_type.is_null() {
            true => Error::new(status, message),
            false => {
                // SAFETY: texts are NULL or NUL-terminated.
                let type_name = unsafe { input::name(foreign_type, "foreign_type") }?;
                let foreign = HostError { type_name: type_name.to_owned() };
                Error::foreign("host", message, Box::new(foreign), None).with_status(status)
            }
        };
        handle::give(new.into_failure())
    })
}

/// The kind of failure.
///
/// @return Its status; METAFFI_STATUS_INVALID_HANDLE if `error` is no error.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_status(error: *const metaffi_error) -> metaffi_status {
    let absent = Status::InvalidHandle.code();
    handle::ask(error, absent, |failure: &Failure| failure.status().code())
}

/// What went wrong, with which argument, and what to do next.
///
/// @return UTF-8, borrowed until the error is freed; "" if `error` is no error.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_message(error: *const metaffi_error) -> *const c_char {
    text(error, Failure::c_message)
}

/// The runtime in which it happened.
///
/// @return Its name, borrowed until the error is freed; "" if it happened in none.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_runtime(error: *const metaffi_error) -> *const c_char {
    text(error, Failure::c_runtime)
}

/// The type of the foreign exception, as its language names it.
///
/// @return Such as "ValueError", borrowed until the error is freed; "" if there was no exception.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_foreign_type(error: *const metaffi_error) -> *const c_char {
    text(error, Failure::foreign_type)
}

/// The foreign stack as its language prints it. Made when first asked for.
///
/// @return UTF-8, borrowed until the error is freed; "" if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_trace(error: *const metaffi_error) -> *const c_char {
    text(error, Failure::trace)
}

/// How many frames of the foreign stack are known. Collected when first asked for.
///
/// @return Their number; 0 if `error` is no error.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_frame_count(error: *const metaffi_error) -> usize {
    handle::ask(error, 0, |failure: &Failure| failure.frames().len())
}

/// One frame of the foreign stack, the innermost last.
///
/// @param index Below metaffi_error_frame_count.
/// @param frame The frame; its texts are borrowed until the error is freed.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `frame` is NULL.
///
/// # Safety
/// `frame` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_error_frame(
    error: *const metaffi_error,
    index: usize,
    frame: *mut metaffi_stack_frame,
) -> metaffi_status {
    guard_into(ptr::null_mut(), frame, "frame", || {
        let failure = handle::get::<Failure, _>(error)?;
        let frames = failure.frames();
        let found = frames
            .get(index)
            .ok_or_else(|| Error::out_of_range(format!("frame {index} of {}", frames.len())))?;
        Ok(metaffi_stack_frame {
            name: found.function.as_ptr(),
            file: found.file.as_ptr(),
            line: found.line,
        })
    })
}

/// What led to the failure.
///
/// @return A new error, owned by the caller: metaffi_error_free. NULL if there is no cause.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_cause(error: *const metaffi_error) -> *mut metaffi_error {
    handle::ask(error, ptr::null_mut(), |failure: &Failure| {
        failure.cause().cloned().map_or(ptr::null_mut(), to_c)
    })
}

/// How many failures this one gathers, as Python's ExceptionGroup does. Collected when first asked
/// for.
///
/// @return Their number; 0 if it gathers none, or `error` is no error.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_member_count(error: *const metaffi_error) -> usize {
    handle::ask(error, 0, |failure: &Failure| failure.members().len())
}

/// One of the failures that an error gathers; it may have a cause and members of its own.
///
/// @param index Below metaffi_error_member_count.
/// @return A new error, owned by the caller: metaffi_error_free. NULL if there is no such member.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_member(
    error: *const metaffi_error,
    index: usize,
) -> *mut metaffi_error {
    handle::ask(error, ptr::null_mut(), |failure: &Failure| {
        failure.members().get(index).cloned().map_or(ptr::null_mut(), to_c)
    })
}

/// The foreign exception itself, to be inspected or raised again.
///
/// @return A new object, owned by the caller: metaffi_object_free. NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_original(error: *const metaffi_error) -> *mut metaffi_object {
    handle::ask(error, ptr::null_mut(), |failure: &Failure| {
        let original = failure.foreign_error().and_then(ForeignError::original);
        ptr::without_provenance_mut(original.unwrap_or(0))
    })
}

/// Another handle for the same error.
///
/// @return Owned by the caller: metaffi_error_free. NULL if `error` is no error or memory is out.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_clone(error: *const metaffi_error) -> *mut metaffi_error {
    let clone = crate::call::guarded(|| handles::clone(error.addr(), HandleKind::Error));
    ptr::without_provenance_mut(clone.unwrap_or(0))
}

/// Frees an error. NULL is fine.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no error or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_free(error: *mut metaffi_error) -> metaffi_status {
    handle::free(HandleKind::Error, error)
}

/// Takes the failure of the latest call that this thread made through a native function pointer of
/// an entity: such a call has no other way to report it, and returned zero.
///
/// @return Owned by the caller: metaffi_error_free. NULL if no such call has failed since.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_error_take_pending() -> *mut metaffi_error {
    pending::take().map_or(ptr::null_mut(), to_c)
}

fn text(error: *const metaffi_error, ask: impl FnOnce(&Failure) -> &CStr) -> *const c_char {
    // The text belongs to the error, which the caller's handle keeps alive.
    handle::ask(error, c"".as_ptr(), |failure: &Failure| ask(failure).as_ptr())
}
