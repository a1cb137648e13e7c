//! [`Failure`]: an error as C holds it.

use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::{Arc, OnceLock};

use crate::abi::{METAFFI_OK, metaffi_error, metaffi_status};
use crate::error::{Error, Result, Status};
use crate::handle::{self, Handled, Kind};

/// What a `metaffi_error` stands for: a failure, and the texts of it that C has asked for.
pub struct Failure {
    /// The failure itself.
    pub error: Error,
    message: OnceLock<CString>,
    runtime: OnceLock<CString>,
    foreign_type: OnceLock<CString>,
    trace: OnceLock<CString>,
    frames: OnceLock<Vec<Frame>>,
}

/// One frame of a foreign stack, as C reads it.
pub struct Frame {
    /// The function.
    pub function: CString,
    /// The file.
    pub file: CString,
    /// The line.
    pub line: u32,
}

impl Handled for Failure {
    const KIND: Kind = Kind::Error;
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure {
            error,
            message: OnceLock::new(),
            runtime: OnceLock::new(),
            foreign_type: OnceLock::new(),
            trace: OnceLock::new(),
            frames: OnceLock::new(),
        }
    }
}

impl Failure {
    /// What went wrong and what to do next.
    pub fn message(&self) -> &CStr {
        self.message.get_or_init(|| c_string(self.error.message()))
    }

    /// The runtime's name, or "".
    pub fn runtime(&self) -> &CStr {
        self.runtime.get_or_init(|| c_string(self.error.runtime().unwrap_or_default()))
    }

    /// The foreign exception's type, or "".
    pub fn foreign_type(&self) -> &CStr {
        self.foreign_type.get_or_init(|| {
            let name = self.error.foreign_error().map(|foreign| foreign.type_name());
            c_string(&name.unwrap_or_default())
        })
    }

    /// The foreign stack as text, or "".
    pub fn trace(&self) -> &CStr {
        self.trace.get_or_init(|| {
            let trace = self.error.foreign_error().map(|foreign| foreign.trace());
            c_string(&trace.unwrap_or_default())
        })
    }

    /// The foreign stack.
    pub fn frames(&self) -> &[Frame] {
        self.frames.get_or_init(|| {
            let frames = self.error.foreign_error().map(|foreign| foreign.frames());
            frames.unwrap_or_default().into_iter().map(Frame::from).collect()
        })
    }
}

impl From<crate::error::StackFrame> for Frame {
    fn from(frame: crate::error::StackFrame) -> Frame {
        Frame { function: c_string(&frame.function), file: c_string(&frame.file), line: frame.line }
    }
}

/// A NUL-terminated copy; a NUL inside is shown as U+2400.
pub fn c_string(text: &str) -> CString {
    CString::new(text).or_else(|_| CString::new(text.replace('\0', "\u{2400}"))).unwrap_or_default()
}

/// Gives a failure to C. NULL if there is no handle left for it.
#[cold]
pub fn to_c(error: Error) -> *mut metaffi_error {
    let key = handle::insert(Arc::new(Failure::from(error)));
    std::ptr::without_provenance_mut(key.unwrap_or_default())
}

/// Takes a failure that a host's function reported with `status`, and frees its handle.
#[cold]
pub fn from_c(status: metaffi_status, error: *mut metaffi_error) -> Error {
    if let Ok(failure) = handle::get::<Failure>(error.addr()) {
        let _ = handle::free(error.addr(), Kind::Error);
        return failure.error.clone();
    }
    let known = Status::from_code(status);
    let name = known.map_or("an unknown status", Status::name);
    Error::new(
        known.unwrap_or(Status::Foreign),
        format!("the callback returned status {status} ({name}) without an error"),
    )
}

/// Turns an outcome into the status and, if asked for, the error object.
///
/// # Safety
/// `error` is NULL or writable.
#[inline(always)]
pub unsafe fn report(error: *mut *mut metaffi_error, outcome: Result<()>) -> metaffi_status {
    match outcome {
        Ok(()) => {
            if !error.is_null() {
                // SAFETY: the caller's promise.
                unsafe { error.write(ptr::null_mut()) };
            }
            METAFFI_OK
        }
        // SAFETY: the caller's promise.
        Err(failed) => unsafe { report_failure(error, failed) },
    }
}

#[cold]
#[inline(never)]
unsafe fn report_failure(error: *mut *mut metaffi_error, failed: Error) -> metaffi_status {
    let status = failed.status().code();
    if !error.is_null() {
        // SAFETY: the caller's promise.
        unsafe { error.write(to_c(failed)) };
    }
    status
}
