//! Iterators and generators, and their asynchronous kin.

use std::mem::MaybeUninit;
use std::ptr;

use super::class::function;
use super::outcome::{Asked, BorrowedError, answered, given, made, with_function};
use super::{HOST, using};
use crate::abi::metaffi_value;
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key};
use crate::object::{Capabilities, Iteration, Resumption, ValuePlace};

/// An iterator over it; what gives next values itself is its own.
pub(super) fn iterate(object: Key, iteration: Iteration) -> Result<Key> {
    let is_itself = using(object, |host| {
        let (iterate, next) = (function!(host.class, iterate), function!(host.class, next));
        Ok(iterate.is_none() && next.is_some() && iteration == Iteration::Itself)
    })?;
    if is_itself {
        return handle::clone(object, HandleKind::Object);
    }
    made(object, |to| {
        const WANTED: Capabilities = Capabilities::ITERATE;
        with_function!(object, iterate, WANTED, Asked::Itself, |host, iterate, error| {
            iterate(host.pointer(), iteration as u32, to, error)
        })
    })
}

/// The next values of an iterator.
pub(super) fn next(iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
    for place in to.iter_mut() {
        place.write(crate::value::null());
    }
    let (first, room) = (to.as_mut_ptr().cast(), to.len());
    let count = answered(0, |count| {
        const WANTED: Capabilities = Capabilities::NEXT;
        with_function!(iterator, next, WANTED, Asked::Itself, |host, next, error| {
            next(host.pointer(), first, room, count, error)
        })
    })?;
    match count <= room {
        true => Ok(count),
        false => Err(Error::new(Status::Foreign, format!("next gave {count} values of {room}"))
            .in_runtime(HOST)),
    }
}

/// Goes on with a generator: true if it gave a value, false if it has ended.
///
/// # Safety
/// What is sent is what its type says.
pub(super) unsafe fn send(
    generator: Key,
    with: Resumption<'_>,
    to: ValuePlace<'_>,
) -> Result<bool> {
    let (how, sent, raised) = match with {
        Resumption::Value(value) => (0, ptr::from_ref(value), None),
        Resumption::Error(error) => (1, ptr::null(), Some(BorrowedError::new(error))),
        Resumption::Close => (2, ptr::null(), None),
    };
    let raised = BorrowedError::of(raised.as_ref());
    let ended = answered(false, |ended| {
        given(to, |to| {
            const WANTED: Capabilities = Capabilities::SEND;
            with_function!(generator, send, WANTED, Asked::Itself, |host, send, error| {
                send(host.pointer(), how, sent, raised, to, ended, error)
            })
        })
    })?;
    Ok(!ended)
}

/// An asynchronous iterator over it; what gives next values itself is its own.
pub(super) fn iterate_async(object: Key) -> Result<Key> {
    let is_itself = using(object, |host| {
        let class = host.class;
        Ok(function!(class, iterate_async).is_none() && function!(class, next_async).is_some())
    })?;
    if is_itself {
        return handle::clone(object, HandleKind::Object);
    }
    made(object, |to| {
        const WANTED: Capabilities = Capabilities::ITERATE_ASYNC;
        with_function!(object, iterate_async, WANTED, Asked::Itself, |host, iterate, error| {
            iterate(host.pointer(), to, error)
        })
    })
}

/// What is awaited for the next value of an asynchronous iterator.
pub(super) fn next_async(iterator: Key) -> Result<Key> {
    made(iterator, |to| {
        const WANTED: Capabilities = Capabilities::NEXT_ASYNC;
        with_function!(iterator, next_async, WANTED, Asked::Itself, |host, next, error| {
            next(host.pointer(), to, error)
        })
    })
}
