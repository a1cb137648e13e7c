//! What types can as those of Python: have instances, and be derived from, which is refused.

use std::ptr;

use super::{failure, slot};
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::{self, TextKind};
use crate::python::api::{Object, TPFLAGS_BASE_EXC_SUBCLASS};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, unwrap};
use crate::python::support;

/// `__instancecheck__`: of objects of the same runtime, and of exceptions that are errors of it.
pub(super) unsafe extern "C-unwind" fn is_instance(object: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a proxy and a live object, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let given = PyRef::new_reference(gil, given);
            let Some(given) = handle_of(gil, &given)? else {
                return Ok(support::truth(gil, false));
            };
            let is = fields.use_object(gil, |key, protocol| {
                let is_same = object::of(given.key()).is_ok_and(|of| ptr::eq(of, protocol));
                Ok(is_same && protocol.is_instance(given.key(), key)?)
            })?;
            Ok(support::truth(gil, is))
        })
    }
}

/// A new handle of what an object stands for; `None` of Python's own.
fn handle_of(gil: &Gil, object: &PyRef) -> Result<Option<OwnedHandle>> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if let Some(key) = unwrap(gil.api, object.as_ptr()) {
            return handle::clone(key?, HandleKind::Object).map(OwnedHandle::new).map(Some);
        }
        if gil.api.flags_of(object.as_ptr()) & TPFLAGS_BASE_EXC_SUBCLASS == 0 {
            return Ok(None);
        }
    }
    let failure = error::host_error(gil, object);
    let original = |failure: Error| -> Option<Key> { failure.foreign_error()?.original() };
    Ok(failure.and_then(original).map(OwnedHandle::new))
}

/// `__mro_entries__`.
pub(super) unsafe extern "C-unwind" fn derive(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let runtime = fields.ask(|object| object.runtime().to_owned())?;
            let shown = fields.use_object(gil, |key, of| of.text(key, TextKind::Display))?;
            let message = format!(
                "{shown} is of runtime {runtime}, and Python derives nothing from it: give an object with \
                 the methods of an interface where that is wanted, or derive from it there"
            );
            failure::raise_type_error(gil, &message);
            Err(Error::new(Status::TypeMismatch, message))
        })
    }
}
