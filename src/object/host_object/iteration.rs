//! Iterators and generators.

use std::mem::MaybeUninit;
use std::{ptr, slice};

use super::class::function;
use super::outcome::{Asked, BorrowedError, answered, clear, given, made, run, with_function};
use super::{HOST, using};
use crate::abi::metaffi_value;
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::entry_iterator::EntryIterator;
use crate::object::sequence_iterator::SequenceIterator;
use crate::object::{Capabilities, Iteration, Resumption, ValuePlace, refuse};
use crate::value;

/// An iterator over it: its own; itself, if it gives next values; or one by its positions, or by its
/// keys.
pub(super) fn iterate(object: Key, iteration: Iteration) -> Result<Key> {
    let (iterates, is_iterator, able) = using(object, |host| {
        let (iterate, next) = (function!(host.class, iterate), function!(host.class, next));
        Ok((iterate.is_some(), next.is_some(), host.capabilities))
    })?;
    let refused = match (iterates, is_iterator, iteration) {
        (false, true, Iteration::Itself) => return handle::clone(object, HandleKind::Object),
        (false, false, Iteration::Itself) if able.has(Capabilities::ITERATE) => {
            return SequenceIterator::over(object);
        }
        _ => match own(object, iteration) {
            Err(refused) if refused.status() == Status::Unsupported => refused,
            own => return own,
        },
    };
    let entries = Capabilities::READ_ENTRIES | Capabilities::MAPPING;
    match iteration {
        Iteration::Keys if iterates && able.has(entries) => own(object, Iteration::Itself),
        Iteration::Values | Iteration::Entries if iterates && able.has(entries) => {
            let keys = OwnedHandle::new(own(object, Iteration::Itself)?);
            EntryIterator::over(object, keys, iteration == Iteration::Entries)
        }
        _ => Err(refused),
    }
}

/// What the function for it makes.
fn own(object: Key, iteration: Iteration) -> Result<Key> {
    made(object, |to| {
        const WANTED: Capabilities = Capabilities::ITERATE;
        with_function!(object, iterate, WANTED, Asked::Itself, |host, iterate, error| {
            iterate(host.pointer(), iteration as u32, to, error)
        })
    })
}

/// The next values of an iterator, until there is no room or it gives none.
pub(super) fn next(iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
    using(iterator, |host| {
        let Some(next) = function!(host.class, next) else {
            return Err(refuse(iterator, Capabilities::NEXT));
        };
        if let Some(failure) = host.take_put_off() {
            return Err(failure);
        }
        let (userdata, mut count) = (host.pointer(), 0);
        while count < to.len() {
            let to = &mut to[count..];
            for place in to.iter_mut() {
                place.write(value::null());
            }
            let (first, room) = (to.as_mut_ptr().cast(), to.len());
            let given = answered(0, |given| {
                // SAFETY: called as its contract says.
                run(host, "next", Asked::Itself, |error| unsafe {
                    next(userdata, first, room, given, error)
                })
            });
            match given {
                Ok(0) => break,
                Ok(given) if given <= room => count += given,
                given => {
                    // SAFETY: null, or what the function wrote, which is ours.
                    unsafe { clear(slice::from_raw_parts_mut(first, room)) };
                    let failure =
                        given.map_or_else(|failure| failure, |given| too_many(given, room));
                    if count == 0 {
                        return Err(failure);
                    }
                    host.put_off(failure);
                    break;
                }
            }
        }
        Ok(count)
    })
}

#[cold]
fn too_many(given: usize, room: usize) -> Error {
    let message = format!("next gave {given} values of {room}");
    Error::new(Status::Foreign, message).in_runtime(HOST)
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
    answered(true, |yielded| {
        given(to, |to| {
            const WANTED: Capabilities = Capabilities::SEND;
            with_function!(generator, send, WANTED, Asked::Itself, |host, send, error| {
                send(host.pointer(), how, sent, raised, to, yielded, error)
            })
        })
    })
}
