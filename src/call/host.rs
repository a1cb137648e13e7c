use std::ffi::c_void;
use std::ops::Range;
use std::ptr;
use std::sync::Arc;

use super::failure;
use super::function::Callee;
use super::userdata::Userdata;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::error::Result;
use crate::handle::pin::Use;
use crate::signature::FrameLayout;

/// A host's function and its userdata.
pub struct HostFunction {
    function: HostCode,
    userdata: Arc<Userdata>,
    /// The slots of its returns, zeroed before each call.
    returns: Range<usize>,
}

/// A `metaffi_callback` that is there.
pub type HostCode = unsafe extern "C-unwind" fn(
    userdata: *mut c_void,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status;

impl HostFunction {
    /// A function of the host's, called with its userdata.
    pub fn new(function: HostCode, userdata: Arc<Userdata>, layout: &FrameLayout) -> HostFunction {
        let first = layout.returns().first().copied().unwrap_or(layout.size());
        HostFunction { function, userdata, returns: first..layout.size() }
    }
}

impl HostFunction {
    /// Calls it; nothing that it is given has to be kept for it.
    ///
    /// # Safety
    /// As for [`Callee::call`].
    #[inline(always)]
    pub unsafe fn run(&self, frame: *mut metaffi_slot) -> Result<()> {
        let mut error: *mut metaffi_error = ptr::null_mut();
        // SAFETY: the frame has the layout that the range was made from.
        unsafe {
            match self.returns.len() {
                0 => {}
                1 => *frame.add(self.returns.start) = 0,
                count => frame.add(self.returns.start).write_bytes(0, count),
            }
        }
        // SAFETY: the host's function, called as its contract says.
        let status = unsafe { (self.function)(self.userdata.pointer(), frame, &raw mut error) };
        match status {
            METAFFI_OK => Ok(()),
            status => Err(failure::from_c(status, error)),
        }
    }
}

impl Callee for HostFunction {
    unsafe fn call(&self, _: Use, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the caller's promise.
        unsafe { self.run(frame) }
    }
}
