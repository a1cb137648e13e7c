//! [`Cif`]: a call as libffi describes it.

use std::ffi::{c_uint, c_void};

use libffi::raw::{self, ffi_abi, ffi_cif, ffi_type};

use super::descriptor::Descriptors;
use crate::call::plan::native_type::{Convention, NativeType};
use crate::error::{Error, Result};

/// cbindgen:ignore
mod linked {
    use super::{c_void, ffi_cif};

    unsafe extern "C-unwind" {
        /// libffi's own, declared as what it is: a function that exceptions pass through.
        pub(in crate::call) fn ffi_call(
            cif: *mut ffi_cif,
            function: Option<unsafe extern "C" fn()>,
            return_slot: *mut c_void,
            arguments: *mut *mut c_void,
        );
    }
}

/// libffi's call interface, with what it points to.
pub(in crate::call) struct Cif {
    cif: Box<ffi_cif>,
    /// What `cif.arg_types` points to; a `Vec`, since it may be moved while pointed to.
    _parameters: Vec<*mut ffi_type>,
    _descriptors: Descriptors,
}

// SAFETY: nothing is written after construction; libffi only reads a prepared cif and its types.
unsafe impl Send for Cif {}
// SAFETY: as above.
unsafe impl Sync for Cif {}

impl Cif {
    /// Prepares calls; see [`CallInterface::new`](super::interface::CallInterface::new).
    pub(in crate::call) fn new(
        parameters: &[NativeType],
        returns: &NativeType,
        fixed: Option<usize>,
        convention: Convention,
    ) -> Result<Cif> {
        let mut descriptors = Descriptors::default();
        let described = parameters.iter().map(|p| descriptors.parameter(p));
        let mut described = described.collect::<Result<Vec<_>>>()?;
        let returned = descriptors.returned(returns)?;
        let mut cif = Box::new(ffi_cif::default());
        prepare(&mut cif, abi(convention)?, fixed, &mut described, returned)?;
        Ok(Cif { cif, _parameters: described, _descriptors: descriptors })
    }

    /// What libffi's functions take; valid as long as `self`.
    pub(in crate::call) fn as_raw(&self) -> *mut ffi_cif {
        (&raw const *self.cif).cast_mut()
    }

    /// Calls `function`.
    ///
    /// # Safety
    /// As for [`CallInterface::call`](super::interface::CallInterface::call).
    pub(in crate::call) unsafe fn call(
        &self,
        function: *const c_void,
        return_slot: *mut c_void,
        arguments: *mut *mut c_void,
    ) {
        // SAFETY: a data pointer and an optional function pointer have the same representation on
        // every platform with dlsym; function, result and arguments are of the interface. Nothing
        // in this frame is dropped, so unwinding and longjmp may leave it.
        unsafe {
            let function =
                std::mem::transmute::<*const c_void, Option<unsafe extern "C" fn()>>(function);
            linked::ffi_call(self.as_raw(), function, return_slot, arguments);
        }
    }
}

fn prepare(
    cif: &mut ffi_cif,
    abi: ffi_abi,
    fixed: Option<usize>,
    parameters: &mut [*mut ffi_type],
    returns: *mut ffi_type,
) -> Result<()> {
    let too_many = |_| Error::out_of_range("too many arguments");
    let count = c_uint::try_from(parameters.len()).map_err(too_many)?;
    let list = parameters.as_mut_ptr();
    let status = match fixed {
        // SAFETY: `parameters` has `count` descriptions, which live as long as the interface.
        None => unsafe { raw::ffi_prep_cif(cif, abi, count, returns, list) },
        // SAFETY: as above; `fixed` was checked to be at most `count`.
        Some(fixed) => unsafe {
            raw::ffi_prep_cif_var(cif, abi, fixed as c_uint, count, returns, list)
        },
    };
    if status == raw::ffi_status_FFI_OK {
        return Ok(());
    }
    let message = format!("libffi cannot prepare a call with this signature (status {status})");
    Err(Error::unsupported(message))
}

fn abi(convention: Convention) -> Result<ffi_abi> {
    match convention {
        Convention::Default => Ok(raw::ffi_abi_FFI_DEFAULT_ABI),
        #[cfg(all(target_arch = "x86_64", not(windows)))]
        Convention::SysV => Ok(raw::ffi_abi_FFI_UNIX64),
        #[cfg(target_arch = "x86_64")]
        Convention::Win64 => Ok(raw::ffi_abi_FFI_GNUW64),
        #[cfg_attr(all(target_arch = "x86_64", not(windows)), expect(unreachable_patterns))]
        other => {
            let message = format!("there is no {other:?} calling convention on this platform");
            Err(Error::unsupported(message))
        }
    }
}
