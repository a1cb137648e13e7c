//! Proxies: objects of other runtimes as objects of Python. What the object can do, its proxy can do
//! by the slots of its type, and nothing else: there is a type for each set of capabilities, and with
//! those for each class of a host's, whose name it has.
//!
//! While Python has a proxy of an object, it is the only one, so that the same object is the same
//! here, as far as its runtime keeps [shadows](crate::object::Protocol::shadow). A proxy keeps its
//! object by a handle of its own; its references to objects of Python never lead back to it, and the garbage
//! collector does not look at it: a host object that keeps an object of Python which keeps its proxy
//! is a cycle that nobody finds.

mod attribute;
mod awaiting;
mod base;
mod buffer;
mod call;
mod class;
mod compare;
mod context;
mod exchange;
mod failure;
mod generator;
mod item;
mod iterate;
mod kind;
mod known;
mod method;
mod number;
mod page;
mod parts;
mod shape;
mod text;

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key, Twin};
use crate::object::{self, Capabilities, Described, Family, Protocol};
use crate::python::NATURE;
use crate::python::api::{Api, Object, Vectorcall};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{Proxies, PyRef, set_proxies};

use method::ProxyMethod;
use parts::KnownParts;

pub use base::{base, compared, hash_of};
pub use page::page_of;

/// Says that objects of other runtimes look like proxies, from now on.
pub fn install() {
    set_proxies(Proxies { wrap, unwrap });
}

/// What a proxy has.
struct ProxyFields {
    /// If it can be called.
    vectorcall: Vectorcall,
    /// The object's handle; 0 when it is released.
    key: AtomicUsize,
    /// How the object is used; `None` if it can only be passed on.
    protocol: Option<&'static dyn Protocol>,
    capabilities: Capabilities,
    /// Whether the GIL is kept while the object is used.
    is_quick: bool,
    /// What tells it from other objects of its runtime, if nothing else does.
    identity: u64,
    /// The family whose members it has.
    family: Family,
    /// The family of its instances, if it is a class of errors.
    errors: Family,
    /// What it is if it is a method that its runtime knows nothing of.
    method: ProxyMethod,
    /// How many of these have it.
    methods: Cell<usize>,
    /// What it always has.
    parts: KnownParts,
    /// Its handle where it is released while they have it; else 0.
    late: Cell<Key>,
    weak: Object,
}

/// A proxy for a handle, which it takes over, also if that fails: the one that there is, or a new one.
pub fn wrap(gil: &Gil, key: Key) -> Result<PyRef> {
    let made = shown(gil, key);
    if !matches!(made, Ok((_, false))) {
        let _ = handle::free(key, HandleKind::Object);
    }
    made.map(|(proxy, _)| proxy)
}

/// The proxy of a handle, and whether it has another handle.
fn shown(gil: &Gil, key: Key) -> Result<(PyRef, bool)> {
    let protocol = object::of(key).ok();
    let known = |protocol: &dyn Protocol| protocol.shadow(key, Twin::Python).cast();
    let shadow: Object = protocol.map_or(ptr::null_mut(), known);
    if !shadow.is_null() {
        // SAFETY: a proxy says that it has ended before it does, under the GIL.
        return Ok((unsafe { PyRef::new_reference(gil, shadow) }, true));
    }
    const NOTHING: Described =
        Described { capabilities: Capabilities::NONE, family: Family::NONE, errors: Family::NONE };
    let described = protocol.map_or(Ok(NOTHING), |of| of.describe(key))?;
    let Described { capabilities, family, errors } = described;
    let (identity, class) = handle::describe_object(key, |object| {
        let identity = if protocol.is_none() { object.identity() } else { 0 };
        (identity, class::of(gil, capabilities, object.class_name()))
    })?;
    let proxy = class?.instance(
        gil,
        ProxyFields {
            vectorcall: call::call,
            key: AtomicUsize::new(key),
            protocol,
            capabilities,
            is_quick: protocol.is_some_and(|protocol| protocol.is_quick(key)),
            identity,
            family,
            errors,
            method: ProxyMethod::none(),
            methods: Cell::new(0),
            parts: KnownParts::none(),
            late: Cell::new(0),
            weak: ptr::null_mut(),
        },
    )?;
    if let Some(protocol) = protocol {
        // Another thread may have made one while this one made its own.
        let shadow: Object = known(protocol);
        if !shadow.is_null() {
            // SAFETY: the one that was made here is a proxy, which nobody has; the other one is as above.
            return Ok(unsafe {
                fields(proxy.as_ptr()).hide(gil, proxy.as_ptr());
                (PyRef::new_reference(gil, shadow), true)
            });
        }
        protocol.set_shadow(key, Twin::Python, proxy.as_ptr().cast());
    }
    Ok((proxy, false))
}

/// The handle of a proxy, still its own, unless it is released; `None` of any other object.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn unwrap(api: &Api, object: Object) -> Option<Result<Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class::is(api, object).then(|| fields(object).key()) }
}

/// The family of the instances of what is a class of errors; that of nothing for every other object.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn errors(api: &Api, object: Object) -> Family {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { if class::is(api, object) { fields(object).errors } else { Family::NONE } }
}

/// The fields of a proxy.
///
/// # Safety
/// `object` is a proxy, which is alive as long as the result.
#[inline(always)]
unsafe fn fields<'a>(object: Object) -> &'a ProxyFields {
    // SAFETY: `object` is a proxy, which is alive as long as the result.
    unsafe { &*class::fields_of(object) }
}

impl ProxyFields {
    /// What it stands for, and how that is used.
    #[inline(always)]
    fn object(&self) -> Result<(Key, &'static dyn Protocol)> {
        self.usable(self.key()?)
    }

    /// The same of a handle of it.
    #[inline(always)]
    fn usable(&self, key: Key) -> Result<(Key, &'static dyn Protocol)> {
        match (key, self.protocol) {
            (0, _) => Err(released()),
            (key, Some(protocol)) => Ok((key, protocol)),
            (key, None) => Err(object::refuse(key, Capabilities::NONE)),
        }
    }

    /// Uses it, with the GIL released if that may take long.
    #[inline(always)]
    fn use_object<R>(
        &self,
        gil: &Gil,
        using: impl FnOnce(Key, &'static dyn Protocol) -> Result<R>,
    ) -> Result<R> {
        self.use_key(gil, self.key()?, using)
    }

    /// The same by a handle of it.
    #[inline(always)]
    fn use_key<R>(
        &self,
        gil: &Gil,
        key: Key,
        using: impl FnOnce(Key, &'static dyn Protocol) -> Result<R>,
    ) -> Result<R> {
        let (key, protocol) = self.usable(key)?;
        // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
        let go = || unsafe { NATURE.go_out(|| using(key, protocol)) };
        if self.is_quick { go() } else { gil::release(gil, go) }
    }

    fn ask<R>(&self, ask: impl FnOnce(&dyn handle::ForeignObject) -> R) -> Result<R> {
        handle::describe_object(self.key()?, ask)
    }

    /// Whether it stands for nothing any more.
    fn is_released(&self) -> bool {
        self.key.load(Ordering::Relaxed) == 0 && !self.method.is_some()
    }

    /// Whether both stand for the same object. One that is released stands for none.
    fn is_same(&self, other: &ProxyFields) -> bool {
        let same = || object::same(self.key()?, other.key()?);
        same().unwrap_or(false)
    }

    /// It stands for nothing any more: the handle that it had, for whoever frees it.
    fn hide(&self, gil: &Gil, proxy: Object) -> Key {
        let key = self.key.swap(0, Ordering::Relaxed);
        if let (Some(protocol), true) = (self.protocol, key != 0)
            && protocol.shadow(key, Twin::Python) == proxy.cast()
        {
            protocol.set_shadow(key, Twin::Python, ptr::null_mut());
        }
        let key = match self.methods.get() {
            0 => key,
            // The last of them gives it back.
            _ => self.late.replace(key),
        };
        // What they free may let other threads run, which find nothing here any more.
        self.method.let_go(gil);
        self.parts.let_go(gil);
        key
    }
}

/// Frees a handle. What frees the object may take its time, or call Python on another thread.
fn give_back(gil: &Gil, key: Key, is_quick: bool) {
    let free = || {
        let _ = handle::free(key, HandleKind::Object);
    };
    match is_quick || key == 0 {
        true => free(),
        false => gil::release(gil, free),
    }
}

#[cold]
fn released() -> Error {
    Error::new(Status::InvalidHandle, "the handle is released")
}

/// Runs what a slot does, which gives an object: NULL with an exception set if it fails.
///
/// # Safety
/// Python calls, holding the GIL, with a proxy.
#[inline(always)]
unsafe fn slot(object: Object, body: impl FnOnce(&Gil, &ProxyFields) -> Result<PyRef>) -> Object {
    // SAFETY: Python calls, holding the GIL, with a proxy.
    unsafe { answer(object, ptr::null_mut(), |gil, fields| body(gil, fields).map(PyRef::into_ptr)) }
}

/// The same of what answers nothing: 0, or -1.
///
/// # Safety
/// As for [`slot`].
unsafe fn status(object: Object, body: impl FnOnce(&Gil, &ProxyFields) -> Result<()>) -> c_int {
    // SAFETY: Python calls, holding the GIL, with a proxy.
    unsafe { answer(object, -1, |gil, fields| body(gil, fields).map(|()| 0)) }
}

/// The same of what answers otherwise: `failed` says that an exception is set.
///
/// # Safety
/// As for [`slot`].
#[inline(always)]
unsafe fn answer<T>(
    object: Object,
    failed: T,
    body: impl FnOnce(&Gil, &ProxyFields) -> Result<T>,
) -> T {
    let Some(api) = Api::get() else { return failed };
    // SAFETY: Python calls, holding the GIL, with a proxy, to which it has a reference.
    let (gil, fields) = unsafe { (Gil::assume(api), fields(object)) };
    match body(&gil, fields) {
        Ok(answer) => answer,
        Err(error) => {
            failure::raise(&gil, &error);
            failed
        }
    }
}
