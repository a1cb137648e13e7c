//! Contexts.

use std::ptr;

use super::class::function;
use super::outcome::{Asked, BorrowedError, answered, given, with_function};
use super::using;
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind, Key};
use crate::object::{Capabilities, ValuePlace, refuse};
use crate::value;

const WANTED: Capabilities = Capabilities::ENTER;

/// Enters it: what is left and has no function to be entered is itself.
pub(super) fn enter(object: Key, to: ValuePlace<'_>) -> Result<()> {
    let (enters, exits) = using(object, |host| {
        Ok((function!(host.class, enter).is_some(), function!(host.class, exit).is_some()))
    })?;
    match (enters, exits) {
        (true, _) => given(to, |to| {
            with_function!(object, enter, WANTED, Asked::Itself, |host, enter, error| {
                enter(host.pointer(), to, error)
            })
        }),
        (false, true) => {
            let itself = ptr::without_provenance_mut(handle::clone(object, HandleKind::Object)?);
            to.write(value::object(itself));
            Ok(())
        }
        (false, false) => Err(refuse(object, WANTED)),
    }
}

/// Leaves it, with what its body failed with: true if that is dealt with.
pub(super) fn exit(object: Key, failure: Option<&Error>) -> Result<bool> {
    let failure = failure.map(BorrowedError::new);
    let failure = BorrowedError::of(failure.as_ref());
    answered(false, |to| {
        with_function!(object, exit, WANTED, Asked::Itself, |host, exit, error| {
            exit(host.pointer(), failure, to, error)
        })
    })
}
