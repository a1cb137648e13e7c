//! [`Kept`]: what is used under the GIL, and given back under it.

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

use super::api::Api;
use super::gil::{self, Gil};
use super::released;
use crate::abi::{metaffi_error, metaffi_slot, metaffi_status};
use crate::call::report;
use crate::error::Result;
use crate::handle::pin::Lazy;
use crate::handle::{Enter, Entrance, Hold, Key};

/// What can be called under the GIL.
pub trait Called: Send + Sync + 'static {
    /// Calls with the arguments in `frame` and stores the returns there.
    ///
    /// # Safety
    /// As for [`Callee::call`](crate::call::Callee::call).
    unsafe fn call(&self, gil: &Gil, span: &Lazy, frame: *mut metaffi_slot) -> Result<()>;
}

/// The owner of something that is called. It may be dropped on any thread; what it owns is given
/// back when a thread has the GIL, and no call of it is under way.
///
/// So a thread that holds the GIL needs no other protection: what it has found behind a live
/// handle is there until it gives up the GIL, and beyond if it has counted itself as a user.
pub struct Kept<T: Called>(NonNull<Counted<T>>);

struct Counted<T> {
    /// How many calls are under way; touched under the GIL only. A call that is left by `longjmp`
    /// stays counted, and what it was of stays in memory.
    users: Cell<usize>,
    owned: Cell<bool>,
    value: T,
}

// SAFETY: the cells are used under the GIL only, the value may be shared.
unsafe impl<T: Called> Send for Kept<T> {}
// SAFETY: as above.
unsafe impl<T: Called> Sync for Kept<T> {}

impl<T: Called> Kept<T> {
    /// The owner of a value.
    pub fn new(value: T) -> Kept<T> {
        let counted = Counted { users: Cell::new(0), owned: Cell::new(true), value };
        Kept(NonNull::from(Box::leak(Box::new(counted))))
    }

    /// How it is called by whoever finds it behind a live handle.
    pub fn entrance(&self) -> Entrance {
        const { assert!(size_of::<Enter>() == size_of::<usize>()) };
        Entrance { enter: enter::<T>, data: self.0.as_ptr().cast_const().cast() }
    }
}

impl<T: Called> Deref for Kept<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: there as long as its owner.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T: Called> Drop for Kept<T> {
    fn drop(&mut self) {
        released::give_back(self.0.cast(), disown::<T>);
    }
}

/// Gives back what nobody owns any more, unless the last call does so when it ends.
unsafe fn disown<T>(_: &Gil, counted: NonNull<()>) {
    let counted = counted.cast::<Counted<T>>();
    // SAFETY: the owner is gone; the GIL is held.
    unsafe {
        counted.as_ref().owned.set(false);
        free_unused(counted);
    }
}

#[cold]
unsafe fn free_unused<T>(counted: NonNull<Counted<T>>) {
    // SAFETY: without an owner and without users, nobody else knows it.
    unsafe {
        if counted.as_ref().users.get() == 0 {
            drop(Box::from_raw(counted.as_ptr()));
        }
    }
}

/// An [`Enter`].
///
/// With the GIL held, and held since before the handle was found alive, nobody can have given back
/// what is called: that needs the GIL. Whether it is held is asked each time, as by
/// [`gil::enter`].
unsafe extern "C-unwind" fn enter<T: Called>(
    data: *const (),
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
    key: Key,
    hold: Hold,
) -> metaffi_status {
    // What waits to be given back is so by the long way, which keeps alive what it calls.
    let gil = match Api::get() {
        Some(api) if gil::is_held(api) && !released::any() => {
            // SAFETY: held, and given back by whatever is called before it returns.
            unsafe { Gil::assume(api) }
        }
        // SAFETY: the caller's promise.
        _ => return unsafe { hold(key, frame, error) },
    };
    let here = 0u8;
    let span = Lazy::new(&raw const here);
    // SAFETY: alive, as said above, and counted as used before anything runs.
    unsafe {
        let counted = NonNull::new_unchecked(data.cast_mut()).cast::<Counted<T>>();
        counted.as_ref().users.update(|users| users + 1);
        let outcome = counted.as_ref().value.call(&gil, &span, frame);
        span.leave();
        counted.as_ref().users.update(|users| users - 1);
        if !counted.as_ref().owned.get() {
            free_unused(counted);
        }
        report(error, outcome)
    }
}
