//! Python's context managers.

use super::call::special;
use super::value;
use crate::error::{Error, Result};
use crate::object::ValuePlace;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Enters one, as `with` does.
pub(super) fn enter(gil: &Gil, object: Object, to: ValuePlace<'_>) -> Result<()> {
    let entered = special(gil, object, c"__enter__", &[])?;
    // SAFETY: alive, under the GIL.
    unsafe { value::give(gil, entered.as_ptr(), to) }
}

/// Leaves one, with what its body failed with: true if that is not to be raised.
pub(super) fn exit(gil: &Gil, object: Object, failure: Option<&Error>) -> Result<bool> {
    let api = gil.api;
    let raised = failure.map(|failure| error::exception(gil, failure)).transpose()?;
    // SAFETY: alive, under the GIL; a new reference or NULL.
    let trace = raised.as_ref().and_then(|raised| unsafe {
        PyRef::from_owned((api.PyException_GetTraceback)(raised.as_ptr()))
    });
    let none = api._Py_NoneStruct;
    let (kind, raised) = match &raised {
        // SAFETY: alive, under the GIL.
        Some(raised) => (unsafe { api.type_of(raised.as_ptr()) }, raised.as_ptr()),
        None => (none, none),
    };
    let trace = trace.as_ref().map_or(none, PyRef::as_ptr);
    let answer = special(gil, object, c"__exit__", &[kind, raised, trace])?;
    Ok(raised != none && value::truth(gil, answer.as_ptr())?)
}
