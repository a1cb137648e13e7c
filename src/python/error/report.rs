//! Failures that nobody catches, as Python reports them: through `sys.unraisablehook`.

use std::ptr;

use super::{quietly, raise};
use crate::call::Late;
use crate::call::errors::failure::{self, Reports};
use crate::error::Error;
use crate::fork::Once;
use crate::python::api::Api;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use crate::python::support;

static RAISE: Once<fn(&Gil, &Error)> = Once::new();

/// Says how a failure is raised to be reported from now on, also one that is not of Python. The first
/// one to say so does.
pub fn set_raise(raise: fn(&Gil, &Error)) {
    let _ = RAISE.set(raise);
    let uncaught = |failure: &Error| match Api::get() {
        Some(api) => report(api, failure, None),
        None => failure::print(failure),
    };
    failure::set_reports(Reports { uncaught, late: report_late });
}

/// Raises a failure as the host of this interpreter does, if that is Python.
#[cold]
pub fn raise_for_host(gil: &Gil, failure: &Error) {
    RAISE.get().copied().unwrap_or(raise)(gil, failure);
}

/// What is said to have failed where a call does not return.
const LATE: &str = "a callback of C code that goes on: this is raised when the call returns";

/// The call returns under the GIL, so that it either is told here that it has failed, or raises that.
fn report_late(late: &Late) {
    let Some(api) = Api::get() else { return };
    let Ok(gil) = gil::enter(api) else { return };
    if let Some(failure) = late.failure() {
        report(api, &failure, support::text(&gil, LATE).ok().as_ref());
    }
}

/// Reports a failure of what has failed, if it is known; what is raised on this thread stays so. Where
/// Python has ended, it is printed.
#[cold]
pub fn report(api: &'static Api, failure: &Error, object: Option<&PyRef>) {
    let Ok(gil) = gil::enter(api) else { return failure::print(failure) };
    let _ = quietly(&gil, || {
        raise_for_host(&gil, failure);
        let object = object.map_or(ptr::null_mut(), PyRef::as_ptr);
        // SAFETY: an exception was raised; a live object or NULL, under the GIL.
        unsafe { (api.PyErr_WriteUnraisable)(object) };
        Ok(())
    });
}
