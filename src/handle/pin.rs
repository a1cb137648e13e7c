//! What calls are using right now, so that a free can wait for it (hazard pointers).
//!
//! A [`CallScope`] covers one call: what the call needs is pinned in it, and what has to be undone is
//! deferred to its end. Each pin claims a [place](block::Pin) of its thread's [block](block::Block)
//! and gives that one back, so scopes may end in any order: on stacks that a thread switches
//! between, and on another thread than they began on. C++ exceptions and forced unwinding run the
//! destructor of a scope; after a `longjmp` out of it, what it had pinned stays pinned, and nothing
//! else is affected.

pub(super) mod block;
mod registry;
mod scratch;
mod sealed;

use std::any::TypeId;
use std::cell::Cell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use self::block::Pin;
use self::scratch::Page;
use super::barrier;
use super::key::{HandleKind, KIND_MASK, Key, refuse};
use super::slot::HandleVtable;
use super::store::{Handled, Reused};
use super::table::{THINGS, Table, functions};
use crate::error::{Error, Result, Status};

pub(super) use registry::{alone, find, own_now, own_on};

/// Undoes something when the call that asked for it has ended.
pub type Cleanup = unsafe extern "C" fn(*mut ());

/// A call scope; see the [module](self). It costs nothing until something is pinned.
pub struct CallScope {
    /// Its pins, the latest first; a chain.
    pins: Cell<Option<&'static Pin>>,
    page: Cell<Option<&'static Page>>,
}

/// What was found behind a key.
#[derive(Clone, Copy)]
pub(super) struct Pinned {
    pub(super) data: *const (),
    pub(super) vtable: &'static HandleVtable,
}

/// Starts a call scope, which ends when it is dropped.
#[inline(always)]
pub fn enter() -> CallScope {
    CallScope { pins: Cell::new(None), page: Cell::new(None) }
}

impl CallScope {
    /// What `key` of that kind stands for, safe from being released until the scope ends.
    #[inline(always)]
    pub(super) fn pin<X>(
        &self,
        table: &'static Table<X>,
        key: Key,
        kind: HandleKind,
    ) -> Result<Pinned> {
        let slot = table.slot(key);
        let Some((data, vtable)) = slot.load(key) else { return Err(refuse(key, kind)) };
        let pin = block::claim(data.cast_mut());
        slot.mark_pinned();
        barrier::light();
        if slot.is(key) && key & KIND_MASK == kind as usize {
            self.add(pin);
            // SAFETY: the slot was filled with a `&'static HandleVtable` before its key became visible,
            // and was not filled again before it was read.
            return Ok(Pinned { data, vtable: unsafe { &*vtable } });
        }
        give_up(pin);
        Err(refuse(key, kind))
    }

    /// The value behind `key`, alive until the scope ends. It must be of type `T`; an object of
    /// another type is refused.
    #[inline(always)]
    pub fn get<T: Handled>(&self, key: Key) -> Result<&T> {
        let pinned = match functions(T::KIND) {
            Some(table) => self.pin(table, key, T::KIND)?,
            None => self.pin(&THINGS, key, T::KIND)?,
        };
        match pinned.vtable.type_id == TypeId::of::<T>() {
            // SAFETY: the value has that type, and the pin keeps it alive.
            true => Ok(unsafe { &*pinned.data.cast::<T>() }),
            false => Err(other_runtime(key)),
        }
    }

    /// What `place` points to, alive until the scope ends, or `None` if it is NULL. Whoever takes
    /// the pointer out of `place` must give it to [`retire`](super::retire).
    #[inline(always)]
    pub fn protect<T>(&self, place: &AtomicPtr<T>) -> Option<&T> {
        loop {
            let pointer = place.load(Ordering::Acquire);
            if pointer.is_null() {
                return None;
            }
            let pin = block::claim(pointer.cast());
            barrier::light();
            if place.load(Ordering::Acquire) == pointer {
                self.add(pin);
                // SAFETY: it was in `place` after it was pinned, so whoever takes it out from now
                // on finds it in use.
                return Some(unsafe { &*pointer });
            }
            give_up(pin);
        }
    }

    /// Says that `place` is in use until the scope ends, if it is alive then. Whoever ends it must
    /// say so to whoever asks that, and then [`retire`](super::retire_slot) the place.
    #[inline(always)]
    pub fn occupy<T: Reused>(&self, place: &'static T, is_alive: impl FnOnce() -> bool) -> bool {
        let pin = block::claim(ptr::from_ref(place).cast_mut().cast());
        barrier::light();
        if is_alive() {
            self.add(pin);
            return true;
        }
        give_up(pin);
        false
    }

    /// Runs `cleanup(data)` when the scope ends.
    #[inline(always)]
    pub fn defer(&self, data: *mut (), cleanup: Cleanup) {
        let pin = block::claim(data);
        pin.cleanup.set(Some(cleanup));
        self.add(pin);
    }

    /// Room for `size` bytes, aligned to 16, until the scope ends; `None` if there is not so much.
    #[inline]
    pub fn scratch(&self, size: usize) -> Option<*mut u8> {
        if let Some(page) = self.page.get() {
            return page.take(size);
        }
        if size > scratch::SIZE {
            return None;
        }
        let page = scratch::claim()?;
        self.page.set(Some(page));
        page.take(size)
    }

    /// Keeps `value` until the scope ends.
    pub fn keep<T: Send + Sync>(&self, value: Arc<T>) -> &T {
        unsafe extern "C" fn drop_arc<T>(data: *mut ()) {
            // SAFETY: deferred with the Arc's own pointer, once.
            drop(unsafe { Arc::from_raw(data.cast_const().cast::<T>()) });
        }
        let pointer = Arc::into_raw(value);
        self.defer(pointer.cast_mut().cast(), drop_arc::<T>);
        // SAFETY: the reference is given up when the scope ends.
        unsafe { &*pointer }
    }

    /// Ends it, where hardly anything is pinned.
    #[inline(always)]
    pub fn leave(self) {
        #[cold]
        #[inline(never)]
        fn end(scope: CallScope) {
            drop(scope);
        }
        match (self.pins.get(), self.page.get()) {
            (None, None) => std::mem::forget(self),
            _ => end(self),
        }
    }

    /// Ends it, where something is pinned.
    #[inline(always)]
    pub fn end(self) {
        std::mem::ManuallyDrop::new(self).give_back();
    }

    #[inline(always)]
    fn give_back(&self) {
        while let Some(pin) = self.pins.get() {
            self.pins.set(pin.next.get());
            block::give_back(pin);
        }
        if let Some(page) = self.page.get() {
            // SAFETY: the scope's own, which it no longer uses.
            unsafe { scratch::give_back(ptr::from_ref(page).cast_mut()) };
        }
    }

    #[inline(always)]
    fn add(&self, pin: &'static Pin) {
        pin.next.set(self.pins.get());
        self.pins.set(Some(pin));
    }
}

impl Drop for CallScope {
    #[inline(always)]
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Ends a pin of what was not there any more.
#[cold]
#[inline(never)]
fn give_up(pin: &'static Pin) {
    block::give_back(pin);
}

/// A live object that is not of the type that is asked for: each runtime has its own.
#[cold]
fn other_runtime(key: Key) -> Error {
    let whose = super::describe_object(key, |object| format!(" ({})", object.runtime()));
    let whose = whose.unwrap_or_default();
    Error::new(
        Status::InvalidHandle,
        format!(
            "object {key:#x} is of another runtime{whose}, which cannot be used as one of this: keep \
             it where it is from, pass a number that stands for it, and look it up there"
        ),
    )
}
