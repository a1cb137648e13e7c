//! [`LockGuarded`]: what is used under the GIL, and given back under it.

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

use super::deferred_release;
use super::gil::{self, Gil};
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::call::report;
use crate::error::Result;
use crate::handle::{self, Fast, Key};
use crate::python::api::Api;
use crate::thread::ThreadWords;

/// What can be called under the GIL. `Shape` is what the code of a call knows of it beforehand.
pub trait CalledUnderLock<Shape = ()>: Send + Sync + 'static {
    /// Calls with the arguments in `frame` and stores the returns there.
    ///
    /// # Safety
    /// As for [`Callee::call`](crate::call::Callee::call).
    unsafe fn call(&self, on: On, frame: *mut metaffi_slot) -> Result<()>;
}

/// Where a call runs.
#[derive(Clone, Copy)]
pub struct On<'a> {
    /// The GIL is held.
    pub gil: &'a Gil,
    /// The thread.
    pub words: ThreadWords,
}

/// The owner of something that is called. It may be dropped on any thread; what it owns is given
/// back when a thread has the GIL, and no call of it is under way.
///
/// So a thread that holds the GIL needs no other protection: what it has found behind a live
/// handle is there until it gives up the GIL, and beyond if it has counted itself as a user.
pub struct LockGuarded<T: Send + Sync + 'static>(NonNull<Counted<T>>);

struct Counted<T> {
    /// How many calls are under way, and one for the owner; touched under the GIL only. A call that
    /// is left by `longjmp` stays counted, and what it was of stays in memory.
    users: Cell<usize>,
    value: T,
}

// SAFETY: the cells are used under the GIL only, the value may be shared.
unsafe impl<T: Send + Sync + 'static> Send for LockGuarded<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync + 'static> Sync for LockGuarded<T> {}

impl<T: Send + Sync + 'static> LockGuarded<T> {
    /// The owner of a value.
    pub fn new(value: T) -> LockGuarded<T> {
        let counted = Counted { users: Cell::new(1), value };
        LockGuarded(NonNull::from(Box::leak(Box::new(counted))))
    }

    /// The address by which [`enter`](LockGuarded::enter) finds it.
    pub fn data(&self) -> *const () {
        self.0.as_ptr().cast_const().cast()
    }

    /// Begins to use what is kept, which is not given back before [`leave`](LockGuarded::leave), even if
    /// the GIL is given up meanwhile.
    ///
    /// # Safety
    /// `data` is that of what nobody has given back; the GIL is held.
    #[inline(always)]
    pub unsafe fn enter<'a>(data: *const ()) -> &'a T {
        // SAFETY: `data` is that of what nobody has given back; the GIL is held; it is counted as
        // used from now on.
        unsafe {
            let counted = &*data.cast::<Counted<T>>();
            counted.users.update(|users| users + 1);
            &counted.value
        }
    }

    /// Ends what [`enter`](LockGuarded::enter) began.
    ///
    /// # Safety
    /// It did, and the GIL is held.
    #[inline(always)]
    pub unsafe fn leave(data: *const ()) {
        // SAFETY: it did, and the GIL is held; it is still counted as used.
        unsafe {
            give_up(NonNull::new_unchecked(data.cast_mut()).cast::<Counted<T>>());
        }
    }

    /// How it is called, if it has that shape, by whoever finds it behind a live handle.
    pub fn fast<Shape>(&self) -> Fast
    where
        T: CalledUnderLock<Shape>,
    {
        Fast { invoke: invoke::<T, Shape>, code: self.data(), map: 0 }
    }
}

impl<T: Send + Sync + 'static> Deref for LockGuarded<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: there as long as its owner.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T: Send + Sync + 'static> Drop for LockGuarded<T> {
    fn drop(&mut self) {
        deferred_release::give_back(self.0.cast(), disown::<T>);
    }
}

/// Gives back what nobody owns any more, unless the last call does so when it ends.
unsafe fn disown<T>(_: &Gil, counted: NonNull<()>) {
    // SAFETY: the owner is gone; the GIL is held.
    unsafe { give_up(counted.cast::<Counted<T>>()) }
}

/// Gives up what is counted once.
#[inline(always)]
unsafe fn give_up<T>(counted: NonNull<Counted<T>>) {
    #[cold]
    unsafe fn free<T>(counted: NonNull<Counted<T>>) {
        // SAFETY: it was made of a box.
        drop(unsafe { Box::from_raw(counted.as_ptr()) });
    }
    // SAFETY: the caller is counted, under the GIL; without an owner and without users, nobody else
    // knows it.
    unsafe {
        let users = &counted.as_ref().users;
        users.set(users.get() - 1);
        if users.get() == 0 {
            free(counted);
        }
    }
}

/// An [`Invoke`](crate::handle::Invoke).
///
/// With the GIL held, and held since before the handle was found alive, nobody can have given back
/// what is called: that needs the GIL. Whether it is held is asked each time, as by
/// [`gil::enter`].
unsafe extern "C-unwind" fn invoke<T: CalledUnderLock<Shape>, Shape>(
    data: *const (),
    frame: *mut metaffi_slot,
    _: u64,
    error: *mut *mut metaffi_error,
    key: Key,
) -> metaffi_status {
    let words = ThreadWords::here();
    // SAFETY: `data` was made for a `T`; the frame has the layout of its signature; `error` is NULL
    // or writable.
    unsafe {
        match gil::at_hand(words) {
            Some(gil) => run::<T, Shape>(&gil, words, data, frame, error),
            None => attach::<T, Shape>(data, frame, error, key),
        }
    }
}

/// The same for a thread that does not hold the GIL, or has something to give back or another
/// floating-point environment first: then what is called may be gone, and is not if the handle is
/// alive once the GIL is held.
#[inline(never)]
unsafe fn attach<T: CalledUnderLock<Shape>, Shape>(
    data: *const (),
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
    key: Key,
) -> metaffi_status {
    // SAFETY: `data` was made for a `T`; the frame has the layout of its signature; `error` is NULL
    // or writable.
    unsafe {
        let words = ThreadWords::here();
        match Api::get().map(gil::enter) {
            Some(Ok(gil)) if handle::is_alive(key) => {
                run::<T, Shape>(&gil, words, data, frame, error)
            }
            Some(Err(refused)) => report(error, Err(refused)),
            _ => report(error, Err(handle::stale(key))),
        }
    }
}

/// Calls and reports.
///
/// # Safety
/// `data` is that of a live handle, the GIL is held, and the rest is as for a call by frame.
#[inline(always)]
unsafe fn run<T: CalledUnderLock<Shape>, Shape>(
    gil: &Gil,
    words: ThreadWords,
    data: *const (),
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `data` is that of a live handle, the GIL is held, and the rest is as for a call by
    // frame.
    unsafe {
        let outcome = LockGuarded::<T>::enter(data).call(On { gil, words }, frame);
        LockGuarded::<T>::leave(data);
        match outcome {
            Ok(()) => METAFFI_OK,
            failed => report(error, failed),
        }
    }
}
