//! Contexts.

use std::mem::MaybeUninit;

use super::slot;
use crate::python::api::Object;
use crate::python::error;
use crate::python::object::PyRef;
use crate::python::support;
use crate::python::upcall::lent_value;

/// `__enter__`.
pub(super) unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let mut to = MaybeUninit::uninit();
            fields.use_object(gil, |key, protocol| protocol.enter(key, &mut to))?;
            lent_value::got(gil, to)
        })
    }
}

/// `__exit__`, with the exception as its second argument.
pub(super) unsafe extern "C-unwind" fn exit(object: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a proxy and a tuple, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let given = PyRef::new_reference(gil, given);
            let arguments = support::items(gil, &given)?;
            let exception = arguments.get(1).filter(|one| !support::is_none(gil.api, one));
            let failure = exception.map(|one| failure_of(gil, one));
            let handled =
                fields.use_object(gil, |key, protocol| protocol.exit(key, failure.as_ref()))?;
            Ok(support::truth(gil, handled))
        })
    }
}

/// The failure that an exception is.
pub(super) fn failure_of(
    gil: &crate::python::lifecycle::gil::Gil,
    exception: &PyRef,
) -> crate::error::Error {
    error::host_error(gil, exception)
        .unwrap_or_else(|| error::from_exception(gil, exception.clone_ref(gil)))
}
