//! Numbers and truth.

use std::ffi::c_int;
use std::mem::MaybeUninit;

use super::{ProxyFields, answer, slot};
use crate::error::Result;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::lent_value;

/// `Py_nb_bool`.
pub(super) unsafe extern "C-unwind" fn truth(object: Object) -> c_int {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        answer(object, -1, |gil, fields| {
            let truth = match fields.protocol {
                Some(_) => fields.use_object(gil, |key, protocol| protocol.truth(key))?,
                None => true,
            };
            Ok(c_int::from(truth))
        })
    }
}

/// `Py_nb_int`.
pub(super) unsafe extern "C-unwind" fn integer(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            PyRef::owned(gil, (gil.api.PyNumber_Long)(number(gil, fields)?.as_ptr()))
        })
    }
}

/// `Py_nb_index`.
pub(super) unsafe extern "C-unwind" fn index(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            PyRef::owned(gil, (gil.api.PyNumber_Index)(number(gil, fields)?.as_ptr()))
        })
    }
}

/// `Py_nb_float`.
pub(super) unsafe extern "C-unwind" fn float(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            PyRef::owned(gil, (gil.api.PyNumber_Float)(number(gil, fields)?.as_ptr()))
        })
    }
}

/// The number that the object is.
fn number(gil: &Gil, fields: &ProxyFields) -> Result<PyRef> {
    let mut to = MaybeUninit::uninit();
    fields.use_object(gil, |key, protocol| protocol.number(key, &mut to))?;
    // SAFETY: written, and ours.
    unsafe { lent_value::got(gil, to) }
}
