//! Iterators and generators of Python's.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;

use super::value;
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{Iteration, Resumption, ValuePlace};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, from_handle, to_handle};
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
    if !PUT_OFF.is_empty() {
        PUT_OFF.take(key)?;
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
                return put_off(gil, key, index, failure);
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
    put_off(gil, key, count, error::fetch(gil))
}

/// Fails, after what was got before has been given.
#[cold]
fn put_off(gil: &Gil, key: Key, count: usize, failure: Error) -> Result<usize> {
    if count == 0 {
        return Err(failure);
    }
    PUT_OFF.put(gil, key, failure);
    Ok(count)
}

/// What iterators failed with after they had given values, until they are asked again.
struct PutOff(UnsafeCell<Vec<(Key, Error)>>);

// SAFETY: used under the GIL only; what is dropped, is dropped when it is not in use.
unsafe impl Sync for PutOff {}

static PUT_OFF: PutOff = PutOff(UnsafeCell::new(Vec::new()));

impl PutOff {
    #[inline(always)]
    fn is_empty(&self) -> bool {
        // SAFETY: under the GIL.
        unsafe { (*self.0.get()).is_empty() }
    }

    fn put(&self, gil: &Gil, key: Key, failure: Error) {
        // SAFETY: under the GIL; the failures of handles that are gone are dropped afterwards.
        let gone: Vec<_> = unsafe {
            let failures = &mut *self.0.get();
            failures.push((key, failure));
            failures.extract_if(.., |(key, _)| from_handle(gil, *key).is_none()).collect()
        };
        drop(gone);
    }

    fn take(&self, key: Key) -> Result<()> {
        // SAFETY: under the GIL.
        let found = unsafe {
            let failures = &mut *self.0.get();
            let place = failures.iter().position(|(of, _)| *of == key);
            place.map(|place| failures.swap_remove(place).1)
        };
        match found {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }
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
