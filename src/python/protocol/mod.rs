//! How Python's objects are used by hosts: Python's side of the protocol of objects.

mod attribute;
mod capability;
mod entered;
mod text;
mod value;

use crate::abi::metaffi_value;
use crate::error::Result;
use crate::handle::Key;
use crate::object::{AttributeName, Capabilities, Protocol, TextKind, ValuePlace};
use crate::python::object::PROTOCOL;
use entered::with_object;

/// Says how Python's objects are used, from now on.
pub fn install() {
    PROTOCOL.set(&PythonProtocol);
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

    fn truth(&self, object: Key) -> Result<bool> {
        with_object(object, value::truth)
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        with_object(object, |gil, object| text::of(gil, object, kind))
    }
}

#[cfg(test)]
mod tests;
