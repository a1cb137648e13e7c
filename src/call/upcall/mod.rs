//! Closures: C function pointers made at run time that run code of ours.
//!
//! A closure outlives what it runs: when it is dropped its pointer stays callable, and calls through
//! it are reported as errors, to whom its failures went, instead of jumping into the void. Its
//! [slot](ClosureSlot) is used again when no call is inside it any more, and [`KEPT`] others of its kind
//! have ended since. Most signatures get an entry point of the library's or of a [table](table), the
//! others a libffi closure; neither needs memory that is both writable and executable.

mod arguments;
mod general;
mod reserved;
mod slot;
mod table;
mod trampoline;

use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::errors::failure;
use super::plan::native_type::{Convention, NativeType};
pub use crate::call::errors::sink::ErrorSink;
pub use crate::call::plan::scalar::ScalarRow;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use arguments::{AddressList, Registers};
pub use arguments::{ArgumentAddresses, IncomingArguments};
pub use reserved::Reserved;
use slot::SlotOrigin;
pub use slot::{ClosureEntry, ClosureSlot, LockedCall, LockedEntry, freed};

/// So many ended closures of a kind stay callable.
const KEPT: usize = 512;

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
    unsafe fn call(
        &self,
        scope: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()>;

    /// Reports a failure that nobody else is told of, at once.
    fn report(&self, failure: &Error) {
        failure::report_uncaught(failure);
    }
}

/// A C function pointer that runs a [`Handler`].
pub struct Closure(&'static ClosureSlot);

impl Closure {
    /// A function pointer of the given signature, whose failures the handler reports.
    pub fn new<H: Handler>(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
        handler: Arc<H>,
    ) -> Result<Closure> {
        let (size, exact) = (returns.size(), general::is_small(returns));
        match trampoline::take(params, returns, convention) {
            Some(slot) => {
                slot.fill::<H, Registers>(handler, (size, exact));
                Ok(Closure(slot))
            }
            None => {
                let slot = general::take(params, returns, convention)?;
                slot.fill::<H, AddressList>(handler, (size, exact));
                Ok(Closure(slot))
            }
        }
    }

    /// The function pointer.
    pub fn code(&self) -> *const () {
        match self.0.origin() {
            SlotOrigin::Library => trampoline::code(self.0),
            SlotOrigin::Table => table::code(self.0),
            SlotOrigin::Libffi => general::code(self.0),
        }
    }

    /// Handles calls by what a function has of its own for them, if the arguments are in registers.
    pub fn handle_locked(&self, locked: LockedEntry) {
        if self.0.origin() != SlotOrigin::Libffi {
            self.0.set_locked(locked);
        }
    }

    /// Sends failures elsewhere from now on; `None` lets the handler report them.
    pub fn set_sink(&self, sink: Option<ErrorSink>) {
        self.0.set_sink(sink);
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A closure that is made once.
#[derive(Default)]
pub struct OnceClosure(AtomicPtr<ClosureSlot>);

impl OnceClosure {
    /// It, if it was made.
    #[inline]
    pub fn get(&self) -> Option<ManuallyDrop<Closure>> {
        // SAFETY: NULL, or a slot, which is never given back to the system.
        let slot = unsafe { self.0.load(Ordering::Acquire).as_ref() };
        slot.map(|slot| ManuallyDrop::new(Closure(slot)))
    }

    /// Makes it `closure`, unless another thread was sooner.
    pub fn get_or_set(&self, closure: Closure) -> ManuallyDrop<Closure> {
        let slot = ptr::from_ref(closure.0).cast_mut();
        let (null, order) = (ptr::null_mut(), Ordering::AcqRel);
        match self.0.compare_exchange(null, slot, order, Ordering::Acquire) {
            Ok(_) => ManuallyDrop::new(closure),
            // SAFETY: as above.
            Err(other) => ManuallyDrop::new(Closure(unsafe { &*other })),
        }
    }
}

impl Drop for OnceClosure {
    fn drop(&mut self) {
        if let Some(closure) = self.get() {
            drop(ManuallyDrop::into_inner(closure));
        }
    }
}

#[cfg(test)]
mod tests;
