//! Failures that have no caller to return to but the thread's next question.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::closure::ErrorSink;
use crate::error::Error;

/// How many threads have a failure that nobody has taken.
static COUNT: AtomicUsize = AtomicUsize::new(0);

struct Pending(RefCell<Option<Error>>);

impl Pending {
    fn replace(&self, error: Option<Error>) -> Option<Error> {
        if error.is_some() {
            COUNT.fetch_add(1, Ordering::Relaxed);
        }
        let before = self.0.replace(error);
        if before.is_some() {
            COUNT.fetch_sub(1, Ordering::Relaxed);
        }
        before
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.replace(None);
    }
}

thread_local! {
    static PENDING: Pending = const { Pending(RefCell::new(None)) };
}

/// Keeps the failure of a call through a native pointer for its caller, on this thread; the
/// latest one wins.
pub fn sink() -> ErrorSink {
    ErrorSink::new(keep).at_once()
}

/// Keeps a failure for who asks next on this thread.
pub fn keep(error: &Error) {
    // A thread that is ending has nobody left to ask.
    let _ = PENDING.try_with(|pending| pending.replace(Some(error.clone())));
}

/// Whether any thread has such a failure: not whether this one does.
#[inline(always)]
pub fn any() -> bool {
    COUNT.load(Ordering::Relaxed) != 0
}

/// The latest such failure on this thread, once.
pub fn take() -> Option<Error> {
    PENDING.try_with(|pending| pending.replace(None)).ok().flatten()
}
