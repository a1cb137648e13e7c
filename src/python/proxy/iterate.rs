//! Iteration.

use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use super::{answer, slot};
use crate::error::{Error, Status};
use crate::object::Iteration;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::lent_value;

/// `Py_tp_iter`.
pub(super) unsafe extern "C-unwind" fn iterate(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let iterator =
                fields.use_object(gil, |key, protocol| protocol.iterate(key, Iteration::Itself))?;
            lent_value::object(gil, iterator)
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
                .use_object(gil, |key, protocol| protocol.next(key, slice::from_mut(&mut to)));
            match count.map_err(|failure| no_end(gil, failure))? {
                0 => Ok(ptr::null_mut()),
                _ => lent_value::got(gil, to).map(PyRef::into_ptr),
            }
        })
    }
}

/// A failure of an iterator, which is no end of it: StopIteration, raised by code that it has called, would
/// be taken for that.
#[cold]
pub(super) fn no_end(gil: &Gil, failure: Error) -> Error {
    let is_end = error::original(gil, &failure).is_some_and(|original| {
        // SAFETY: a live exception, and a class, under the GIL.
        unsafe {
            let class = gil.api.PyExc_StopIteration;
            (gil.api.PyErr_GivenExceptionMatches)(original.as_ptr(), class) != 0
        }
    });
    if !is_end {
        return failure;
    }
    Error::new(Status::Foreign, "the iterator failed with StopIteration, which is not its end")
        .caused_by(failure)
}
