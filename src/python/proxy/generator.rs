//! Generators: `send`, `throw` and `close`.

use std::mem::MaybeUninit;

use super::context::failure_of;
use super::iterate::no_end;
use super::{ProxyFields, slot};
use crate::error::{Error, Result};
use crate::object::Resumption;
use crate::python::api::{Object, TPFLAGS_BASE_EXC_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;
use crate::python::upcall::lent_value::{self, LentValue};

/// `send`.
pub(super) unsafe extern "C-unwind" fn send(object: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a proxy and an object, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let lent = LentValue::new(gil, given)?;
            resume(gil, fields, Resumption::Value(lent.get()))
        })
    }
}

/// `throw`, with an exception, or with a class and perhaps what it is made of.
pub(super) unsafe extern "C-unwind" fn throw(object: Object, given: Object) -> Object {
    // SAFETY: Python calls this with a proxy and a tuple, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let arguments = support::items(gil, &PyRef::new_reference(gil, given))?;
            let failure = failure_of(gil, &exception_of(gil, &arguments)?);
            resume(gil, fields, Resumption::Error(&failure))
        })
    }
}

/// The exception that is thrown: itself, or one of a class, made of what is given with it.
fn exception_of(gil: &Gil, arguments: &[PyRef]) -> Result<PyRef> {
    // SAFETY: live objects under the GIL.
    let flags = |one: &PyRef| unsafe { gil.api.flags_of(one.as_ptr()) };
    let is_exception = |one: &PyRef| flags(one) & TPFLAGS_BASE_EXC_SUBCLASS != 0;
    let exception = match arguments {
        [exception, ..] if is_exception(exception) => exception.clone_ref(gil),
        [_, exception, ..] if is_exception(exception) => exception.clone_ref(gil),
        [class, given, ..] if !support::is_none(gil.api, given) => {
            match flags(given) & TPFLAGS_TUPLE_SUBCLASS != 0 {
                true => {
                    let given = support::items(gil, given)?;
                    support::call(gil, class, &given.iter().collect::<Vec<_>>())?
                }
                false => class.call1(gil, given)?,
            }
        }
        [class, ..] => class.call0(gil)?,
        [] => return Err(Error::invalid("throw takes an exception")),
    };
    match is_exception(&exception) {
        true => Ok(exception),
        false => Err(Error::mismatch("throw takes an exception")),
    }
}

/// `close`.
pub(super) unsafe extern "C-unwind" fn close(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let mut to = MaybeUninit::uninit();
            let close = Resumption::Close;
            fields
                .use_object(gil, |key, protocol| protocol.send(key, close, &mut to))
                .map_err(|failure| no_end(gil, failure))?;
            lent_value::got(gil, to)?;
            Ok(support::none(gil))
        })
    }
}

/// Goes on: what is given next, or StopIteration with the result.
unsafe fn resume(gil: &Gil, fields: &ProxyFields, with: Resumption<'_>) -> Result<PyRef> {
    let mut to = MaybeUninit::uninit();
    // SAFETY: what is sent is what its type says; what is written is ours.
    unsafe {
        let goes_on = fields
            .use_object(gil, |key, protocol| protocol.send(key, with, &mut to))
            .map_err(|failure| no_end(gil, failure))?;
        let given = lent_value::got(gil, to)?;
        if goes_on {
            return Ok(given);
        }
        let class = PyRef::new_reference(gil, gil.api.PyExc_StopIteration);
        let ended = match support::is_none(gil.api, &given) {
            true => class.call0(gil)?,
            false => class.call1(gil, &given)?,
        };
        error::restore(gil, ended);
        Err(Error::new(crate::error::Status::Foreign, "the generator has ended"))
    }
}
