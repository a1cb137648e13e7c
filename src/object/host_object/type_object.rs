//! The type of an object, and objects that are types.

use std::ptr;

use super::outcome::{Asked, answered, made, with_function};
use crate::abi::metaffi_object;
use crate::error::Result;
use crate::handle::Key;
use crate::object::Capabilities;

const WANTED: Capabilities = Capabilities::TYPE;

/// Its type.
pub(super) fn of(object: Key) -> Result<Key> {
    made(object, |to| {
        with_function!(object, type_of, WANTED, Asked::Itself, |host, type_of, error| {
            type_of(host.pointer(), to, error)
        })
    })
}

/// Whether an object is an instance of a type.
pub(super) fn is_instance(object: Key, r#type: Key) -> Result<bool> {
    let given: *const metaffi_object = ptr::without_provenance(object);
    answered(false, |to| {
        with_function!(r#type, has_instance, WANTED, Asked::Itself, |host, has, error| {
            has(host.pointer(), given, to, error)
        })
    })
}
