//! The memory that an object shows.

use std::ptr::{self, NonNull};

use super::outcome::{Asked, gave_nothing, with_function};
use super::using;
use crate::abi::metaffi_array;
use crate::error::Result;
use crate::handle::Key;
use crate::object::{Capabilities, refuse};
use crate::value::array::OwnedArray;

/// Its memory as an array.
pub(super) fn buffer(object: Key, writable: bool) -> Result<*mut metaffi_array> {
    const WANTED: Capabilities = Capabilities::BUFFER;
    let able = using(object, |host| Ok(host.capabilities))?;
    if writable && !able.has(Capabilities::WRITE_BUFFER) {
        return Err(refuse(object, Capabilities::WRITE_BUFFER));
    }
    let mut array: *mut metaffi_array = ptr::null_mut();
    let to = &raw mut array;
    let given = with_function!(object, buffer, WANTED, Asked::Itself, |host, buffer, error| {
        buffer(host.pointer(), writable, to, error)
    });
    match given {
        Ok(()) if array.is_null() => Err(gave_nothing(object)),
        Ok(()) => Ok(array),
        Err(failure) => {
            // SAFETY: NULL, or an array that the function made, which is ours.
            drop(NonNull::new(array).map(|array| unsafe { OwnedArray::from_raw(array) }));
            Err(failure)
        }
    }
}
