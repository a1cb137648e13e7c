//! [`Failure`]: an error as C holds it, and what C has asked of it.

use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::guard::are_threads_ending;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_status};
use crate::call::Late;
use crate::error::{Error, Failure, ForeignError, Result, Status};
use crate::fork::Once;
use crate::handle::{self, HandleKind, Handled};

/// Answers, kept since C borrows them.
#[derive(Default)]
struct CachedAnswers {
    /// If it cannot be read where it is.
    message: Once<CString>,
    runtime: Once<CString>,
    foreign_type: Once<CString>,
    trace: Once<CString>,
    frames: Once<Vec<Frame>>,
    members: Once<Vec<Error>>,
}

/// One frame of a foreign stack, as C reads it.
pub struct Frame {
    /// The function.
    pub function: CString,
    /// The file.
    pub file: CString,
    /// The line.
    pub line: u32,
    /// The text of the line.
    pub text: CString,
}

impl Handled for Failure {
    const KIND: HandleKind = HandleKind::Error;
}

impl Failure {
    /// What went wrong and what to do next.
    pub fn c_message(&self) -> &CStr {
        self.message_c()
            .unwrap_or_else(|| self.asked().message.get_or_init(|| c_string(self.message())))
    }

    /// The runtime's name, or "".
    pub fn c_runtime(&self) -> &CStr {
        let runtime = &self.asked().runtime;
        runtime.get_or_init(|| c_string(self.runtime().unwrap_or_default()))
    }

    /// The foreign exception's type, or "".
    pub fn foreign_type(&self) -> &CStr {
        self.ask::<CString>(&self.asked().foreign_type, |foreign| c_string(&foreign.type_name()))
    }

    /// The foreign stack as text, or "".
    pub fn trace(&self) -> &CStr {
        self.ask::<CString>(&self.asked().trace, |foreign| c_string(&foreign.trace()))
    }

    /// The foreign stack.
    pub fn frames(&self) -> &[Frame] {
        self.ask::<Vec<Frame>>(&self.asked().frames, |foreign| {
            foreign.frames().into_iter().map(Frame::from).collect()
        })
    }

    /// The failures that it gathers.
    pub fn members(&self) -> &[Error] {
        self.ask::<Vec<Error>>(&self.asked().members, |foreign| foreign.members())
    }

    fn asked(&self) -> &CachedAnswers {
        self.attachment()
    }

    /// Asks the exception before the place of the answer is locked: a runtime may wait for a lock
    /// of its own meanwhile.
    fn ask<'a, T: Default>(
        &self,
        place: &'a Once<T>,
        ask: impl FnOnce(&dyn ForeignError) -> T,
    ) -> &'a T {
        if let Some(known) = place.get() {
            return known;
        }
        let answer = self.foreign_error().map(ask).unwrap_or_default();
        place.get_or_set(answer)
    }
}

impl From<crate::error::StackFrame> for Frame {
    fn from(frame: crate::error::StackFrame) -> Frame {
        let [function, file, text] =
            [&frame.function, &frame.file, &frame.text].map(|text| c_string(text));
        Frame { function, file, line: frame.line, text }
    }
}

/// A NUL-terminated copy; a NUL inside is shown as U+2400.
pub fn c_string(text: &str) -> CString {
    CString::new(text).or_else(|_| CString::new(text.replace('\0', "\u{2400}"))).unwrap_or_default()
}

/// Gives a failure to C. NULL if there is no handle left for it.
#[cold]
pub fn to_c(error: Error) -> *mut metaffi_error {
    let key = handle::insert(error.into_failure());
    std::ptr::without_provenance_mut(key.unwrap_or_default())
}

/// Takes a failure that a host's function reported with `status`, and frees its handle.
#[cold]
pub fn from_c(status: metaffi_status, error: *mut metaffi_error) -> Error {
    if let Ok(failure) = handle::get::<Failure>(error.addr()) {
        let _ = handle::free(error.addr(), HandleKind::Error);
        return failure.error();
    }
    let known = Status::from_code(status);
    let name = known.map_or("an unknown status", Status::name);
    Error::new(
        known.unwrap_or(Status::Foreign),
        format!("the callback returned status {status} ({name}) without an error"),
    )
}

/// The status of a failure that a host's function stored although it said that it had none.
#[cold]
pub fn status_of(error: *mut metaffi_error) -> metaffi_status {
    let status = |failure: Arc<Failure>| failure.error().status();
    handle::get::<Failure>(error.addr()).map_or(Status::Foreign, status).code()
}

/// How failures are reported that nobody catches.
pub struct Reports {
    /// One that is of no runtime.
    pub uncaught: fn(&Error),
    /// One that a call holds which does not return.
    pub late: fn(&Late),
}

/// By a host language, if it says how.
static REPORTS: Once<Reports> = Once::new();

static PRINTED: Reports = Reports { uncaught: print, late: print_late };

/// Says how failures are reported from now on. The first one to say so does.
pub fn set_reports(reports: Reports) {
    let _ = REPORTS.set(reports);
}

fn reports() -> &'static Reports {
    REPORTS.get().unwrap_or(&PRINTED)
}

/// Reports the failure of a callback that is of no runtime: as the host language reports what nobody
/// catches, or prints it.
#[cold]
pub fn report_uncaught(error: &Error) {
    (reports().uncaught)(error);
}

/// Reports a failure that a call will end with, but which does not return.
#[cold]
pub fn report_late(late: &Late) {
    (reports().late)(late);
}

fn print_late(late: &Late) {
    if let Some(error) = late.failure() {
        let said = "metaffi: a callback failed, and the call that runs it goes on";
        crate::standard_error::write(&format!("{said}: {error}\n"));
    }
}

/// Prints the failure of a callback to standard error, if that takes it. Once a runtime ends its
/// threads, what they fail with is printed once.
#[cold]
pub fn print(error: &Error) {
    static LAST: AtomicBool = AtomicBool::new(false);
    if are_threads_ending() && LAST.swap(true, Ordering::Relaxed) {
        return;
    }
    let said = "metaffi: a callback failed, and zero was returned to its caller";
    crate::standard_error::write(&format!("{said}: {error}\n"));
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
                // SAFETY: `error` is NULL or writable.
                unsafe { error.write(ptr::null_mut()) };
            }
            METAFFI_OK
        }
        // SAFETY: `error` is NULL or writable.
        Err(failed) => unsafe { report_failure(error, failed) },
    }
}

#[cold]
#[inline(never)]
unsafe fn report_failure(error: *mut *mut metaffi_error, failed: Error) -> metaffi_status {
    let status = failed.status().code();
    if !error.is_null() {
        // SAFETY: not NULL, so writable.
        unsafe { error.write(to_c(failed)) };
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_that_has_changed_says_so_to_c() {
        let error = Error::invalid("a\0b");
        assert_eq!(error.c_message(), c"a\u{2400}b");
        let error = error.context("at");
        assert_eq!(error.c_message(), c"at: a\u{2400}b");
    }
}
