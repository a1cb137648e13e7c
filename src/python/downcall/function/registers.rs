//! Calls by C whose arguments are numbers in registers: straight to Python objects, without a
//! frame and, where the GIL is held already, without a pin.

use std::mem::MaybeUninit;

use super::Call;
use crate::call::upcall::{ClosureSlot, LockedCall, LockedEntry};
use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::lifecycle::lock_guarded::LockGuarded;
use crate::thread::ThreadWords;

/// More arguments than registers have room for.
const MOST: usize = 15;

/// How C calls a function of numbers.
pub(super) fn locked(call: &LockGuarded<Call>) -> Option<LockedEntry> {
    let few = call.arguments.count() <= MOST;
    let fits = few && call.arguments.are_numbers() && call.returns.is_number();
    fits.then(|| LockedEntry { entry, data: call.data() })
}

/// An [`Enter`](crate::call::upcall::ClosureEntry). What is found under the GIL cannot have been
/// given back: that needs the GIL, too. Whether it is held is asked each time, as by
/// [`gil::enter`].
unsafe extern "C-unwind" fn entry(
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
            Some(gil) => match run(&gil, words, &incoming) {
                Ok(true) => {}
                Ok(false) => _ = incoming.find(|| None::<()>),
                Err(failure) => fail(gil.api, &incoming, &failure),
            },
            None => attach(&incoming),
        }
    }
}

/// The same for a thread that does not hold the GIL, or has something to give back or another
/// floating-point environment first. The closure may end meanwhile.
#[inline(never)]
unsafe fn attach(incoming: &LockedCall) {
    // SAFETY: a closure's code made the call, and nothing was done yet; what is found under the GIL
    // is called under it.
    unsafe {
        let found = incoming.find(|| {
            let gil = Api::get().map(gil::enter)?.ok()?;
            let data = incoming.data(entry)?;
            Some((gil, data))
        });
        let Some((gil, data)) = found else { return };
        if let Err(failure) = call(&gil, ThreadWords::here(), data, incoming) {
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
unsafe fn run(gil: &Gil, words: ThreadWords, incoming: &LockedCall) -> Result<bool> {
    // SAFETY: the GIL is held; the closure is one of a function of this signature.
    unsafe {
        let Some(data) = incoming.data(entry) else { return Ok(false) };
        call(gil, words, data, incoming).map(|()| true)
    }
}

/// Calls what was found.
///
/// # Safety
/// It was, since the GIL is held.
#[inline(always)]
unsafe fn call(
    gil: &Gil,
    words: ThreadWords,
    data: *const (),
    incoming: &LockedCall,
) -> Result<()> {
    // SAFETY: it is there as long as the GIL is held, and kept while it runs.
    unsafe {
        let outcome = LockGuarded::<Call>::enter(data).call_registers(gil, words, incoming);
        LockGuarded::<Call>::leave(data);
        outcome
    }
}

impl Call {
    /// Calls with the arguments that C gives, and returns the result to C.
    ///
    /// # Safety
    /// All are numbers, as the C mapping has them.
    #[inline(always)]
    unsafe fn call_registers(
        &self,
        gil: &Gil,
        words: ThreadWords,
        incoming: &LockedCall,
    ) -> Result<()> {
        let (api, count) = (gil.api, self.arguments.count());
        let mut objects = [const { MaybeUninit::<Object>::uninit() }; MOST + 1];
        // SAFETY: all are numbers, as the C mapping has them; there are so many arguments, and a
        // place before them.
        unsafe {
            let objects: *mut Object = objects.as_mut_ptr().cast::<Object>().add(1);
            for index in 0..count {
                let object = self.arguments.number(api, index, incoming);
                if object.is_null() {
                    release(api, objects, index);
                    return Err(error::fetch(gil));
                }
                *objects.add(index) = object;
            }
            let result = self.run(words, objects, count);
            release(api, objects, count);
            if result.is_null() {
                return Err(error::fetch(gil));
            }
            let returned = match self.returns.count() {
                0 => Ok(()),
                _ => self.returns.number(gil, result).map(|word| incoming.set_result(word)),
            };
            api.decref(result);
            returned
        }
    }
}

/// Gives up the first `count` arguments.
#[inline(always)]
unsafe fn release(api: &Api, objects: *const Object, count: usize) {
    for index in 0..count {
        // SAFETY: the caller owns so many references, and holds the GIL.
        unsafe { api.decref(*objects.add(index)) };
    }
}
