//! How Python's objects are used by hosts: Python's side of the protocol of objects.

mod attribute;
mod capability;
mod entered;
mod task;
mod text;
mod value;

use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::task::Completion;
use crate::object::{AttributeName, Capabilities, Protocol, TextKind, ValuePlace};
use crate::python::object::PROTOCOL;
use entered::with_object;

pub use value::give as give_value;

/// Says how Python's objects are used, from now on.
pub fn install() {
    PROTOCOL.set(&PythonProtocol);
    task::install();
}

/// The protocol of Python's objects. Each method takes the GIL if the thread does not hold it.
struct PythonProtocol;

impl Protocol for PythonProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        with_object(object, capability::of)
    }

    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        with_object(object, |gil, object| attribute::get(gil, object, name, to))
    }

    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: the value is what its type says.
        with_object(object, |gil, object| unsafe { attribute::set(gil, object, name, value) })
    }

    fn iterate_async(&self, object: Key) -> Result<Key> {
        task::step(object, Capabilities::ITERATE_ASYNC, |loops| &loops.iterate)
    }

    fn next_async(&self, iterator: Key) -> Result<Key> {
        task::step(iterator, Capabilities::NEXT_ASYNC, |loops| &loops.next_of)
    }

    fn close_async(&self, iterator: Key) -> Result<Key> {
        task::step(iterator, Capabilities::NEXT_ASYNC, |loops| &loops.close_of)
    }

    fn start(&self, object: Key, completion: Completion) -> Result<()> {
        task::start(object, completion)
    }

    fn enter_async(&self, object: Key) -> Result<Key> {
        task::step(object, Capabilities::ENTER_ASYNC, |loops| &loops.enter)
    }

    fn exit_async(&self, object: Key, failure: Option<&Error>) -> Result<Key> {
        task::exit(object, failure)
    }

    fn truth(&self, object: Key) -> Result<bool> {
        with_object(object, value::truth)
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        with_object(object, |gil, object| text::of(gil, object, kind))
    }
}

#[cfg(test)]
mod tests;
