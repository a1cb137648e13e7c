use std::ffi::c_void;
use std::sync::{Arc, OnceLock};

use crate::abi::metaffi_finalizer;

/// A host's `userdata`, and what frees it.
///
/// It is the host's until [`own`](Userdata::own): a function that fails on the way has taken
/// nothing.
pub struct Userdata {
    pointer: *mut c_void,
    finalizer: OnceLock<unsafe extern "C" fn(*mut c_void)>,
}

// SAFETY: whoever gives us userdata promises that it may be used, and finalized, on any thread.
unsafe impl Send for Userdata {}
// SAFETY: as above.
unsafe impl Sync for Userdata {}

impl Userdata {
    /// Userdata that is still the host's.
    pub fn lent(pointer: *mut c_void) -> Arc<Userdata> {
        Arc::new(Userdata { pointer, finalizer: OnceLock::new() })
    }

    /// Takes it over: `finalizer` is called once, when the last reference to it is dropped.
    pub fn own(&self, finalizer: metaffi_finalizer) {
        if let Some(finalizer) = finalizer {
            let _ = self.finalizer.set(finalizer);
        }
    }

    /// The pointer.
    pub fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for Userdata {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer.get() {
            // SAFETY: called once, after the last use, as `own` was promised.
            unsafe { finalizer(self.pointer) };
        }
    }
}
