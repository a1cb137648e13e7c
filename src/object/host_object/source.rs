//! Where the source of an object is.

use std::mem::MaybeUninit;

use super::class::function;
use super::outcome::{Asked, answered, given, run};
use super::{text, using};
use crate::error::Result;
use crate::handle::Key;
use crate::object::SourceLocation;
use crate::value::OwnedValue;

/// The place, if it knows one.
pub(super) fn source(object: Key) -> Result<Option<SourceLocation>> {
    using(object, |host| {
        let Some(source) = function!(host.class, source) else { return Ok(None) };
        let (userdata, mut file) = (host.pointer(), MaybeUninit::uninit());
        // SAFETY: called as its contract says; what it wrote is ours.
        unsafe {
            let line = answered(0, |line| {
                given(&mut file, |file| {
                    run(host, "source", Asked::Itself, |error| source(userdata, file, line, error))
                })
            })?;
            let file = text::display(&OwnedValue::from_raw(file.assume_init()))?;
            Ok(Some(SourceLocation { file, line }))
        }
    })
}
