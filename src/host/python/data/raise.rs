//! Exceptions of Python's own.

use crate::error::{Error, Status};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;

/// Raises an exception of Python's own; the failure that stands for it.
#[cold]
pub(in crate::host::python) fn exception(gil: &Gil, class: Object, message: &str) -> Error {
    let message = crate::call::errors::failure::c_string(message);
    // SAFETY: NUL-terminated, under the GIL.
    unsafe { (gil.api.PyErr_SetString)(class, message.as_ptr()) };
    pending()
}

/// The failure that stands for the pending exception, which is raised as it is.
#[cold]
pub(in crate::host::python) fn pending() -> Error {
    Error::new(Status::Foreign, "an exception is pending")
}

/// Clears what a conversion left that is tried again in another way.
pub(super) fn clear(gil: &Gil) {
    // SAFETY: under the GIL.
    unsafe {
        if !(gil.api.PyErr_Occurred)().is_null() {
            (gil.api.PyErr_Clear)();
        }
    }
}
