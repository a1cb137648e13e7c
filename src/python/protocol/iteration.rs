//! Iterators and generators of Python's.

use std::mem::MaybeUninit;

use super::value;
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{Iteration, Resumption, ValuePlace};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, put_off, to_handle};
use crate::python::support;

/// An iterator over an object.
pub(super) fn iterate(gil: &Gil, object: Object, iteration: Iteration) -> Result<Key> {
    // SAFETY: alive, under the GIL; a new reference or NULL.
    unsafe {
        let held = PyRef::new_reference(gil, object);
        let iterated = match iteration {
            Iteration::Itself => held,
            Iteration::Keys => held.attribute(gil, c"keys")?.call0(gil)?,
            Iteration::Values => held.attribute(gil, c"values")?.call0(gil)?,
            Iteration::Entries => support::objects(gil)?.entries.call1(gil, &held)?,
        };
        let iterator = PyRef::owned(gil, (gil.api.PyObject_GetIter)(iterated.as_ptr()))?;
        Ok(to_handle(gil, &iterator)?.addr())
    }
}

/// The next values of an iterator.
#[inline(always)]
pub(super) fn next(
    gil: &Gil,
    key: Key,
    iterator: Object,
    to: &mut [MaybeUninit<metaffi_value>],
) -> Result<usize> {
    if put_off::any() {
        put_off::take(gil, key)?;
    }
    // SAFETY: a live iterator under the GIL, which gives new references.
    unsafe {
        let next = gil.api.iternext(gil.api.type_of(iterator));
        for (index, to) in to.iter_mut().enumerate() {
            let item = next(iterator);
            if item.is_null() {
                return ended(gil, key, index);
            }
            if let Err(failure) = value::give_owned(gil, item, to) {
                return later(gil, key, index, failure);
            }
        }
    }
    Ok(to.len())
}

/// What an iterator that gives nothing more has ended with, after `count` values.
#[cold]
fn ended(gil: &Gil, key: Key, count: usize) -> Result<usize> {
    // SAFETY: under the GIL.
    unsafe {
        if (gil.api.PyErr_Occurred)().is_null() {
            return Ok(count);
        }
        if (gil.api.PyErr_ExceptionMatches)(gil.api.PyExc_StopIteration) != 0 {
            (gil.api.PyErr_Clear)();
            return Ok(count);
        }
    }
    later(gil, key, count, error::fetch(gil))
}

/// Fails, after what was got before has been given.
#[cold]
fn later(gil: &Gil, key: Key, count: usize, failure: Error) -> Result<usize> {
    if count == 0 {
        return Err(failure);
    }
    put_off::put(gil, key, failure);
    Ok(count)
}

/// Goes on with a generator.
///
/// # Safety
/// What is sent is what its type says.
pub(super) unsafe fn send(
    gil: &Gil,
    generator: Object,
    with: Resumption<'_>,
    to: ValuePlace<'_>,
) -> Result<bool> {
    // SAFETY: alive, under the GIL, and what is sent is what its type says.
    unsafe {
        let held = PyRef::new_reference(gil, generator);
        let result = match with {
            Resumption::Value(sent) => {
                let sent = value::take(gil, sent)?;
                let sent = PyRef::new_reference(gil, *sent);
                held.attribute(gil, c"send")?.call1(gil, &sent)
            }
            Resumption::Error(failure) => {
                let raised = error::exception(gil, failure)?;
                held.attribute(gil, c"throw")?.call1(gil, &raised)
            }
            Resumption::Close => {
                let closed = held.attribute(gil, c"close")?.call0(gil)?;
                value::give(gil, closed.as_ptr(), to)?;
                return Ok(false);
            }
        };
        let failure = match result {
            Ok(yielded) => {
                value::give(gil, yielded.as_ptr(), to)?;
                return Ok(true);
            }
            Err(failure) => failure,
        };
        let Some(exception) = error::original(gil, &failure) else { return Err(failure) };
        let is_end = gil.api.PyErr_GivenExceptionMatches;
        if is_end(exception.as_ptr(), gil.api.PyExc_StopIteration) == 0 {
            return Err(failure);
        }
        let result = exception.attribute(gil, c"value")?;
        value::give(gil, result.as_ptr(), to)?;
        Ok(false)
    }
}
