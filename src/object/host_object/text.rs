//! Texts about objects.

use std::mem::MaybeUninit;
use std::ptr;

use super::class::function;
use super::outcome::{Asked, given, run};
use super::using;
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::TextKind;
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// A text about it: its own, or its type and where it is.
pub(super) fn text(object: Key, kind: TextKind) -> Result<String> {
    using(object, |host| {
        let text = function!(host.class, text).filter(|_| kind != TextKind::Safe);
        let Some(text) = text else {
            let (name, at) = (host.class.name(), ptr::from_ref(host).addr());
            return Ok(format!("<{name} object at {at:#x}>"));
        };
        let (userdata, mut said) = (host.pointer(), MaybeUninit::uninit());
        // SAFETY: called as its contract says; what it wrote is ours.
        unsafe {
            given(&mut said, |to| {
                run(host, "text", Asked::Itself, |error| text(userdata, kind as u32, to, error))
            })?;
            display(&OwnedValue::from_raw(said.assume_init()))
        }
    })
}

/// The text that a value is, which a function was asked for.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn display(said: &metaffi_value) -> Result<String> {
    match value::kind_of(said)? {
        Kind::String8 => {
            // SAFETY: the value is what its type says.
            let text = unsafe { value::text::decode(&said.data.string, Kind::String8) }?;
            Ok(text.into_owned())
        }
        kind => Err(Error::mismatch(format!("{kind} given for the text: give a string8"))),
    }
}
