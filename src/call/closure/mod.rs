//! Closures: C function pointers made at run time that run code of ours.
//!
//! A closure outlives what it runs: when it is dropped its pointer stays callable, and calls through
//! it are reported as errors, to whom its failures went, instead of jumping into the void. Its
//! [place](place::Place) is used again when no call is inside it any more, and all others of its
//! kind have been, the longest ended first. Most signatures get one of a fixed number of
//! trampolines, the others a libffi closure; neither needs memory that is both writable and
//! executable.

mod arguments;
mod general;
mod place;
mod reserved;
mod sink;
mod slot;
mod trampoline;

use std::ffi::c_void;

use super::native::{Convention, NativeType};
use super::{Function, failure};
use crate::error::{Error, Result};
use crate::handle::pin::Use;
pub use arguments::{Addresses, Arguments, Scalar};
use arguments::{Listed, Registers};
pub use reserved::Reserved;
pub use sink::ErrorSink;
use slot::Content;
pub use slot::{Enter, Incoming, Locked, Slot};

/// What a closure runs.
pub trait Handler: Send + Sync + 'static {
    /// Handles one call.
    ///
    /// Runs on whatever thread C calls from. Nothing with a destructor that must run may be alive
    /// while guest or host code runs inside.
    ///
    /// # Safety
    /// The arguments are those of a call with the closure's signature, `result` has room for its
    /// result; an integer is stored widened to eight bytes.
    unsafe fn call(&self, span: Use, arguments: impl Arguments, result: *mut c_void) -> Result<()>;

    /// Reports a failure that nobody else is told of, at once.
    fn report(&self, failure: &Error) {
        failure::print(failure);
    }
}

/// A C function pointer that runs a [`Handler`].
pub struct Closure {
    code: *const (),
    slot: &'static Slot,
}

// SAFETY: `code` is a function pointer, and slots are used by any thread.
unsafe impl Send for Closure {}
// SAFETY: as above.
unsafe impl Sync for Closure {}

impl Closure {
    /// A function pointer of the given signature, whose failures the handler reports.
    pub fn new<H: Handler>(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
        handler: H,
    ) -> Result<Closure> {
        let (place, enter): (_, Enter) = match trampoline::take(params, returns, convention) {
            Some(place) => (place, slot::run::<H, Registers>),
            None => (general::take(params, returns, convention)?, slot::run::<H, Listed>),
        };
        let (code, slot) = (place.code(), place.slot());
        slot.fill(Content::new(handler, enter, place), returns.size());
        Ok(Closure { code, slot })
    }

    /// The function pointer.
    pub fn code(&self) -> *const () {
        self.code
    }

    /// Handles calls by what `function` has of its own for them. Every argument, and the result, is
    /// of the C type that is natural for it.
    pub fn handle_locked(&self, function: &Function) {
        if let Some(locked) = function.callee().locked()
            && trampoline::is_one(self.code)
        {
            self.slot.set_locked(locked);
        }
    }

    /// Sends failures elsewhere from now on; `None` lets the handler report them.
    pub fn set_sink(&self, sink: Option<ErrorSink>) {
        self.slot.set_sink(sink);
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        self.slot.end();
    }
}
