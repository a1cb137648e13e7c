//! The memory that an object shows.

use std::ptr;

use super::outcome::{Asked, answered, gave_nothing, with_function};
use super::using;
use crate::abi::metaffi_array;
use crate::error::Result;
use crate::handle::Key;
use crate::object::{Capabilities, refuse};

/// Its memory as an array.
pub(super) fn buffer(object: Key, writable: bool) -> Result<*mut metaffi_array> {
    const WANTED: Capabilities = Capabilities::BUFFER;
    let able = using(object, |host| Ok(host.capabilities))?;
    if writable && !able.has(Capabilities::WRITE_BUFFER) {
        return Err(refuse(object, Capabilities::WRITE_BUFFER));
    }
    let array = answered(ptr::null_mut(), |to| {
        with_function!(object, buffer, WANTED, Asked::Itself, |host, buffer, error| {
            buffer(host.pointer(), writable, to, error)
        })
    })?;
    if array.is_null() { Err(gave_nothing(object)) } else { Ok(array) }
}
