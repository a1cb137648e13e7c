//! Asynchronous iterators and contexts: each step gives an object to await.

use super::give;
use crate::abi::{metaffi_error, metaffi_object, metaffi_status};
use crate::capi::handle;
use crate::error::{Failure, Result};
use crate::handle::Key;
use crate::object::{self, Protocol};

/// Gives the object that a method of the protocol makes of another one.
///
/// # Safety
/// `made` and `error` are NULL or writable.
unsafe fn step(
    object: *const metaffi_object,
    made: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
    name: &str,
    step: impl FnOnce(&'static dyn Protocol, Key) -> Result<Key>,
) -> metaffi_status {
    let key = object.addr();
    // SAFETY: `made` and `error` are NULL or writable.
    unsafe { give(error, made, name, move || step(object::of(key)?, key)) }
}

/// An asynchronous iterator over an object: `aiter` of Python.
///
/// Runs code of the object's, on this thread; so do the other steps.
///
/// @param iterator The new handle, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if it is not iterated so;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `iterator` is NULL;
///         METAFFI_STATUS_FOREIGN.
///
/// # Safety
/// `iterator` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_iterate_async(
    object: *const metaffi_object,
    iterator: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `iterator` and `error` are NULL or writable.
    unsafe {
        step(object, iterator, error, "iterator", |protocol, key| protocol.iterate_async(key))
    }
}

/// What is awaited for the next value of an asynchronous iterator, by metaffi_object_await: after the
/// last one that fails with METAFFI_STATUS_ENDED.
///
/// @param awaitable The new handle, owned by the caller: metaffi_object_free.
/// @return As metaffi_object_iterate_async.
///
/// # Safety
/// `awaitable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_next_async(
    iterator: *const metaffi_object,
    awaitable: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `awaitable` and `error` are NULL or writable.
    unsafe {
        step(iterator, awaitable, error, "awaitable", |protocol, key| protocol.next_async(key))
    }
}

/// What is awaited for the end of an asynchronous iterator that is not iterated to its end: what it
/// has to clean up is cleaned up. `aclose` of Python.
///
/// @param awaitable The new handle, owned by the caller: metaffi_object_free.
/// @return As metaffi_object_iterate_async; METAFFI_STATUS_UNSUPPORTED also of one that has nothing
///         to clean up.
///
/// # Safety
/// `awaitable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_close_async(
    iterator: *const metaffi_object,
    awaitable: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `awaitable` and `error` are NULL or writable.
    unsafe {
        step(iterator, awaitable, error, "awaitable", |protocol, key| protocol.close_async(key))
    }
}

/// What is awaited to enter an object as an asynchronous context: it gives what the language's own
/// statement binds.
///
/// @param awaitable The new handle, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if it is no such context;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `awaitable` is NULL;
///         METAFFI_STATUS_FOREIGN.
///
/// # Safety
/// `awaitable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_enter_async(
    object: *const metaffi_object,
    awaitable: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `awaitable` and `error` are NULL or writable.
    unsafe {
        step(object, awaitable, error, "awaitable", |protocol, key| protocol.enter_async(key))
    }
}

/// What is awaited to leave an object as an asynchronous context: it gives true if the failure is
/// dealt with.
///
/// @param failure What the body failed with, borrowed for the call; NULL if it did not.
/// @param awaitable The new handle, owned by the caller: metaffi_object_free.
/// @return As metaffi_object_enter_async.
///
/// # Safety
/// `awaitable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_exit_async(
    object: *const metaffi_object,
    failure: *const metaffi_error,
    awaitable: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let exit = move |protocol: &'static dyn Protocol, key| {
        let failure = match failure.is_null() {
            true => None,
            false => Some(handle::get::<Failure, _>(failure)?.error()),
        };
        protocol.exit_async(key, failure.as_ref())
    };
    // SAFETY: `awaitable` and `error` are NULL or writable.
    unsafe { step(object, awaitable, error, "awaitable", exit) }
}
