//! What is awaited: the object itself, the steps of asynchronous iterators, and asynchronous contexts.

use std::ptr;
use std::sync::Arc;

use super::HostObject;
use super::class::function;
use super::outcome::{Asked, BorrowedError, made, run, with_function};
use super::using;
use crate::abi::metaffi_object;
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::promise::{Canceller, Promise};
use crate::object::task::Completion;
use crate::object::{Capabilities, refuse};
use crate::value::{self, OwnedValue};

/// Begins to await it: the host settles a promise.
pub(super) fn start(object: Key, completion: Completion) -> Result<()> {
    let host = handle::get::<HostObject>(object)?;
    let Some(start) = function!(host.class, start) else {
        return Err(refuse(object, Capabilities::AWAIT));
    };
    let promise = OwnedHandle::new(Promise::make()?);
    Promise::start(promise.key(), completion, canceller(&host, promise.key()))?;
    let (userdata, given) = (host.pointer(), promise.pointer());
    // SAFETY: called as its contract says.
    run(&host, "start", Asked::Itself, |error| unsafe { start(userdata, given, error) })?;
    promise.into_pointer();
    Ok(())
}

/// What cancels it: the function for that, as long as the object is there.
fn canceller(host: &Arc<HostObject>, promise: Key) -> Option<Canceller> {
    let cancel = function!(host.class, cancel)?;
    let host = Arc::downgrade(host);
    Some(Box::new(move || {
        let Some(host) = host.upgrade() else { return Ok(false) };
        let (userdata, given) = (host.pointer(), ptr::without_provenance(promise));
        // SAFETY: called as its contract says.
        run(&host, "cancel", Asked::Itself, |error| unsafe { cancel(userdata, given, error) })?;
        Ok(true)
    }))
}

/// An asynchronous iterator over it; what gives next values itself is its own.
pub(super) fn iterate(object: Key) -> Result<Key> {
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

/// What is awaited for the next value of an asynchronous iterator: an end that is known at once is
/// awaited as well.
pub(super) fn next(iterator: Key) -> Result<Key> {
    let next = made(iterator, |to| {
        const WANTED: Capabilities = Capabilities::NEXT_ASYNC;
        with_function!(iterator, next_async, WANTED, Asked::Itself, |host, next, error| {
            next(host.pointer(), to, error)
        })
    });
    match next {
        Err(failure) if [Status::Ended, Status::NotFound].contains(&failure.status()) => {
            settled(Err(failure.with_status(Status::Ended)))
        }
        next => next,
    }
}

/// What is awaited for the end of an asynchronous iterator.
pub(super) fn close(iterator: Key) -> Result<Key> {
    made(iterator, |to| {
        const WANTED: Capabilities = Capabilities::NEXT_ASYNC;
        with_function!(iterator, close_async, WANTED, Asked::Itself, |host, close, error| {
            close(host.pointer(), to, error)
        })
    })
}

const CONTEXT: Capabilities = Capabilities::ENTER_ASYNC;

/// What is awaited to enter it as an asynchronous context: what is left and has no function to be
/// entered is itself.
pub(super) fn enter(object: Key) -> Result<Key> {
    let is_itself = using(object, |host| {
        let class = host.class;
        Ok(function!(class, enter_async).is_none() && function!(class, exit_async).is_some())
    })?;
    if is_itself {
        let itself = ptr::without_provenance_mut(handle::clone(object, HandleKind::Object)?);
        // SAFETY: a handle that is the value's from now on.
        return settled(Ok(unsafe { OwnedValue::from_raw(value::object(itself)) }));
    }
    made(object, |to| {
        with_function!(object, enter_async, CONTEXT, Asked::Itself, |host, enter, error| {
            enter(host.pointer(), to, error)
        })
    })
}

/// What is awaited to leave it, with what its body failed with.
pub(super) fn exit(object: Key, failure: Option<&Error>) -> Result<Key> {
    let failure = failure.map(BorrowedError::new);
    let failure = BorrowedError::of(failure.as_ref());
    made(object, |to: *mut *mut metaffi_object| {
        with_function!(object, exit_async, CONTEXT, Asked::Itself, |host, exit, error| {
            exit(host.pointer(), failure, to, error)
        })
    })
}

/// What is awaited and done already.
fn settled(result: Result<OwnedValue>) -> Result<Key> {
    let promise = Promise::make()?;
    Promise::settle(promise, result)?;
    Ok(promise)
}
