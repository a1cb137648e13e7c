//! Failures of objects as Python raises them.

use std::ffi::CStr;

use crate::error::{Error, Result, Status};
use crate::python::api::Object;
use crate::python::error::{self, keep, original, raise_for_host, restore};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// Raises a failure, unless what Python raised is pending.
#[cold]
pub(super) fn raise(gil: &Gil, failure: &Error) {
    // SAFETY: under the GIL.
    if unsafe { (gil.api.PyErr_Occurred)() }.is_null() {
        raise_for_host(gil, failure);
    }
}

/// Raises a TypeError.
#[cold]
pub(super) fn raise_type_error(gil: &Gil, message: &str) {
    let made = support::text(gil, message);
    match made.and_then(|message| of_class(gil, gil.api.PyExc_TypeError, &message)) {
        Ok(exception) => restore(gil, exception),
        Err(failure) => raise(gil, &failure),
    }
}

/// What is said of what is not there: that a name is no attribute of an object.
#[cold]
pub(super) fn no_attribute(gil: &Gil, object: Object, name: Object, failure: Error) -> Error {
    missing(gil, failure, gil.api.PyExc_AttributeError, |gil, failure| {
        let exception = of_class(gil, gil.api.PyExc_AttributeError, &said(gil, failure)?)?;
        // From these the interpreter finds out whether another name was meant.
        for (attribute, value) in [(c"name", name), (c"obj", object)] {
            set(gil, &exception, attribute, value)?;
        }
        Ok(exception)
    })
}

/// The same of a position.
#[cold]
pub(super) fn no_item(gil: &Gil, failure: Error) -> Error {
    missing(gil, failure, gil.api.PyExc_IndexError, |gil, failure| {
        of_class(gil, gil.api.PyExc_IndexError, &said(gil, failure)?)
    })
}

/// The same of a key.
#[cold]
pub(super) fn no_entry(gil: &Gil, key: Object, failure: Error) -> Error {
    missing(gil, failure, gil.api.PyExc_KeyError, |gil, _| {
        // SAFETY: a live object under the GIL.
        of_class(gil, gil.api.PyExc_KeyError, &unsafe { PyRef::new_reference(gil, key) })
    })
}

/// Raises what is not there as `make` has it: what other failures are, and what Python raised itself,
/// stays so. The failure that is given back is that exception.
fn missing(
    gil: &Gil,
    failure: Error,
    class: Object,
    make: impl FnOnce(&Gil, &Error) -> Result<PyRef>,
) -> Error {
    let is_it = |original: PyRef| {
        // SAFETY: a live exception, and a class, under the GIL.
        unsafe { (gil.api.PyErr_GivenExceptionMatches)(original.as_ptr(), class) != 0 }
    };
    if failure.status() != Status::NotFound || original(gil, &failure).is_some_and(is_it) {
        return failure;
    }
    let made = make(gil, &failure).and_then(|exception| {
        keep(gil, &exception, &failure)?;
        Ok(exception)
    });
    if let Ok(exception) = made {
        restore(gil, exception);
    }
    failure
}

fn said(gil: &Gil, failure: &Error) -> Result<PyRef> {
    support::text(gil, failure.message())
}

fn of_class(gil: &Gil, class: Object, argument: &PyRef) -> Result<PyRef> {
    // SAFETY: a live class under the GIL.
    unsafe { PyRef::new_reference(gil, class) }.call1(gil, argument)
}

/// Sets an attribute.
pub(super) fn set(gil: &Gil, object: &PyRef, name: &CStr, value: Object) -> Result<()> {
    // SAFETY: live objects under the GIL.
    match unsafe { (gil.api.PyObject_SetAttrString)(object.as_ptr(), name.as_ptr(), value) } {
        0 => Ok(()),
        _ => Err(error::fetch(gil)),
    }
}
