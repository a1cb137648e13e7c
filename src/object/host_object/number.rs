//! Objects as numbers, and as what counts as true.

use super::class::function;
use super::outcome::{Asked, answered, given, run, with_function};
use super::{item, using};
use crate::error::Result;
use crate::handle::Key;
use crate::object::{Capabilities, ValuePlace};

/// Whether it counts as true: it says so itself, or it is not empty.
pub(super) fn truth(object: Key) -> Result<bool> {
    using(object, |host| {
        let userdata = host.pointer();
        if let Some(truth) = function!(host.class, truth) {
            // SAFETY: called as its contract says.
            return answered(true, |to| unsafe {
                run(host, "truth", Asked::Itself, |error| truth(userdata, to, error))
            });
        }
        match function!(host.class, length) {
            Some(_) => Ok(item::length(object)? != 0),
            None => Ok(true),
        }
    })
}

/// The number that it is.
pub(super) fn number(object: Key, to: ValuePlace<'_>) -> Result<()> {
    given(to, |to| {
        const WANTED: Capabilities = Capabilities::NUMBER;
        with_function!(object, number, WANTED, Asked::Itself, |host, number, error| {
            number(host.pointer(), to, error)
        })
    })
}
