use std::ffi::c_void;
use std::ops::Range;
use std::ptr;

use super::failure;
use super::function::Callee;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_finalizer, metaffi_slot, metaffi_status};
use crate::error::Result;
use crate::handle::pin::Use;
use crate::signature::FrameLayout;

/// A host's function, its userdata, and what frees that.
pub struct HostFunction {
    function: HostCode,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    /// The slots of its returns, zeroed before each call.
    returns: Range<usize>,
}

/// A `metaffi_callback` that is there.
pub type HostCode = unsafe extern "C-unwind" fn(
    userdata: *mut c_void,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status;

// SAFETY: `metaffi_callable_new` demands that the function and its userdata may be used from any
// thread.
unsafe impl Send for HostFunction {}
// SAFETY: as above.
unsafe impl Sync for HostFunction {}

impl HostFunction {
    /// Takes over `userdata`: `finalizer` is called once, when this is dropped.
    pub fn new(
        function: HostCode,
        userdata: *mut c_void,
        finalizer: metaffi_finalizer,
        layout: &FrameLayout,
    ) -> HostFunction {
        let first = layout.returns().first().copied().unwrap_or(layout.size());
        HostFunction { function, userdata, finalizer, returns: first..layout.size() }
    }
}

impl Callee for HostFunction {
    unsafe fn call(&self, _: Use, frame: *mut metaffi_slot) -> Result<()> {
        let mut error: *mut metaffi_error = ptr::null_mut();
        for slot in self.returns.clone() {
            // SAFETY: the frame has the layout that the range was made from.
            unsafe { *frame.add(slot) = 0 };
        }
        // SAFETY: the host's function, called as its contract says.
        let status = unsafe { (self.function)(self.userdata, frame, &raw mut error) };
        match status {
            METAFFI_OK => Ok(()),
            status => Err(failure::from_c(status, error)),
        }
    }
}

impl Drop for HostFunction {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer {
            // SAFETY: called once, after the last call.
            unsafe { finalizer(self.userdata) };
        }
    }
}
