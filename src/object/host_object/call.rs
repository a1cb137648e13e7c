//! Calls: of an object, of a type, and of a member.

use std::mem::MaybeUninit;

use super::class::function;
use super::outcome::{Asked, given, run, with_function};
use super::{HOST, attribute, using};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{
    AttributeName, CallArguments, CallName, Capabilities, ValuePlace, call_callable, of,
};
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// Calls it.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn call(
    object: Key,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    CallName::check(arguments.names)?;
    given(to, |to| {
        const WANTED: Capabilities = Capabilities::CALL;
        with_function!(object, call, WANTED, Asked::Itself, |host, call, error| {
            arguments.call(call, host.pointer(), to, error)
        })
    })
}

/// Makes an instance of it.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn construct(
    object: Key,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    CallName::check(arguments.names)?;
    given(to, |to| {
        const WANTED: Capabilities = Capabilities::CONSTRUCT;
        with_function!(object, construct, WANTED, Asked::Itself, |host, construct, error| {
            arguments.call(construct, host.pointer(), to, error)
        })
    })
}

/// Calls a member: by the function for that, or else what the attribute is.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn invoke(
    object: Key,
    name: AttributeName<'_>,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    let (text, CallArguments { values, names }) = (name.text(), arguments);
    CallName::check(names)?;
    let invoked = using(object, |host| {
        let Some(invoke) = function!(host.class, invoke) else { return Ok(false) };
        let (userdata, start, length) = (host.pointer(), text.as_ptr().cast(), text.len());
        let (first, count) = (values.as_ptr(), values.len());
        let (named, names) = (names.len(), names.as_ptr().cast());
        // SAFETY: called as its contract says.
        given(to, |to| unsafe {
            run(host, "invoke", Asked::Attribute(text), |error| {
                invoke(userdata, start, length, first, count, names, named, to, error)
            })
        })?;
        Ok(true)
    })?;
    if invoked {
        return Ok(());
    }
    let mut member = MaybeUninit::uninit();
    attribute::get(object, name, &mut member)?;
    // SAFETY: written, and ours; a handle is read of what is one; the arguments are what their
    // types say.
    unsafe {
        let member = OwnedValue::from_raw(member.assume_init());
        match value::kind_of(&member)? {
            Kind::Handle => {
                let member = member.data.object.addr();
                of(member)?.call(member, arguments, to)
            }
            Kind::Callable => call_callable(member.data.callable.addr(), arguments, to),
            kind => Err(Error::unsupported(format!("{text:?} is {kind}, which is not called"))
                .in_runtime(HOST)),
        }
    }
}
