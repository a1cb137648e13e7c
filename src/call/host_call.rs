//! [`HostCall`]: the call of a host language whose C code runs on this thread, which callbacks
//! leave their failures to.

use std::cell::Cell;
use std::ptr;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::thread::Word;

/// For how long a failure may be held without being reported while C goes on calling back, and how
/// often a repeated one is reported.
const PATIENCE: Duration = Duration::from_secs(1);

/// A call of a host language that runs C code, and what it ends with: the first failure of the
/// callbacks that it ran.
///
/// It lies on the caller's stack, and is known to this thread only while C code runs: whoever
/// switches stacks does so in code of a runtime, where there is none.
#[derive(Default)]
pub struct HostCall {
    /// In memory of its own, so that a call has one word to look at.
    held: Cell<Option<Box<Held>>>,
}

/// The failure that a call will end with.
struct Held {
    failure: Error,
    /// When one like it was reported, or when it came.
    told: Instant,
    reported: bool,
}

/// Makes a call the current one again, on the thread that it was on: neither the code of C nor that
/// of a runtime returns on another one than it was called on.
struct Restore {
    place: *mut *const (),
    call: *const (),
}

impl Restore {
    #[inline(always)]
    fn current() -> Restore {
        let place = Word::HostCall.place();
        // SAFETY: this thread's word.
        Restore { place, call: unsafe { place.read() } }
    }
}

impl Drop for Restore {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { self.place.write(self.call) };
    }
}

impl HostCall {
    /// Runs C code for a host.
    #[inline(always)]
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let restore = Restore::current();
        // SAFETY: this thread's word, until it is restored.
        unsafe { restore.place.write(ptr::from_ref(self).cast()) };
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
        self.held.into_inner().map(|held| held.failure)
    }

    /// Runs code of a runtime that C may have called: what fails in there is not of the call that
    /// runs the C code. If that goes on although a callback has failed long ago, `report` is told of
    /// what it does not end with.
    #[inline(always)]
    pub fn pause<R>(report: impl FnOnce(&Error), code: impl FnOnce() -> R) -> R {
        let restore = Restore::current();
        // SAFETY: a call is current only as long as it lies on the stack.
        if let Some(call) = unsafe { restore.call.cast::<HostCall>().as_ref() }
            && call.has_failed()
            && let Some(failure) = call.held_up()
        {
            report(&failure);
        }
        // SAFETY: this thread's word, until it is restored.
        unsafe { restore.place.write(ptr::null()) };
        let result = code();
        drop(restore);
        result
    }

    /// Leaves the failure of a callback to the call that runs the C code which made it. False if
    /// there is none, or if it has another one already: then somebody has to be told.
    #[cold]
    pub fn fail(failure: &Error) -> bool {
        // SAFETY: a call is current only as long as it lies on the stack.
        let Some(call) = (unsafe { Word::HostCall.get().cast::<HostCall>().as_ref() }) else {
            return false;
        };
        let now = Instant::now();
        let held = call.held.take();
        let is_known = held.as_ref().is_none_or(|held| {
            now.duration_since(held.told) < PATIENCE && is_repeated(failure, &held.failure)
        });
        call.held.set(Some(match held {
            None => Box::new(Held { failure: failure.clone(), told: now, reported: false }),
            Some(held) if is_known => held,
            Some(held) => Box::new(Held { told: now, ..*held }),
        }));
        is_known
    }

    /// The failure that the call holds, if somebody has to see it by now.
    #[cold]
    fn held_up(&self) -> Option<Error> {
        let mut held = self.held.take()?;
        let is_late = !held.reported && held.told.elapsed() >= PATIENCE;
        if is_late {
            (held.told, held.reported) = (Instant::now(), true);
        }
        let failure = is_late.then(|| held.failure.clone());
        self.held.set(Some(held));
        failure
    }
}

/// Whether a failure is another one's again: of the same type, and from the same place.
fn is_repeated(failure: &Error, known: &Error) -> bool {
    match (failure.foreign_error(), known.foreign_error()) {
        (None, None) => failure.message() == known.message(),
        (Some(one), Some(other)) => {
            one.type_name() == other.type_name() && one.frames().last() == other.frames().last()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn failure(message: &str) -> Error {
        Error::new(Status::Foreign, message)
    }

    /// What the code gives, and the failure of the call that runs it.
    fn run<R>(code: impl FnOnce() -> R) -> (R, Option<Error>) {
        let call = HostCall::default();
        (call.run(code), call.into_failure())
    }

    fn unreported(_: &Error) {
        panic!("it was reported");
    }

    #[test]
    fn a_call_ends_with_the_first_failure_of_its_own_callbacks() {
        assert!(!HostCall::fail(&failure("without a call")));
        let ((inner, outer), failed) = run(|| {
            let inner = HostCall::pause(unreported, || {
                assert!(!HostCall::fail(&failure("while a callback runs")));
                run(|| HostCall::fail(&failure("inner")))
            });
            let outer = ["first", "first", "second", "first"];
            (inner, outer.map(|message| HostCall::fail(&failure(message))))
        });
        assert_eq!(inner.1.unwrap().message(), "inner");
        assert!(inner.0);
        assert_eq!(outer, [true, true, false, true]);
        assert_eq!(failed.unwrap().message(), "first");
        assert!(run(|| ()).1.is_none());
    }

    #[test]
    fn what_a_call_holds_for_long_is_reported_once() {
        let (reports, failed) = run(|| {
            let reports = Cell::new(0);
            let call_back = || HostCall::pause(|_| reports.set(reports.get() + 1), || ());
            HostCall::fail(&failure("first"));
            call_back();
            assert_eq!(reports.get(), 0);
            age();
            call_back();
            call_back();
            age();
            call_back();
            assert!(!HostCall::fail(&failure("first")), "the same once more, much later");
            assert!(HostCall::fail(&failure("first")));
            reports.get()
        });
        assert_eq!(reports, 1);
        assert_eq!(failed.unwrap().message(), "first");
    }

    /// Makes what the current call holds older than anybody waits for.
    fn age() {
        // SAFETY: the tests are inside a call.
        let call = unsafe { &*Word::HostCall.get().cast::<HostCall>() };
        let held = call.held.take().unwrap();
        call.held.set(Some(Box::new(Held { told: held.told - PATIENCE, ..*held })));
    }

    #[test]
    fn what_is_left_by_unwinding_is_not_current_any_more() {
        let left = std::panic::catch_unwind(|| run(|| panic!("left")).1.is_none());
        assert!(left.is_err());
        assert!(!HostCall::fail(&failure("afterwards")));
    }
}
