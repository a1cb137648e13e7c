//! Failures of calls through native function pointers of entities, which C may ask for.

use std::cell::RefCell;

use super::sink::ErrorSink;
use crate::error::Error;

thread_local! {
    static PENDING: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Keeps a failure for its caller, on this thread; the latest one wins.
pub fn sink() -> ErrorSink {
    ErrorSink::new(|error| leave(error.clone()))
}

/// Leaves a failure there.
pub fn leave(error: Error) {
    // A thread that is ending has nobody left to ask.
    let _ = PENDING.try_with(|pending| pending.replace(Some(error)));
}

/// The latest such failure on this thread, once.
pub fn take() -> Option<Error> {
    PENDING.try_with(RefCell::take).ok().flatten()
}
