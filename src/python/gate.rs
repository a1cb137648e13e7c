//! What keeps a fork of Python's out while something is loaded or described.
//!
//! That takes locks which no thread would release in the child. So a fork waits until the other
//! threads are out of it, and they wait until it is over.

use std::cell::{Cell, RefCell};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::gil::{self, Gil};

/// How long a fork waits for a thread that may itself wait for the one that forks.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many threads are inside.
static INSIDE: Mutex<usize> = Mutex::new(0);
static LEFT: Condvar = Condvar::new();

thread_local! {
    /// How often this thread has entered.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Held by the thread that forks.
    static SHUT: RefCell<Option<MutexGuard<'static, usize>>> = const { RefCell::new(None) };
}

/// That this thread is inside.
struct Entry;

impl Entry {
    fn new() -> Entry {
        if DEPTH.replace(DEPTH.get() + 1) == 0 {
            *lock() += 1;
        }
        Entry
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if DEPTH.replace(DEPTH.get() - 1) == 1 {
            *lock() -= 1;
            LEFT.notify_all();
        }
    }
}

fn lock() -> MutexGuard<'static, usize> {
    INSIDE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` with the GIL released, and while nobody forks.
pub fn pass<R>(gil: &Gil, work: impl FnOnce() -> R) -> R {
    gil::release(gil, || {
        let _entry = Entry::new();
        work()
    })
}

/// Waits until no other thread is inside, and lets none in until [`open`].
pub(super) fn shut(gil: &Gil) {
    if SHUT.with_borrow(Option::is_some) {
        return;
    }
    let own = usize::from(DEPTH.get() > 0);
    let guard = gil::release(gil, || {
        LEFT.wait_timeout_while(lock(), PATIENCE, |inside| *inside > own)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    });
    SHUT.set(Some(guard));
}

/// Lets threads in again after a fork; in the child there is only this one.
pub(super) fn open(in_child: bool) {
    if let Some(mut guard) = SHUT.take()
        && in_child
    {
        *guard = usize::from(DEPTH.get() > 0);
    }
}
