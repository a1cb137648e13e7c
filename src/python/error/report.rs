//! Failures that nobody catches, as Python reports them: through `sys.unraisablehook`.

use std::ptr;

use super::{quietly, raise};
use crate::call::failure;
use crate::error::Error;
use crate::fork::Once;
use crate::python::api::Api;
use crate::python::gil::{self, Gil};
use crate::python::object::PyRef;

static RAISE: Once<fn(&Gil, &Error)> = Once::new();

/// Says how a failure is raised to be reported from now on, also one that is not of Python. The first
/// one to say so does.
pub fn set_raise(raise: fn(&Gil, &Error)) {
    let _ = RAISE.set(raise);
    failure::set_report(|failure| match Api::get() {
        Some(api) => report(api, failure, None),
        None => failure::print(failure),
    });
}

/// Reports a failure of the callable, if it is known; what is raised on this thread stays so. Where
/// Python has ended, it is printed.
#[cold]
pub fn report(api: &'static Api, failure: &Error, callable: Option<&PyRef>) {
    let Ok(gil) = gil::enter(api) else { return failure::print(failure) };
    let _ = quietly(&gil, || {
        RAISE.get().copied().unwrap_or(raise)(&gil, failure);
        let callable = callable.map_or(ptr::null_mut(), PyRef::as_ptr);
        // SAFETY: an exception was raised; a live object or NULL, under the GIL.
        unsafe { (api.PyErr_WriteUnraisable)(callable) };
        Ok(())
    });
}
