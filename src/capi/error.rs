//! Errors: made, asked, freed.

use std::ffi::{CStr, c_char};
use std::ptr;

use super::guard::guard_into;
use super::{handle, input};
use crate::abi::{
    metaffi_error, metaffi_error_details, metaffi_object, metaffi_stack_frame, metaffi_status,
};
use crate::call::errors::failure::to_c;
use crate::call::errors::host_error::{HostError, OriginalObject};
use crate::call::errors::pending;
use crate::error::{Error, Failure, ForeignError, Result, StackFrame, Status};
use crate::handle::{self as handles, HandleKind};

/// A new error, for a callback to fail with.
///
/// @param status What kind of failure; METAFFI_STATUS_FOREIGN for one of the host's own.
/// @param foreign_type The type of the host's exception; NULL or "" for none.
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
    // SAFETY: as the caller says; no details.
    unsafe { metaffi_error_new_detailed(status, foreign_type, message, ptr::null(), error) }
}

/// The same with all that the host knows of its failure: the object that it is, what led to it, and
/// the stack. Guests show it: in Python the cause is `__cause__`, the frames are in the traceback, and
/// the object is `original`. When the error comes back, the object is the same.
///
/// @param details What is known, borrowed for the call and copied; NULL for nothing more.
/// @param error As for metaffi_error_new.
/// @return As metaffi_error_new; METAFFI_STATUS_INVALID_HANDLE for an original that is no object, or
///         a cause that is no error; METAFFI_STATUS_UNSUPPORTED for members of `details` that this
///         version does not know.
///
/// # Safety
/// Texts are NULL or NUL-terminated; `details` is NULL or as large as it says, and there are as many
/// frames as it says; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_error_new_detailed(
    status: metaffi_status,
    foreign_type: *const c_char,
    message: *const c_char,
    details: *const metaffi_error_details,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(ptr::null_mut(), error, "error", || {
        // SAFETY: texts are NULL or NUL-terminated.
        let (message, type_name) = unsafe {
            let type_name = match foreign_type.is_null() {
                true => "",
                false => input::name(foreign_type, "foreign_type")?,
            };
            (input::name(message, "message")?, type_name)
        };
        let status = Status::from_code(status)
            .ok_or_else(|| Error::invalid(format!("{status} is not the status of a failure")))?;
        if details.is_null() && type_name.is_empty() {
            return handle::give(Error::new(status, message).into_failure());
        }
        let mut host = HostError { type_name: type_name.to_owned(), ..HostError::default() };
        let mut cause = None;
        if !details.is_null() {
            // SAFETY: as the caller says.
            unsafe { cause = read_details(&input::sized(details, "details")?, &mut host)? };
        }
        let new = Error::foreign("host", message, Box::new(host), cause).with_status(status);
        handle::give(new.into_failure())
    })
}

/// What details say: into `host`, and the cause.
///
/// # Safety
/// Texts are NULL or NUL-terminated, and there are as many frames as said.
unsafe fn read_details(
    details: &metaffi_error_details,
    host: &mut HostError,
) -> Result<Option<Error>> {
    let text = |text: *const c_char, name: &str| match text.is_null() {
        true => Ok(String::new()),
        // SAFETY: not NULL, so NUL-terminated.
        false => unsafe { input::name(text, name) }.map(str::to_owned),
    };
    // SAFETY: there are as many frames as said.
    let frames = unsafe { input::list(details.frames, details.frame_count, "details.frames") }?;
    for (index, frame) in frames.iter().enumerate() {
        let at = |member: &str| format!("details.frames[{index}].{member}");
        host.frames.push(StackFrame {
            function: text(frame.name, &at("name"))?,
            file: text(frame.file, &at("file"))?,
            line: frame.line,
            text: text(frame.text, &at("text"))?,
        });
    }
    host.trace = text(details.trace, "details.trace")?;
    if !details.original.is_null() {
        let original = OriginalObject::of(details.original.addr());
        host.original = Some(original.map_err(|error| error.context("details.original"))?);
    }
    match details.cause.is_null() {
        true => Ok(None),
        false => {
            let cause = handle::get::<Failure, _>(details.cause);
            cause.map(|cause| Some(cause.error())).map_err(|error| error.context("details.cause"))
        }
    }
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
            text: found.text.as_ptr(),
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
