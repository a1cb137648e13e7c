//! Closures: C function pointers made at run time that run code of ours.
//!
//! A closure outlives what it runs: when it is dropped its pointer stays callable for a while,
//! and calls through it are reported as errors instead of jumping into the void. Most signatures
//! get one of a fixed number of trampolines, the others a libffi closure; neither
//! needs memory that is both writable and executable.

mod general;
mod locked;
mod place;
mod trampoline;

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::Function;
use super::native::{Convention, NativeType};
use crate::error::{Error, Result};
use crate::handle::pin::Use;
pub use locked::{Incoming, Locked};
use place::Place;

/// What a closure runs.
pub trait Handler: Send + Sync + 'static {
    /// Handles one call.
    ///
    /// Runs on whatever thread C calls from. Nothing with a destructor may be alive while guest
    /// or host code runs inside.
    ///
    /// # Safety
    /// `arguments` points to one pointer for each argument, and `result` to
    /// [`result_size`](Closure::result_size) bytes; an integer result is stored widened to eight
    /// bytes.
    unsafe fn call(
        &self,
        span: Use,
        arguments: *const *mut c_void,
        result: *mut c_void,
    ) -> Result<()>;

    /// Handles one call whose arguments are in registers: argument `i` is the lowest bits of word
    /// `shape >> 4 * i & 15`.
    ///
    /// # Safety
    /// As for [`call`](Handler::call), with one register word for each argument.
    unsafe fn call_registers(
        &self,
        span: Use,
        registers: *mut u64,
        shape: u64,
        count: usize,
        result: *mut c_void,
    ) -> Result<()> {
        let mut arguments = [const { MaybeUninit::<*mut c_void>::uninit() }; 16];
        for (index, argument) in arguments.iter_mut().enumerate().take(count) {
            // SAFETY: the caller's promise.
            argument.write(unsafe { register(registers, shape, index) }.cast());
        }
        // SAFETY: so many arguments were written, and are read.
        unsafe { self.call(span, arguments.as_ptr().cast(), result) }
    }
}

/// Where an argument is.
///
/// # Safety
/// `shape` has the argument, and names registers that are there.
#[inline(always)]
pub unsafe fn register(registers: *mut u64, shape: u64, index: usize) -> *mut u64 {
    // SAFETY: the caller's promise.
    unsafe { registers.add((shape >> (index * 4) & 0xf) as usize) }
}

/// Who is told of failures: there is no caller to return them to.
#[derive(Clone)]
pub struct ErrorSink {
    report: Arc<dyn Fn(&Error)>,
    at_once: bool,
}

// SAFETY: whoever makes a sink vouches that it may be called from any thread.
unsafe impl Send for ErrorSink {}
// SAFETY: as above.
unsafe impl Sync for ErrorSink {}

impl ErrorSink {
    /// A sink that may be called from any thread, whatever it captures.
    pub fn new(report: impl Fn(&Error) + 'static) -> ErrorSink {
        ErrorSink { report: Arc::new(report), at_once: false }
    }

    /// The same sink, told of failures before the runtime's lock is given up that the failing
    /// function has taken: it waits for nobody.
    #[must_use]
    pub fn at_once(self) -> ErrorSink {
        ErrorSink { at_once: true, ..self }
    }

    fn report(&self, error: &Error) {
        (self.report)(error);
    }
}

impl Default for ErrorSink {
    /// Prints to standard error.
    fn default() -> ErrorSink {
        ErrorSink::new(|error| {
            eprintln!("metaffi: a callback failed, and zero was returned to its caller: {error}");
        })
    }
}

/// A C function pointer that runs a [`Handler`].
pub struct Closure {
    place: Place,
    result_size: usize,
}

impl Closure {
    /// A function pointer of the given signature.
    pub fn new(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
        sink: ErrorSink,
        handler: impl Handler,
    ) -> Result<Closure> {
        let handler: Box<dyn Handler> = Box::new(handler);
        let result_size = returns.size();
        let place = match trampoline::Shape::of(params, returns, convention) {
            Some(shape) => trampoline::take(shape),
            None => None,
        };
        let place = match place {
            Some(place) => place,
            None => general::take(params, returns, convention)?,
        };
        place.fill(handler, result_size, sink);
        Ok(Closure { place, result_size })
    }

    /// The function pointer.
    pub fn code(&self) -> *const () {
        self.place.code()
    }

    /// Handles calls by what `function` has of its own for them. Every argument, and the result, is
    /// of the C type that is natural for it.
    pub fn handle_locked(&self, function: &Function) {
        if let Some(locked) = function.callee().locked() {
            self.place.set_locked(locked);
        }
    }

    /// How many bytes a result takes.
    pub fn result_size(&self) -> usize {
        self.result_size
    }

    /// Sends failures elsewhere from now on.
    pub fn set_sink(&self, sink: ErrorSink) {
        self.place.set_sink(sink);
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        self.place.empty();
    }
}
