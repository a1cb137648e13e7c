//! Closures of any signature, by libffi.

use std::ffi::c_void;
use std::ptr;

use libffi::raw::{self, ffi_cif, ffi_closure};

use super::place::{Parts, Place, Pool};
use super::slot::Slot;
use crate::call::interface::CallInterface;
use crate::call::native::{Convention, NativeType};
use crate::error::{Error, Result, Status};

/// So many ended closures stay callable.
const KEPT: usize = 1024;

/// A libffi closure, which is never given back, and what its code refers to.
pub(super) struct Memory {
    closure: *mut ffi_closure,
    interface: Option<CallInterface>,
}

static ENDED: Pool = Pool::new();

pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<Place> {
    let interface = CallInterface::new(params, returns, None, convention)?;
    let mut place = match ENDED.take(KEPT) {
        Some(place) => place,
        None => allocate()?,
    };
    prepare(&mut place, interface)?;
    Ok(place)
}

fn allocate() -> Result<Place> {
    let mut code = ptr::null_mut();
    // SAFETY: libffi writes the code's address.
    let closure = unsafe { raw::ffi_closure_alloc(size_of::<ffi_closure>(), &raw mut code) };
    if closure.is_null() {
        return Err(Error::new(
            Status::OutOfMemory,
            "no memory for a callback's code: the system allows neither static trampolines nor \
             executable mappings",
        ));
    }
    let slot: &'static Slot = Box::leak(Box::new(Slot::new()));
    let memory = Some(Box::new(Memory { closure: closure.cast(), interface: None }));
    let code = code.cast_const().cast();
    Ok(Place::new(Parts { code, slot, pool: &ENDED, memory }))
}

/// Gives the closure another signature.
fn prepare(place: &mut Place, interface: CallInterface) -> Result<()> {
    let (code, slot) = (place.code().cast_mut().cast(), ptr::from_ref(place.slot()));
    let Some(memory) = place.memory() else { return Ok(()) };
    let cif = interface.as_raw();
    // SAFETY: `run` may be left by an exception, which libffi's declaration does not say; the
    // frames between, libffi's own, have unwind tables. The slot lives for ever, and the interface
    // until the closure gets another.
    let status = unsafe {
        let run = std::mem::transmute::<
            unsafe extern "C-unwind" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
            unsafe extern "C" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
        >(run);
        let slot = slot.cast_mut().cast();
        raw::ffi_prep_closure_loc(memory.closure, cif, Some(run), slot, code)
    };
    if status != raw::ffi_status_FFI_OK {
        return Err(Error::new(
            Status::Unsupported,
            format!("libffi cannot make a callback with this signature (status {status})"),
        ));
    }
    memory.interface = Some(interface);
    Ok(())
}

unsafe extern "C-unwind" fn run(
    _: *mut ffi_cif,
    result: *mut c_void,
    arguments: *mut *mut c_void,
    slot: *mut c_void,
) {
    // SAFETY: `prepare` gave the slot; libffi gives the call.
    unsafe {
        let slot: &'static Slot = &*slot.cast::<Slot>();
        slot.enter()(slot, arguments.cast(), result.cast());
    }
}
