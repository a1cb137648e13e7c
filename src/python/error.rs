//! Exceptions and errors: what Python raises as an [`Error`], and an error as what Python raises.
//!
//! An exception that leaves Python and comes back is the same object.

mod chain;
mod exception;
mod frames;
mod interruption;
mod missing;
mod raise;
mod report;
mod text;

use std::ptr;

use super::NAME;
use super::lifecycle::gil::Gil;
use super::object::PyRef;
use crate::call::errors::failure::c_string;
use crate::error::{Error, Result, Status};

pub use exception::PyException;
pub use frames::with_frames;
pub use interruption::interruption_class;
pub use missing::{no_attribute, no_item, no_method};
pub use raise::{ALIVE, exception, host_error, keep, original, raise};
pub use report::{raise_for_host, report, set_raise};
pub use text::PyText;

/// Takes the pending exception of this thread.
#[cold]
pub fn fetch(gil: &Gil) -> Error {
    match take(gil) {
        Some(exception) => from_exception(gil, exception),
        None => Error::new(
            Status::Foreign,
            "a function of the Python C API failed without raising an exception",
        )
        .in_runtime(NAME),
    }
}

/// Warns of what a program does; the failure is the exception that its filters make of that.
#[cold]
pub fn warn(gil: &Gil, message: &str) -> Result<()> {
    let message = c_string(message);
    // SAFETY: NUL-terminated, under the GIL.
    match unsafe { (gil.api.PyErr_WarnEx)(gil.api.PyExc_RuntimeWarning, message.as_ptr(), 1) } {
        0 => Ok(()),
        _ => Err(fetch(gil)),
    }
}

/// The error of an exception object. No exception is pending.
pub fn from_exception(gil: &Gil, exception: PyRef) -> Error {
    let exception = match interruption::known(gil, exception) {
        Ok(interrupted) => return interrupted,
        Err(exception) => exception,
    };
    let (string, notes) = (string(gil, &exception), chain::notes(gil, &exception));
    let string = match (string, &notes) {
        (Some(string), None) => match PyText::new(gil, string) {
            Ok(text) => {
                return Error::speaking(NAME, Box::new(PyException::saying(exception, text)));
            }
            Err(string) => Some(string),
        },
        (string, _) => string,
    };
    let message = chain::copy(gil, string, notes);
    Error::foreign(NAME, message, Box::new(PyException::new(exception)), None)
}

/// Takes the pending exception as an object, with its traceback.
pub fn take(gil: &Gil) -> Option<PyRef> {
    let api = gil.api;
    // SAFETY: under the GIL; each call hands over what it returns.
    unsafe {
        if let Some(get) = api.PyErr_GetRaisedException {
            return PyRef::from_owned(get());
        }
        let (mut kind, mut value, mut trace) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        (api.PyErr_Fetch)(&mut kind, &mut value, &mut trace);
        if kind.is_null() {
            return None;
        }
        (api.PyErr_NormalizeException)(&mut kind, &mut value, &mut trace);
        (api.Py_DecRef)(kind);
        if !trace.is_null() {
            if !value.is_null() {
                (api.PyException_SetTraceback)(value, trace);
            }
            (api.Py_DecRef)(trace);
        }
        PyRef::from_owned(value)
    }
}

/// Makes an exception object the pending one.
pub fn restore(gil: &Gil, exception: PyRef) {
    let api = gil.api;
    // SAFETY: a live exception under the GIL; what is restored is handed over.
    unsafe {
        if let Some(set) = api.PyErr_SetRaisedException {
            return set(exception.into_ptr());
        }
        let kind = api.type_of(exception.as_ptr());
        api.incref(kind);
        let trace = (api.PyException_GetTraceback)(exception.as_ptr());
        (api.PyErr_Restore)(kind, exception.into_ptr(), trace);
    }
}

/// What `ask` finds out, without touching the exception that is pending, if one is; `None` if it
/// fails.
pub fn quietly<T>(gil: &Gil, ask: impl FnOnce() -> Result<T>) -> Option<T> {
    // SAFETY: under the GIL.
    let pending = match unsafe { (gil.api.PyErr_Occurred)() }.is_null() {
        true => None,
        false => take(gil),
    };
    let answer = ask().ok();
    if let Some(pending) = pending {
        restore(gil, pending);
    }
    answer
}

/// `str` of an exception; `None` if that fails. No exception is pending.
fn string(gil: &Gil, exception: &PyRef) -> Option<PyRef> {
    // SAFETY: a live object under the GIL; the exception of a failure is cleared here, since
    // fetching it would ask for its text in turn.
    unsafe {
        let string = PyRef::from_owned((gil.api.PyObject_Str)(exception.as_ptr()));
        if string.is_none() {
            (gil.api.PyErr_Clear)();
        }
        string
    }
}
