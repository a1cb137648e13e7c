//! Texts about Python's objects.

use crate::error::Result;
use crate::object::TextKind;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of, type_name};

/// `str`, `repr`, or what `object.__repr__` would say, which runs no code of the object's.
pub(super) fn of(gil: &Gil, object: Object, kind: TextKind) -> Result<String> {
    let api = gil.api;
    // SAFETY: the object and its type are alive, under the GIL.
    unsafe {
        let text = match kind {
            TextKind::Display => (api.PyObject_Str)(object),
            TextKind::Debug => (api.PyObject_Repr)(object),
            TextKind::Safe => {
                let r#type = type_name(gil, api.type_of(object));
                return Ok(format!("<{type} object at {:#x}>", object.addr()));
            }
        };
        text_of(gil, &PyRef::owned(gil, text)?)
    }
}
