//! Types of Python's objects.

use crate::error::Result;
use crate::handle::{self, HandleKind, Key};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, take_handle, to_handle};
use crate::python::support;

/// The type of an object.
pub(super) fn of(gil: &Gil, object: Object) -> Result<Key> {
    // SAFETY: alive, and its type with it, under the GIL.
    let r#type = unsafe { PyRef::new_reference(gil, gil.api.type_of(object)) };
    Ok(to_handle(gil, &r#type)?.addr())
}

/// The types that one is derived from.
pub(super) fn parents(gil: &Gil, r#type: Object) -> Result<Vec<Key>> {
    // SAFETY: alive, under the GIL.
    let r#type = unsafe { PyRef::new_reference(gil, r#type) };
    let mut keys = Vec::new();
    for base in support::items(gil, &r#type.attribute(gil, c"__bases__")?)? {
        match to_handle(gil, &base) {
            Ok(handle) => keys.push(handle.addr()),
            Err(failure) => {
                keys.into_iter().for_each(|key| drop(handle::free(key, HandleKind::Object)));
                return Err(failure);
            }
        }
    }
    Ok(keys)
}

/// Whether what a handle stands for is an instance of a type.
pub(super) fn is_instance(gil: &Gil, object: Key, r#type: Object) -> Result<bool> {
    let object = take_handle(gil, object)?;
    // SAFETY: both alive, under the GIL.
    match unsafe { (gil.api.PyObject_IsInstance)(object.as_ptr(), r#type) } {
        -1 => Err(error::fetch(gil)),
        answer => Ok(answer != 0),
    }
}
