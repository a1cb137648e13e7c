//! An object of Python that a handle stands for, where code of Python may run.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use super::{capability, value};
use crate::call::HostCall;
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key};
use crate::object::{Capabilities, ValuePlace, refuse};
use crate::process::stack;
use crate::python::NAME;
use crate::python::api::{Api, Object};
use crate::python::downcall::function::too_deep;
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil, GilGuard};
use crate::python::object::from_handle;
use crate::thread::ThreadWords;

/// Writes what the object of a handle has at a place that is looked at, if that is there and a plain value;
/// false if not, or if this thread does not hold the GIL. Nothing of the object runs, and so nothing has
/// to be kept.
#[inline(always)]
pub(super) fn look(
    key: Key,
    to: ValuePlace<'_>,
    at: impl FnOnce(&Gil, Object) -> Option<Object>,
) -> bool {
    let Some(gil) = gil::in_hand(ThreadWords::here()) else { return false };
    let Some(object) = from_handle(&gil, key) else { return false };
    match at(&gil, object) {
        // SAFETY: alive, since what has it is, under the GIL.
        Some(found) if !found.is_null() => unsafe { value::give_plain(&gil, found, to) },
        _ => false,
    }
}

/// Runs `body` with the object of a handle, which is there until it returns, under the GIL.
#[inline(always)]
pub(super) fn with_object<R>(key: Key, body: impl FnOnce(&Gil, Object) -> Result<R>) -> Result<R> {
    let words = ThreadWords::here();
    let mut taken: Option<GilGuard> = None;
    let api = match gil::at_hand(words) {
        Some(gil) => gil.api,
        None => attach(&mut taken)?,
    };
    // SAFETY: held already, or as long as what was taken.
    let gil = unsafe { Gil::assume(api) };
    let result = with_object_on(&gil, words, key, body);
    if taken.is_some() {
        give_up(taken);
    }
    result
}

#[inline(always)]
fn with_object_on<R>(
    gil: &Gil,
    words: ThreadWords,
    key: Key,
    body: impl FnOnce(&Gil, Object) -> Result<R>,
) -> Result<R> {
    let Some(object) = from_handle(gil, key) else { return Err(refused(key)) };
    if stack::is_low_on(words) {
        return Err(exhausted(gil));
    }
    let kept = Kept::new(gil, object);
    let paused = HostCall::pause(words);
    let result = body(gil, *kept);
    drop(paused);
    result
}

/// The same twice, where the GIL is held and where it is not: for what is done often.
#[inline(always)]
pub(super) fn with_object_at_hand<R>(
    key: Key,
    body: impl FnOnce(&Gil, Object) -> Result<R>,
) -> Result<R> {
    let words = ThreadWords::here();
    match gil::at_hand(words) {
        Some(gil) => with_object_on(&gil, words, key, body),
        None => with_object_apart(key, body),
    }
}

/// The same out of the way of whoever has [looked](look) first.
#[inline(never)]
pub(super) fn with_object_apart<R>(
    key: Key,
    body: impl FnOnce(&Gil, Object) -> Result<R>,
) -> Result<R> {
    with_object(key, body)
}

/// The same for what only objects can do that have one of `wanted`.
#[inline(always)]
pub(super) fn with_able<R>(
    key: Key,
    wanted: Capabilities,
    body: impl FnOnce(&Gil, Object) -> Result<R>,
) -> Result<R> {
    with_object(key, |gil, object| {
        check_able(gil, (key, object), wanted)?;
        body(gil, object)
    })
}

/// Refuses an object that cannot do one of `wanted`.
#[inline(always)]
pub(super) fn check_able(gil: &Gil, of: (Key, Object), wanted: Capabilities) -> Result<()> {
    match capability::may(gil, of.1, wanted)? {
        true => Ok(()),
        false => Err(refuse(of.0, wanted)),
    }
}

/// Takes the GIL on a thread that does not hold it, or has something to do before.
#[cold]
#[inline(never)]
fn attach(taken: &mut Option<GilGuard>) -> Result<&'static Api> {
    let api = Api::get().ok_or_else(|| Error::new(Status::Internal, "there is no Python"))?;
    *taken = Some(gil::enter(api)?);
    Ok(api)
}

/// Gives up what was taken.
#[cold]
#[inline(never)]
fn give_up(taken: Option<GilGuard>) {
    drop(taken);
}

#[cold]
fn exhausted(gil: &Gil) -> Error {
    too_deep(gil.api);
    error::fetch(gil)
}

/// A reference that lasts as long as the GIL is held for it.
pub(super) struct Kept<'a> {
    gil: &'a Gil,
    object: NonNull<crate::python::api::PyObject>,
}

impl<'a> Kept<'a> {
    /// The reference, for somebody else to release.
    pub(super) fn into_ptr(self) -> Object {
        ManuallyDrop::new(self).object.as_ptr()
    }

    /// Another reference to a live object.
    #[inline(always)]
    pub(super) fn new(gil: &'a Gil, object: Object) -> Kept<'a> {
        // SAFETY: alive, since its handle was found alive under the GIL; a live object is not NULL.
        unsafe {
            gil.api.incref(object);
            Kept { gil, object: NonNull::new_unchecked(object) }
        }
    }

    /// Takes over a reference; NULL is the pending exception.
    ///
    /// # Safety
    /// `object` is a reference of its own, or NULL with an exception set.
    #[inline(always)]
    pub(super) unsafe fn owned(gil: &'a Gil, object: Object) -> Result<Kept<'a>> {
        match NonNull::new(object) {
            Some(object) => Ok(Kept { gil, object }),
            None => Err(error::fetch(gil)),
        }
    }
}

impl Deref for Kept<'_> {
    type Target = Object;

    #[inline(always)]
    fn deref(&self) -> &Object {
        // SAFETY: a pointer that is not NULL has the representation of one that may be.
        unsafe { &*std::ptr::from_ref(&self.object).cast::<Object>() }
    }
}

impl Drop for Kept<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the reference is ours; the GIL is held as long as `gil` lives.
        unsafe { self.gil.api.decref(self.object.as_ptr()) };
    }
}

/// Why a handle does not stand for an object of Python.
#[cold]
fn refused(key: Key) -> Error {
    match handle::describe_object(key, |object| object.runtime().to_owned()) {
        Ok(runtime) => Error::new(
            Status::InvalidHandle,
            format!("object {key:#x} is of runtime {runtime}; runtime {NAME} has only its own"),
        ),
        Err(_) => handle::refuse(key, HandleKind::Object),
    }
}
