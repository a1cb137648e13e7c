//! Awaiting Python's objects: its loops drive them, by `support/loops.py`.

mod bound;
mod completion;
mod foreign;
mod loops;

use std::sync::Arc;

use super::entered::with_object;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::task::{Completion, Driver};
use crate::object::{Capabilities, outside, refuse};
use crate::python::api::Api;
use crate::python::error::exception;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, set_await_iterator, to_handle};
use crate::python::support;
use completion::CompletionPlace;
use loops::Loops;
pub use loops::loop_thread;

/// Says how waits give up the GIL, and how Python awaits what other runtimes do.
pub fn install() {
    outside::install(without_gil);
    set_await_iterator(foreign::iterator);
}

/// Runs something without the GIL, whether or not this thread has it.
fn without_gil(body: &mut dyn FnMut()) {
    match Api::get().and_then(gil::held) {
        Some(gil) => gil::release(&gil, body),
        None => body(),
    }
}

/// Begins to await an object.
pub(super) fn start(object: Key, completion: Completion) -> Result<()> {
    with_object(object, |gil, awaitable| {
        let loops = Loops::get(gil)?;
        let slot = CompletionPlace::new(completion);
        // SAFETY: alive under the GIL.
        let awaitable = unsafe { PyRef::new_reference(gil, awaitable) };
        let finish = slot.function(gil)?;
        let awaited = support::call(gil, &loops.start, &[&awaitable, &finish])?;
        match support::is_none(gil.api, &awaited) {
            true => Err(refuse(object, Capabilities::AWAIT)),
            false => {
                slot.driven_by(Arc::new(PythonDriver { awaited }));
                Ok(())
            }
        }
    })
}

/// The `Awaited` of what is driven.
struct PythonDriver {
    awaited: PyRef,
}

impl Driver for PythonDriver {
    fn cancel(&self) -> Result<()> {
        let Some(api) = Api::get() else { return Ok(()) };
        let gil = gil::enter(api)?;
        self.awaited.attribute(&gil, c"cancel")?.call0(&gil).map(drop)
    }

    fn check_wait(&self) -> Result<()> {
        let Some(api) = Api::get() else { return Ok(()) };
        let gil = gil::enter(api)?;
        let runs_here = self.awaited.attribute(&gil, c"runs_here")?.call0(&gil)?;
        match runs_here.as_ptr() == api._Py_TrueStruct {
            true => Err(Error::unsupported(
                "this thread runs the event loop that drives what it waits for, and would wait for \
                 ever; await it in a coroutine, be told by on_done, or wait on another thread",
            )),
            false => Ok(()),
        }
    }
}

/// A handle of what a function of the loops makes of an object, which can that.
pub(super) fn step(
    object: Key,
    wanted: Capabilities,
    function: impl FnOnce(&'static Loops) -> &'static PyRef,
) -> Result<Key> {
    with_object(object, |gil, thing| {
        let function = function(Loops::get(gil)?);
        // SAFETY: alive under the GIL.
        let thing = unsafe { PyRef::new_reference(gil, thing) };
        made(gil, object, wanted, &support::call(gil, function, &[&thing])?)
    })
}

/// A handle of what is awaited to leave an object with a failure, or without one.
pub(super) fn exit(object: Key, failure: Option<&Error>) -> Result<Key> {
    with_object(object, |gil, thing| {
        // SAFETY: alive under the GIL.
        let thing = unsafe { PyRef::new_reference(gil, thing) };
        let failure = match failure {
            Some(failure) => exception(gil, failure)?,
            None => support::none(gil),
        };
        let made_of = support::call(gil, &Loops::get(gil)?.exit, &[&thing, &failure])?;
        made(gil, object, Capabilities::ENTER_ASYNC, &made_of)
    })
}

fn made(gil: &Gil, object: Key, wanted: Capabilities, made: &PyRef) -> Result<Key> {
    match support::is_none(gil.api, made) {
        true => Err(refuse(object, wanted)),
        false => Ok(to_handle(gil, made)?.addr()),
    }
}
