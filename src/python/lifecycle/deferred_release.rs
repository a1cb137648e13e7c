//! What was given up where the GIL was not held.

use std::ptr::NonNull;

use super::gil::{self, Gil};
use crate::kit::{Jobs, Release, Releases};
use crate::python::api::Api;
use crate::thread::ThreadWords;

static RELEASES: Releases<Gil> = Releases::new();

/// What is to be done for Python where a host's loop runs. It is woken also for what was given up.
pub static JOBS: Jobs = Jobs::beside(any);

/// Gives `data` back by `release`, which is the only one to use it from now on: now if this thread
/// holds the GIL, else when a thread next attaches.
#[inline]
pub fn give_back(data: NonNull<()>, release: Release<Gil>) {
    match gil::in_hand(ThreadWords::here()) {
        // SAFETY: the GIL is held; nobody else uses the data.
        Some(gil) => unsafe { release(&gil, data) },
        None => leave(data, release),
    }
}

/// The same where the GIL is not held.
#[inline(never)]
fn leave(data: NonNull<()>, release: Release<Gil>) {
    // SAFETY: the GIL is held where it is released; nobody else uses the data.
    if Api::get().is_some() && unsafe { RELEASES.push(data, release) } {
        JOBS.wake();
    }
}

/// Whether anything waits.
#[inline(always)]
pub fn any() -> bool {
    RELEASES.any()
}

/// Gives back what has been left.
#[inline(always)]
pub fn drop_all(gil: &Gil) {
    RELEASES.give_back(gil);
}
