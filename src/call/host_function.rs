//! [`HostFunction`]: a callback of a host in C.

use std::any::Any;
use std::ffi::c_void;
use std::ops::Range;
use std::ptr;

use super::userdata::Userdata;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::call::errors::failure;
use crate::call::function::{Callee, Function};
use crate::call::plan::Plan;
use crate::call::plan::frame::MAX_SLOTS;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{Fast, Key};
use crate::signature::slots_of;

/// A host's function and its userdata.
pub struct HostFunction {
    function: HostCode,
    userdata: Userdata,
    /// The slots of its returns, zeroed before each call; frames have few.
    returns: Range<u16>,
}

/// A `metaffi_callback` that is there.
pub type HostCode = unsafe extern "C-unwind" fn(
    userdata: *mut c_void,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status;

impl HostFunction {
    /// A function of the host's, called with its userdata.
    pub fn new(function: HostCode, userdata: Userdata, plan: &Plan) -> HostFunction {
        let params = plan.param_types().iter().map(|info| slots_of(info.r#type));
        let first = params.sum::<usize>();
        let returns = plan.return_types().iter().map(|info| slots_of(info.r#type));
        // A frame that is larger is refused.
        let returns = first as u16..(first + returns.sum::<usize>()) as u16;
        HostFunction { function, userdata, returns }
    }

    /// The one of a function, if that is one of a host.
    pub fn of(function: &mut Function) -> Option<&mut HostFunction> {
        let callee: &mut dyn Any = function.callee_mut();
        callee.downcast_mut()
    }

    /// Makes it another of the same signature.
    pub fn renew(&mut self, function: HostCode, userdata: Userdata) {
        (self.function, self.userdata) = (function, userdata);
    }

    /// The address of its code.
    pub fn code(&self) -> *const () {
        self.function as *const ()
    }

    /// What it is called with.
    pub fn userdata(&self) -> &Userdata {
        &self.userdata
    }

    /// Takes the userdata over, if the function is one of a host.
    pub fn own_userdata(function: &Function) {
        let callee: &dyn Any = function.callee();
        if let Some(host) = callee.downcast_ref::<HostFunction>() {
            host.userdata.own();
        }
    }
}

const _: () = assert!(MAX_SLOTS <= u16::MAX as usize);

// SAFETY: whoever gives us the function and its userdata promises that any thread may use them.
unsafe impl Send for HostFunction {}
// SAFETY: as above.
unsafe impl Sync for HostFunction {}

impl HostFunction {
    /// Calls it; nothing that it is given has to be kept for it.
    ///
    /// # Safety
    /// As for [`Callee::call`].
    #[inline(always)]
    pub unsafe fn run(&self, frame: *mut metaffi_slot) -> Result<()> {
        let mut error = ptr::null_mut();
        // SAFETY: the frame has the layout of the signature.
        match unsafe { invoke(ptr::from_ref(self).cast(), frame, 0, &raw mut error, 0) } {
            METAFFI_OK => Ok(()),
            status => Err(failure::from_c(status, error)),
        }
    }
}

/// An [`Invoke`](crate::handle::Invoke) of a [`HostFunction`], for callers that keep it and take the
/// error.
#[inline(always)]
unsafe extern "C-unwind" fn invoke(
    host: *const (),
    frame: *mut metaffi_slot,
    _: u64,
    error: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: `host` is a `HostFunction`; the frame has the layout that the range was made from,
    // and the host's function is called as its contract says.
    unsafe {
        let host = &*host.cast::<HostFunction>();
        match host.returns.len() {
            0 => {}
            1 => *frame.add(usize::from(host.returns.start)) = 0,
            count => frame.add(usize::from(host.returns.start)).write_bytes(0, count),
        }
        let status = (host.function)(host.userdata.pointer(), frame, error);
        match status == METAFFI_OK && !error.is_null() && !(*error).is_null() {
            true => failure::status_of(*error),
            false => status,
        }
    }
}

impl Callee for HostFunction {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has the layout of the signature.
        unsafe { self.run(frame) }
    }

    fn fast(&self) -> Option<Fast> {
        Some(Fast { invoke, code: ptr::from_ref(self).cast(), map: 0 })
    }
}
