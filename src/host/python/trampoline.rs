//! What functions of the module give back to Python.

use std::ffi::c_int;
use std::ptr;

use super::error;
use crate::call::guarded;
use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// What `make` makes, for Python; NULL with an exception set if it fails. What Python itself raised
/// is raised as it is.
///
/// # Safety
/// Python calls, holding the GIL.
pub(super) unsafe fn trampoline(make: impl FnOnce(&Gil) -> Result<PyRef>) -> Object {
    // SAFETY: Python calls, holding the GIL.
    unsafe { trampoline_or(make, error::raise_from_foreign) }
}

/// The same for what runs code of a guest: what that raised, be it Python's, is a failure.
///
/// # Safety
/// As for [`trampoline`].
pub(super) unsafe fn trampoline_of_guest(make: impl FnOnce(&Gil) -> Result<PyRef>) -> Object {
    // SAFETY: Python calls, holding the GIL.
    unsafe { trampoline_or(make, error::raise) }
}

unsafe fn trampoline_or(
    make: impl FnOnce(&Gil) -> Result<PyRef>,
    raise: fn(&Gil, &Error),
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls, holding the GIL.
    let gil = unsafe { Gil::assume(api) };
    match guarded(|| make(&gil)) {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            raise(&gil, &error);
            ptr::null_mut()
        }
    }
}

/// Runs what answers nothing: 0, or -1 with an exception set.
///
/// # Safety
/// As for [`trampoline`].
pub(super) unsafe fn trampoline_status(make: impl FnOnce(&Gil) -> Result<()>) -> c_int {
    let Some(api) = Api::get() else { return -1 };
    // SAFETY: Python calls, holding the GIL.
    let gil = unsafe { Gil::assume(api) };
    match guarded(|| make(&gil)) {
        Ok(()) => 0,
        Err(error) => {
            error::raise(&gil, &error);
            -1
        }
    }
}
