//! What was given up where the GIL was not held.

use std::cell::Cell;
use std::ptr::NonNull;

use super::end::{self, LIFE};
use super::gil::{self, Gil};
use crate::kit::{Ending, Jobs, LastWords, Release, Releases, at_thread_end, speak};
use crate::python::api::Api;
use crate::thread::{ThreadWords, is_main};

static RELEASES: Releases<Gil> = Releases::new();

thread_local! {
    /// Whether it was looked at which thread this is.
    static IS_KNOWN: Cell<bool> = const { Cell::new(false) };
}

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
    if !IS_KNOWN.replace(true) && is_main() {
        drop_at_thread_end();
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

/// Has what waits given back when this thread ends. Of the thread that ends the process this is before
/// the destructors of libraries that Python has loaded, which objects of theirs must not meet.
pub fn drop_at_thread_end() {
    at_thread_end(|| speak(&Waiting));
}

/// What waits, at the end of a thread.
struct Waiting;

impl LastWords for Waiting {
    fn ending(&self) -> Ending {
        match Api::get() {
            Some(api) if any() && LIFE.check().is_ok() && !end::is_near(api) => {
                if gil::is_held(api) { Ending::Here } else { Ending::Elsewhere }
            }
            _ => Ending::Silent,
        }
    }

    fn speak(&'static self, begun: &dyn Fn()) {
        let Some(api) = Api::get() else { return };
        if let Ok(gil) = gil::enter(api) {
            begun();
            drop_all(&gil);
        }
    }
}
