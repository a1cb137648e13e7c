//! Iteration.

use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use super::{answer, slot, value};
use crate::object::Iteration;
use crate::python::api::Object;
use crate::python::object::PyRef;

/// `Py_tp_iter`.
pub(super) unsafe extern "C-unwind" fn iterate(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let iterator =
                fields.use_object(gil, |key, protocol| protocol.iterate(key, Iteration::Itself))?;
            value::object(gil, iterator)
        })
    }
}

/// `Py_tp_iter` of an iterator.
pub(super) unsafe extern "C-unwind" fn itself(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, _| Ok(PyRef::new_reference(gil, object))) }
}

/// `Py_tp_iternext`: NULL without an exception at the end.
pub(super) unsafe extern "C-unwind" fn next(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        answer(object, ptr::null_mut(), |gil, fields| {
            let mut to = MaybeUninit::uninit();
            let count = fields
                .use_object(gil, |key, protocol| protocol.next(key, slice::from_mut(&mut to)))?;
            match count {
                0 => Ok(ptr::null_mut()),
                _ => value::got(gil, to).map(PyRef::into_ptr),
            }
        })
    }
}
