//! What other runtimes do, awaited by Python's coroutines.

use std::ptr;

use super::bound::BoundFunction;
use super::loops::Loops;
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::object;
use crate::object::task::Task;
use crate::python::api::{Api, METH_NOARGS, Object};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use crate::python::protocol::value;
use crate::python::{NATURE, error, support};
use crate::value::OwnedValue;

/// What `__await__` of an object of another runtime gives: it is done there, and the coroutine goes on
/// by the loop that runs it, which is the one of this thread. If that is cancelled, so is what it
/// waits for.
pub(super) fn iterator(gil: &Gil, object: Key) -> Result<PyRef> {
    let waiting = Loops::get(gil)?.waiting.call0(gil)?;
    let settle = waiting.attribute(gil, c"settle")?;
    // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
    let task = gil::release(gil, || unsafe { NATURE.go_out(|| object::start(object)) })?;
    let cancel = CANCEL.with(gil, task.clone(), let_go)?;
    task.then(move |outcome| {
        let Some(api) = Api::get() else { return };
        // An interpreter that has gone waits for nothing.
        if let Ok(gil) = gil::enter(api) {
            let _ = tell(&gil, &settle, outcome.result());
        }
    });
    waiting.attribute(gil, c"wait")?.call1(gil, &cancel)
}

static CANCEL: BoundFunction<Task> =
    BoundFunction::new(c"cancel", METH_NOARGS, cancel, c"metaffi.task");

unsafe extern "C-unwind" fn cancel(capsule: Object, _: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this holding the GIL, with the capsule.
    unsafe {
        let gil = Gil::assume(api);
        let task = CANCEL.held(api, capsule);
        match gil::release(&gil, || NATURE.go_out(|| task.cancel())) {
            Ok(()) => support::none(&gil).into_ptr(),
            Err(failure) => {
                error::raise(&gil, &failure);
                ptr::null_mut()
            }
        }
    }
}

unsafe extern "C-unwind" fn let_go(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with a capsule that `with` made, holding the GIL.
    drop(unsafe { CANCEL.take(api, capsule) });
}

/// Tells a `Waiting` what came of it.
fn tell(gil: &Gil, settle: &PyRef, result: &Result<OwnedValue>) -> Result<()> {
    let none = support::none(gil);
    let given = match result {
        // SAFETY: what the task has, which is there until this returns.
        Ok(given) => unsafe {
            value::take(gil, given).map(|object| PyRef::new_reference(gil, *object))
        },
        Err(failure) => Err(failure.clone()),
    };
    match given {
        Ok(value) => support::call(gil, settle, &[&value, &none]),
        Err(failure) => support::call(gil, settle, &[&none, &exception_of(gil, &failure)?]),
    }
    .map(drop)
}

/// The exception of a failure: what is cancelled, and what has ended, is that in Python too.
fn exception_of(gil: &Gil, failure: &Error) -> Result<PyRef> {
    let loops = Loops::get(gil)?;
    let class = match failure.status() {
        Status::Cancelled => &loops.cancelled,
        Status::Ended => &loops.ended,
        _ => {
            error::raise_for_host(gil, failure);
            return error::take(gil).map_or_else(|| error::exception(gil, failure), Ok);
        }
    };
    class.call1(gil, &support::text(gil, failure.message())?)
}
