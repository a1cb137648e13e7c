//! What keeps panics from leaving the library, and ended threads from unwinding where they must not.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::error::{Error, Result, Status};

/// Runs code of ours that may have a defect: a panic becomes an error. Never put guest code
/// inside ([`shielded`](super::unwind::shield::shielded) is for that): a foreign exception that meets
/// `catch_unwind` ends the process. A thread that a runtime
/// ends while it is inside waits for the end of the process instead.
pub fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    let body = || {
        let stop = StopWhereThreadsEnd;
        let result = body();
        std::mem::forget(stop);
        result
    };
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(error_of_panic(&*payload)))
}

/// The error that a panic is, by what it was thrown with.
#[cold]
pub(super) fn error_of_panic(payload: &(dyn Any + Send)) -> Error {
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown panic");
    Error::new(Status::Internal, format!("a defect in metaffi, please report it: {message}"))
}

/// Whether a runtime ends threads of this process.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Says that a runtime is going away, and ends the threads that are inside it by unwinding their
/// stacks.
pub fn begin_ending_threads() {
    ENDING.store(true, Ordering::Release);
}

/// Whether a runtime has begun to end threads.
pub fn are_threads_ending() -> bool {
    ENDING.load(Ordering::Acquire)
}

/// Whether unwinding that is under way is the end of this thread, and no panic.
#[cold]
pub fn is_thread_ending() -> bool {
    are_threads_ending() && !thread::panicking()
}

/// A thread that is ended cannot be unwound any further where panics are caught.
struct StopWhereThreadsEnd;

impl Drop for StopWhereThreadsEnd {
    fn drop(&mut self) {
        while is_thread_ending() {
            thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        let error = guarded::<()>(|| panic!("index {} too large", 7)).unwrap_err();
        assert_eq!(error.status(), Status::Internal);
        assert!(error.message().ends_with("index 7 too large"), "{error}");
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
    }
}
