//! Calls of closures that are protected by the lock of a runtime instead of a pin.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::place::State;
use super::register;
use crate::error::Error;

/// How a closure's function is called under the lock of its runtime, under which alone it is given
/// back, and only after its closures.
#[derive(Clone, Copy)]
pub struct Locked {
    /// Handles its calls.
    pub enter: Enter,
    /// What is called.
    pub data: *const (),
}

/// Handles a call; false if nothing was done, which leaves it to the closure's handler.
///
/// Nothing with a destructor may be alive while guest or host code runs inside.
///
/// # Safety
/// The call is under way.
pub type Enter = unsafe fn(&Incoming<'_>) -> bool;

/// Where a closure's code finds a [`Locked`], without knowing that it is still there.
pub(super) struct LockedPlace {
    enter: AtomicPtr<()>,
    data: AtomicPtr<()>,
}

impl LockedPlace {
    pub(super) const fn new() -> LockedPlace {
        LockedPlace {
            enter: AtomicPtr::new(ptr::null_mut()),
            data: AtomicPtr::new(ptr::null_mut()),
        }
    }

    pub(super) fn fill(&self, locked: Locked) {
        self.enter.store(locked.enter as *mut (), Ordering::Relaxed);
        self.data.store(locked.data.cast_mut(), Ordering::Release);
    }

    pub(super) fn empty(&self) {
        self.data.store(ptr::null_mut(), Ordering::SeqCst);
        self.enter.store(ptr::null_mut(), Ordering::Relaxed);
    }

    /// What a call may be handled by, which asks for the data itself.
    #[inline(always)]
    pub(super) fn enter(&self) -> Option<Enter> {
        let enter = self.enter.load(Ordering::Relaxed);
        // SAFETY: NULL, or stored by `fill`.
        unsafe { std::mem::transmute::<*mut (), Option<Enter>>(enter) }
    }
}

/// A call of a closure whose arguments are in registers.
pub struct Incoming<'a> {
    pub(super) state: &'a State,
    pub(super) registers: *mut u64,
    pub(super) shape: u64,
    pub(super) result: *mut u64,
}

impl Incoming<'_> {
    /// What is called by `enter`, there as long as the lock is held; `None` if the closure has
    /// ended, or its place is another's.
    ///
    /// # Safety
    /// The lock is held.
    #[inline(always)]
    pub unsafe fn data(&self, enter: Enter) -> Option<*const ()> {
        let place = &self.state.locked;
        let data = place.data.load(Ordering::Acquire);
        let same = place.enter.load(Ordering::Relaxed) == enter as *mut ();
        (!data.is_null() && same).then_some(data.cast_const())
    }

    /// Where an argument is, in its lowest bits.
    ///
    /// # Safety
    /// The closure has so many.
    #[inline(always)]
    pub unsafe fn argument(&self, index: usize) -> *const u64 {
        // SAFETY: the caller's promise.
        unsafe { register(self.registers, self.shape, index) }
    }

    /// Sets the result, an integer widened to eight bytes.
    #[inline(always)]
    pub fn set_result(&self, word: u64) {
        // SAFETY: the closure's code has room for it, whatever the closure returns.
        unsafe { self.result.write(word) };
    }

    /// Ends the call with a failure, which is reported.
    #[cold]
    pub fn fail(&self, failure: &Error) {
        self.state.fail(failure, self.result.cast());
    }

    /// Whether failures may be reported while a lock is held.
    #[cold]
    pub fn reports_at_once(&self) -> bool {
        self.state.reports_at_once()
    }
}
