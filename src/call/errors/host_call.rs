//! [`HostCall`]: the call of a host language whose C code runs on this thread, which callbacks
//! leave their failures to.

mod watch;

use std::cell::Cell;
use std::ptr;
use std::sync::Arc;
use std::time::Instant;

use super::repeated::{self, Sort};
use crate::error::Error;
use crate::fork::Once;
use crate::thread::{ThreadWords, Word};

pub use watch::Late;

/// A call of a host language that runs C code, and what it ends with: the first failure of the
/// callbacks that it ran.
///
/// It lies on the caller's stack, and is known to this thread only while C code runs: whoever
/// switches stacks does so in code of a runtime, where there is none.
#[derive(Default)]
pub struct HostCall {
    /// In memory of its own, so that a call has one word to look at.
    held: Cell<Option<Arc<RecordedFailure>>>,
}

/// The failure that a call will end with.
struct RecordedFailure {
    failure: Error,
    since: Instant,
    /// Once somebody has asked.
    sort: Once<Sort>,
}

impl RecordedFailure {
    fn sort(&self) -> Sort {
        self.sort.get().copied().unwrap_or_else(|| *self.sort.get_or_set(Sort::of(&self.failure)))
    }

    /// Whether nobody has to be told of another failure of the same call: it is this one again, or
    /// one that was told of lately.
    fn covers(&self, failure: &Error) -> bool {
        let sort = Sort::of(failure);
        (sort == self.sort() && self.since.elapsed() < repeated::PERIOD) || !sort.is_news()
    }
}

/// Makes a call the current one again when it is dropped, on the thread that it was on: neither the
/// code of C nor that of a runtime returns on another one than it was called on.
#[must_use = "dropping it makes the call the current one again"]
pub struct Restore {
    words: ThreadWords,
    call: *const (),
}

impl Restore {
    /// Makes another call the current one.
    #[inline(always)]
    fn instead(words: ThreadWords, call: *const ()) -> Restore {
        let restore = Restore { words, call: words.get(Word::HostCall) };
        words.set(Word::HostCall, call);
        restore
    }
}

impl Drop for Restore {
    #[inline(always)]
    fn drop(&mut self) {
        self.words.set(Word::HostCall, self.call);
    }
}

impl HostCall {
    /// Runs C code for a host.
    #[inline(always)]
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let restore = Restore::instead(ThreadWords::here(), ptr::from_ref(self).cast());
        let result = code();
        drop(restore);
        result
    }

    /// Whether it ends with a failure.
    #[inline(always)]
    pub fn has_failed(&self) -> bool {
        // SAFETY: the cell is this thread's, and only looked at.
        unsafe { (*self.held.as_ptr()).is_some() }
    }

    /// What it ends with.
    pub fn into_failure(self) -> Option<Error> {
        self.held.into_inner().map(|held| held.failure.clone())
    }

    /// For code of a runtime that C may have called: until the result is dropped, what fails is not
    /// of the call that runs the C code.
    #[inline(always)]
    pub fn pause(words: ThreadWords) -> Restore {
        Restore::instead(words, ptr::null())
    }

    /// Leaves the failure of a callback to the call that runs the C code which made it. False if
    /// there is none, or if it has another one already: then somebody has to be told.
    #[cold]
    pub fn fail(failure: &Error) -> bool {
        // SAFETY: a call is current only as long as it lies on the stack.
        let Some(call) = (unsafe { Word::HostCall.get().cast::<HostCall>().as_ref() }) else {
            return false;
        };
        // SAFETY: the cell is this thread's, and only looked at.
        match unsafe { (*call.held.as_ptr()).clone() } {
            // What failures say of themselves may run code of a runtime, which may fail in turn: that
            // is not of the call.
            Some(held) => {
                let paused = HostCall::pause(ThreadWords::here());
                let is_covered = held.covers(failure);
                drop(paused);
                is_covered
            }
            None => {
                let (failure, since) = (failure.clone(), Instant::now());
                let held = Arc::new(RecordedFailure { failure, since, sort: Once::new() });
                watch::watch(&held);
                call.held.set(Some(held));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ForeignError, Status};

    fn failure(message: &str) -> Error {
        Error::new(Status::Foreign, message)
    }

    /// What the code gives, and the failure of the call that runs it.
    fn run<R>(code: impl FnOnce() -> R) -> (R, Option<Error>) {
        let call = HostCall::default();
        (call.run(code), call.into_failure())
    }

    #[test]
    fn a_call_ends_with_the_first_failure_of_its_own_callbacks() {
        assert!(!HostCall::fail(&failure("without a call")));
        let ((inner, outer), failed) = run(|| {
            let paused = HostCall::pause(ThreadWords::here());
            assert!(!HostCall::fail(&failure("while a callback runs")));
            let inner = run(|| HostCall::fail(&failure("inner")));
            drop(paused);
            let outer = ["first", "first", "second", "third", "first"];
            (inner, outer.map(|message| HostCall::fail(&failure(message))))
        });
        assert_eq!(inner.1.unwrap().message(), "inner");
        assert!(inner.0);
        assert_eq!(outer, [true, true, false, false, true]);
        assert_eq!(failed.unwrap().message(), "first");
        assert!(run(|| ()).1.is_none());
    }

    #[test]
    fn a_failure_that_comparing_failures_makes_does_not_replace_the_first() {
        /// Fails when it is asked for its type.
        struct Failing;
        impl ForeignError for Failing {
            fn type_name(&self) -> String {
                assert!(!HostCall::fail(&failure("of a comparison")));
                "Failing".to_owned()
            }
        }
        let failing = |message: &str| Error::foreign("test", message, Box::new(Failing), None);
        let (known, failed) =
            run(|| ["first", "second"].map(|message| HostCall::fail(&failing(message))));
        assert_eq!(known, [true, true]);
        assert_eq!(failed.unwrap().message(), "first");
    }

    #[test]
    fn what_is_held_for_long_is_told_while_the_call_runs() {
        let late = |call: &HostCall| {
            let held = call.held.take().unwrap();
            let late = Late::of(&held);
            call.held.set(Some(held));
            late
        };
        let call = HostCall::default();
        call.run(|| HostCall::fail(&failure("held for long")));
        assert_eq!(late(&call).failure().unwrap().message(), "held for long");
        assert!(late(&call).failure().is_none(), "it is told once");
        let late = late(&call);
        assert_eq!(call.into_failure().unwrap().message(), "held for long");
        assert!(late.failure().is_none(), "the call has returned");
    }

    #[test]
    fn what_is_left_by_unwinding_is_not_current_any_more() {
        let left = std::panic::catch_unwind(|| run(|| panic!("left")).1.is_none());
        assert!(left.is_err());
        assert!(!HostCall::fail(&failure("afterwards")));
    }
}
