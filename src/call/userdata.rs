//! [`Userdata`]: a host's pointer, which is finalized once, after its last use.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};

use super::passing::Lifetime;
use crate::abi::metaffi_finalizer;

/// A host's `userdata`, and what frees it.
///
/// It is the host's until [`own`](Userdata::own): a function that fails on the way has taken
/// nothing.
pub struct Userdata {
    pointer: *mut c_void,
    finalizer: metaffi_finalizer,
    owned: AtomicBool,
}

// SAFETY: whoever gives us userdata promises that it may be used, and finalized, on any thread.
unsafe impl Send for Userdata {}
// SAFETY: as above.
unsafe impl Sync for Userdata {}

impl Userdata {
    /// Userdata that is still the host's.
    pub fn of_host(pointer: *mut c_void, finalizer: metaffi_finalizer) -> Userdata {
        Userdata { pointer, finalizer, owned: AtomicBool::new(false) }
    }

    /// Takes it over: its finalizer is called once, when it is dropped.
    pub fn own(&self) {
        self.owned.store(true, Ordering::Release);
    }

    /// How long code that uses it is there: if somebody is told of its end, that must not come while
    /// it is used.
    pub fn lifetime(&self) -> Lifetime {
        if self.finalizer.is_some() { Lifetime::Pinned } else { Lifetime::Forever }
    }

    /// The pointer.
    pub fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for Userdata {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer.filter(|_| *self.owned.get_mut()) {
            // SAFETY: called once, after the last use, as `own` was promised.
            unsafe { finalizer(self.pointer) };
        }
    }
}
