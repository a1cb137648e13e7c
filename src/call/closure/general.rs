//! Closures of any signature, by libffi.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use libffi::raw::{self, ffi_cif, ffi_closure};

use super::place::{Owner, Place, State};
use crate::call::interface::CallInterface;
use crate::call::native::{Convention, NativeType};
use crate::error::{Error, Result, Status};

/// How many ended closures stay callable.
const KEPT: usize = 1024;

static ENDED: Mutex<VecDeque<Memory>> = Mutex::new(VecDeque::new());

/// A libffi closure and what its code refers to.
pub(super) struct Memory {
    closure: *mut ffi_closure,
    state: *const State,
    interface: Option<CallInterface>,
}

// SAFETY: the pointers are owned; libffi's closures may be freed on any thread.
unsafe impl Send for Memory {}

impl Memory {
    /// Leaves nothing behind.
    pub(super) fn take(&mut self) -> Memory {
        Memory {
            closure: std::mem::replace(&mut self.closure, ptr::null_mut()),
            state: self.state,
            interface: self.interface.take(),
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if !self.closure.is_null() {
            // SAFETY: both were made by `take`, and the quarantine is over.
            unsafe {
                raw::ffi_closure_free(self.closure.cast());
                drop(Box::from_raw(self.state.cast_mut()));
            }
        }
    }
}

pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<Place> {
    let interface = CallInterface::new(params, returns, None, convention)?;
    let mut code = ptr::null_mut();
    // SAFETY: libffi writes the code's address; the memory is freed by `Memory`.
    let closure = unsafe { raw::ffi_closure_alloc(size_of::<ffi_closure>(), &raw mut code) };
    if closure.is_null() {
        return Err(Error::new(
            Status::OutOfMemory,
            "no memory for a callback's code: the system allows neither static trampolines nor \
             executable mappings",
        ));
    }
    let closure = closure.cast::<ffi_closure>();
    let state: &'static State = Box::leak(Box::new(State::new()));
    let memory = Memory { closure, state, interface: Some(interface) };
    let cif = memory.interface.as_ref().map_or(ptr::null_mut(), CallInterface::as_raw);
    // SAFETY: `run` may be left by an exception, which libffi's declaration does not say; the
    // frames between, libffi's own, have unwind tables. Everything lives as long as `memory`.
    let status = unsafe {
        let run = std::mem::transmute::<
            unsafe extern "C-unwind" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
            unsafe extern "C" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
        >(run);
        let userdata = ptr::from_ref(state).cast_mut().cast();
        raw::ffi_prep_closure_loc(closure, cif, Some(run), userdata, code)
    };
    if status != raw::ffi_status_FFI_OK {
        return Err(Error::new(
            Status::Unsupported,
            format!("libffi cannot make a callback with this signature (status {status})"),
        ));
    }
    Ok(Place { code: code.cast_const().cast(), state, owner: Owner::General(memory) })
}

/// Keeps an ended closure callable until enough others have ended.
pub(super) fn give_back(memory: Memory) {
    let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
    ended.push_back(memory);
    let oldest = if ended.len() > KEPT { ended.pop_front() } else { None };
    drop(ended);
    drop(oldest);
}

unsafe extern "C-unwind" fn run(
    _: *mut ffi_cif,
    result: *mut c_void,
    arguments: *mut *mut c_void,
    userdata: *mut c_void,
) {
    // SAFETY: `take` passed the state; libffi passes the call.
    unsafe { (*userdata.cast::<State>()).run(arguments.cast_const(), result) };
}
