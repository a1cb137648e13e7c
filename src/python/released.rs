//! What was given up where the GIL was not held.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::api::Api;
use super::gil::{self, Gil};

/// Gives something back under the GIL.
pub type Release = unsafe fn(&Gil, NonNull<()>);

struct Waiting {
    data: NonNull<()>,
    release: Release,
}

// SAFETY: only a number until a thread that holds the GIL takes it.
unsafe impl Send for Waiting {}

static QUEUE: Mutex<Vec<Waiting>> = Mutex::new(Vec::new());
static ANY: AtomicBool = AtomicBool::new(false);

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
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.push(Waiting { data, release });
    ANY.store(true, Ordering::Release);
}

/// Whether anything waits.
#[inline(always)]
pub fn any() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Gives back what has been left.
#[inline]
pub fn drop_all(gil: &Gil) {
    if any() {
        drop_queue(gil);
    }
}

#[cold]
fn drop_queue(gil: &Gil) {
    let waiting = {
        let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
        ANY.store(false, Ordering::Relaxed);
        std::mem::take(&mut *queue)
    };
    // Not under the lock: what an object's end runs may push again.
    for Waiting { data, release } in waiting {
        // SAFETY: it was given up by its owner; the GIL is held.
        unsafe { release(gil, data) };
    }
}
