//! Awaiting, asynchronous iteration and asynchronous contexts: each step gives a proxy to await.

use super::{context, slot};
use crate::python::api::Object;
use crate::python::object::{PyRef, await_iterator};
use crate::python::support;
use crate::python::upcall::lent_value;

/// `Py_am_await`.
pub(super) unsafe extern "C-unwind" fn wait(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, fields| await_iterator(gil, fields.object()?.0)) }
}

/// `Py_am_aiter`.
pub(super) unsafe extern "C-unwind" fn iterate(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let iterator = fields.use_object(gil, |key, protocol| protocol.iterate_async(key))?;
            lent_value::object(gil, iterator)
        })
    }
}

/// `Py_am_aiter` of an iterator.
pub(super) unsafe extern "C-unwind" fn itself(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, _| Ok(PyRef::new_reference(gil, object))) }
}

/// `Py_am_anext`.
pub(super) unsafe extern "C-unwind" fn next(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let next = fields.use_object(gil, |key, protocol| protocol.next_async(key))?;
            lent_value::object(gil, next)
        })
    }
}

/// `aclose`.
pub(super) unsafe extern "C-unwind" fn close(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let closing = fields.use_object(gil, |key, protocol| protocol.close_async(key))?;
            lent_value::object(gil, closing)
        })
    }
}

/// `__aenter__`.
pub(super) unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let entering = fields.use_object(gil, |key, protocol| protocol.enter_async(key))?;
            lent_value::object(gil, entering)
        })
    }
}

/// `__aexit__`, with the exception as its second argument.
pub(super) unsafe extern "C-unwind" fn exit(object: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a proxy and a tuple, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let given = PyRef::new_reference(gil, given);
            let arguments = support::items(gil, &given)?;
            let exception = arguments.get(1).filter(|one| !support::is_none(gil.api, one));
            let failure = exception.map(|one| context::failure_of(gil, one));
            let leaving = fields
                .use_object(gil, |key, protocol| protocol.exit_async(key, failure.as_ref()))?;
            lent_value::object(gil, leaving)
        })
    }
}
