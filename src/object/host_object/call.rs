//! Calls: of an object, of a type, and of a member.

use std::mem::MaybeUninit;

use super::class::function;
use super::outcome::{Asked, given, run, with_function};
use super::{HOST, attribute, using};
use crate::abi::metaffi_name;
use crate::call::{Callable, call_owned};
use crate::error::{Error, Result};
use crate::handle::{self, Key};
use crate::object::{AttributeName, CallArguments, Capabilities, ValuePlace, of};
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// Handles of names, as C has them.
fn handles_of(names: &[Key]) -> *const *const metaffi_name {
    names.as_ptr().cast()
}

/// Calls it.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn call(
    object: Key,
    CallArguments { values, names }: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    given(to, |to| {
        const WANTED: Capabilities = Capabilities::CALL;
        with_function!(object, call, WANTED, Asked::Itself, |host, call, error| {
            let (count, named, names) = (values.len(), names.len(), handles_of(names));
            call(host.pointer(), values.as_ptr(), count, names, named, to, error)
        })
    })
}

/// Makes an instance of it.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn construct(
    object: Key,
    CallArguments { values, names }: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    given(to, |to| {
        const WANTED: Capabilities = Capabilities::CONSTRUCT;
        with_function!(object, construct, WANTED, Asked::Itself, |host, construct, error| {
            let (count, named, names) = (values.len(), names.len(), handles_of(names));
            construct(host.pointer(), values.as_ptr(), count, names, named, to, error)
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
    let invoked = using(object, |host| {
        let Some(invoke) = function!(host.class, invoke) else { return Ok(false) };
        let (userdata, start, length) = (host.pointer(), text.as_ptr().cast(), text.len());
        let (first, count) = (values.as_ptr(), values.len());
        let (named, names) = (names.len(), handles_of(names));
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
            Kind::Callable => call_function(member.data.callable.addr(), arguments, to),
            kind => Err(Error::unsupported(format!("{text:?} is {kind}, which is not called"))
                .in_runtime(HOST)),
        }
    }
}

/// Calls a callable, which takes its arguments by position: a name says where one goes.
///
/// # Safety
/// The arguments are what their types say.
unsafe fn call_function(
    callable: Key,
    CallArguments { values, names }: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    if !names.is_empty() {
        return Err(Error::unsupported(
            "a callable takes its arguments by position; give them without names",
        ));
    }
    let callable = handle::get::<Callable>(callable)?;
    let call = || {
        // SAFETY: the arguments are what their types say.
        let mut returned = unsafe { call_owned(callable.function(), values) }?;
        let given = match returned.len() {
            0 => return Ok(value::null()),
            1 => returned.remove(0),
            _ => value::neutral::of_values(returned, Kind::Tuple)?,
        };
        Ok(given.into_raw())
    };
    to.write(call()?);
    Ok(())
}
