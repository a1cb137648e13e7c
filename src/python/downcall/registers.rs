//! Calls by C whose arguments are in registers: straight to Python objects, without a frame and,
//! where the GIL is held already, without a pin.

use crate::call::upcall::{ClosureSlot, LockedCall, LockedEntry};
use crate::error::{Error, Result};
use crate::python::api::Api;
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::lifecycle::lock_guarded::LockGuarded;
use crate::thread::ThreadWords;

/// What is called with the arguments that C has in registers.
pub trait CalledByRegisters: Send + Sync + 'static {
    /// Calls, and returns the result to C.
    ///
    /// # Safety
    /// The arguments are those of a closure of its C type; the GIL is held, and the thread is that
    /// of `words`.
    unsafe fn call_registers(
        &self,
        gil: &Gil,
        words: ThreadWords,
        incoming: &LockedCall,
    ) -> Result<()>;
}

/// How C calls it.
pub fn locked<T: CalledByRegisters>(callee: &LockGuarded<T>) -> LockedEntry {
    LockedEntry { entry: entry::<T>, data: callee.data() }
}

/// An [`Enter`](crate::call::upcall::ClosureEntry). What is found under the GIL cannot have been
/// given back: that needs the GIL, too. Whether it is held is asked each time, as by
/// [`gil::enter`].
unsafe extern "C-unwind" fn entry<T: CalledByRegisters>(
    slot: &'static ClosureSlot,
    registers: *mut u64,
    result: *mut u64,
) {
    // SAFETY: a closure's code calls this.
    let incoming = unsafe { LockedCall::new(slot, registers, result) };
    let words = ThreadWords::here();
    // SAFETY: the call is under way, and nothing was done where it is left to its handler.
    unsafe {
        match gil::at_hand(words) {
            Some(gil) => match run::<T>(&gil, words, &incoming) {
                Ok(true) => {}
                Ok(false) => _ = incoming.find(|| None::<()>),
                Err(failure) => fail(gil.api, &incoming, &failure),
            },
            None => attach::<T>(&incoming),
        }
    }
}

/// The same for a thread that does not hold the GIL, or has something to give back or another
/// floating-point environment first. The closure may end meanwhile.
#[inline(never)]
unsafe fn attach<T: CalledByRegisters>(incoming: &LockedCall) {
    // SAFETY: a closure's code made the call, and nothing was done yet; what is found under the GIL
    // is called under it.
    unsafe {
        let found = incoming.find(|| {
            let gil = Api::get().map(gil::enter)?.ok()?;
            let data = incoming.data(entry::<T>)?;
            Some((gil, data))
        });
        let Some((gil, data)) = found else { return };
        if let Err(failure) = call::<T>(&gil, ThreadWords::here(), data, incoming) {
            let api = gil.api;
            drop(gil);
            fail(api, incoming, &failure);
        }
    }
}

#[cold]
fn fail(api: &'static Api, incoming: &LockedCall, failure: &Error) {
    incoming.fail(failure, |failure| error::report(api, failure, None));
}

/// Calls what the closure is of; false if it has ended.
#[inline(always)]
unsafe fn run<T: CalledByRegisters>(
    gil: &Gil,
    words: ThreadWords,
    incoming: &LockedCall,
) -> Result<bool> {
    // SAFETY: the GIL is held; the closure is one of a function of this signature.
    unsafe {
        let Some(data) = incoming.data(entry::<T>) else { return Ok(false) };
        call::<T>(gil, words, data, incoming).map(|()| true)
    }
}

/// Calls what was found.
///
/// # Safety
/// It was, since the GIL is held.
#[inline(always)]
unsafe fn call<T: CalledByRegisters>(
    gil: &Gil,
    words: ThreadWords,
    data: *const (),
    incoming: &LockedCall,
) -> Result<()> {
    // SAFETY: it is there as long as the GIL is held, and kept while it runs.
    unsafe {
        let outcome = LockGuarded::<T>::enter(data).call_registers(gil, words, incoming);
        LockGuarded::<T>::leave(data);
        outcome
    }
}
