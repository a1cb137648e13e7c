//! What was given up where the GIL was not held.
//!
//! A list without a lock: a process that is forked while a thread adds to it has it whole.

use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::api::Api;
use super::gil::{self, Gil};

/// Gives something back under the GIL.
pub type Release = unsafe fn(&Gil, NonNull<()>);

struct Waiting {
    data: NonNull<()>,
    release: Release,
    /// What was given up before.
    next: *mut Waiting,
}

/// What was given up last.
static LATEST: AtomicPtr<Waiting> = AtomicPtr::new(ptr::null_mut());

/// Gives `data` back by `release`, which is the only one to use it from now on: now if this thread
/// holds the GIL, else when a thread next attaches.
pub fn give_back(data: NonNull<()>, release: Release) {
    let Some(api) = Api::get() else { return };
    match gil::is_held(api) {
        // SAFETY: the GIL is held, and the rest is the caller's promise.
        true => unsafe { release(&Gil::assume(api), data) },
        false => push(data, release),
    }
}

/// Leaves something to whoever attaches next.
#[cold]
fn push(data: NonNull<()>, release: Release) {
    let mut latest = LATEST.load(Ordering::Relaxed);
    let waiting = Box::into_raw(Box::new(Waiting { data, release, next: latest }));
    while let Err(now) =
        LATEST.compare_exchange_weak(latest, waiting, Ordering::Release, Ordering::Relaxed)
    {
        latest = now;
        // SAFETY: nobody else knows it yet.
        unsafe { (*waiting).next = now };
    }
}

/// Whether anything waits.
#[inline(always)]
pub fn any() -> bool {
    !LATEST.load(Ordering::Relaxed).is_null()
}

/// Gives back what has been left.
#[inline]
pub fn drop_all(gil: &Gil) {
    if any() {
        drop_list(gil);
    }
}

#[cold]
fn drop_list(gil: &Gil) {
    // The whole list at once: what an object's end runs may add to another.
    let mut next = LATEST.swap(ptr::null_mut(), Ordering::Acquire);
    while !next.is_null() {
        // SAFETY: made by `push`, and taken off by this thread alone; what waits was given up by
        // its owner, and the GIL is held.
        unsafe {
            let waiting = Box::from_raw(next);
            next = waiting.next;
            (waiting.release)(gil, waiting.data);
        }
    }
}
