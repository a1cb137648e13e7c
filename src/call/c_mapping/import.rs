//! Functions of C function pointers with a mapped C signature: values go from a frame to C and back.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use super::load::load;
use super::strings;
use crate::abi::metaffi_slot;
use crate::call::function::{Callee, Function};
use crate::call::libffi::interface::CallInterface;
use crate::call::plan::native_type::Convention;
use crate::call::plan::natural::native_types;
use crate::call::plan::passing::Lifetime;
use crate::call::registers;
use crate::call::upcall::userdata::Userdata;
use crate::error::{Error, Result, Status};
use crate::handle::Fast;
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Signature, slots_of};
use crate::value::memory;

/// The most arguments and returns of a C function.
const MOST: usize = 128;

/// A function that calls `code`, a C function with the mapped C signature of `signature`.
///
/// # Safety
/// `code` is such a function, callable from any thread as long as `userdata` lives.
pub unsafe fn import(
    code: *const (),
    signature: Signature,
    userdata: Arc<Userdata>,
) -> Result<Arc<Function>> {
    let (params, returns) = native_types(&signature);
    if params.len() > MOST {
        return Err(Error::new(
            Status::Unsupported,
            format!("{} arguments and returns; a C function takes at most {MOST}", params.len()),
        ));
    }
    let mut scalars = signature.params.iter().map(|param| param.info.r#type);
    let plain = scalars.all(|kind| is_plain(kind.kind()))
        && signature.returns.len() <= 1
        && signature.returns.iter().all(|info| slots_of(info.r#type) == 1);
    let fast = match plain {
        true => registers::fast(code, &params, &returns, Convention::Default, 0),
        false => None,
    };
    let interface = match fast {
        Some(_) => None,
        None => Some(CallInterface::new(&params, &returns, None, Convention::Default)?),
    };
    let kinds = signature.params.iter().map(|param| param.info.r#type.kind()).collect();
    let returned = signature.returns.iter().map(|info| info.r#type.kind()).collect();
    let import = Import { code, interface, fast, kinds, returned, userdata };
    Ok(Arc::new(Function::new(signature, import)?))
}

/// Whether the slot is the C value.
fn is_plain(kind: Kind) -> bool {
    !matches!(kind, Kind::String8 | Kind::String16 | Kind::String32 | Kind::Any)
}

struct Import {
    code: *const (),
    /// What calls it if nothing is `fast`.
    interface: Option<CallInterface>,
    fast: Option<Fast>,
    kinds: Box<[Kind]>,
    returned: Box<[Kind]>,
    /// Kept as long as the function may be called.
    userdata: Arc<Userdata>,
}

// SAFETY: `import` demands that the function may be called on any thread.
unsafe impl Send for Import {}
// SAFETY: as above.
unsafe impl Sync for Import {}

impl Callee for Import {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has the layout of the signature.
        unsafe {
            match (&self.fast, &self.interface) {
                (Some(fast), _) => {
                    (fast.invoke)(fast.code, frame, fast.map, ptr::null_mut(), 0);
                    Ok(())
                }
                (None, Some(interface)) => self.interpret(scope, interface, frame),
                (None, None) => unreachable!("one of them was prepared"),
            }
        }
    }

    fn fast(&self) -> Option<Fast> {
        self.fast
    }

    fn lifetime(&self) -> Lifetime {
        match self.userdata.has_finalizer() {
            true => Lifetime::Pinned,
            false => Lifetime::Forever,
        }
    }

    fn symbol(&self) -> Option<*const ()> {
        Some(self.code)
    }
}

impl Import {
    unsafe fn interpret(
        &self,
        scope: &CallScope,
        interface: &CallInterface,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        let mut values = [const { MaybeUninit::<usize>::uninit() }; MOST];
        let mut arguments = [const { MaybeUninit::<*mut c_void>::uninit() }; MOST];
        let values = values.as_mut_ptr().cast::<usize>();
        let arguments = arguments.as_mut_ptr().cast::<*mut c_void>();
        let mut slots = frame;
        // SAFETY: the frame has the layout of these kinds; there are at most MOST arguments; a slot
        // is the C value or, on the little-endian machines this runs on, begins with it.
        unsafe {
            for (index, kind) in self.kinds.iter().enumerate() {
                let value = values.add(index);
                *arguments.add(index) = match kind {
                    Kind::String8 | Kind::String16 | Kind::String32 => {
                        *value = terminated(scope, *kind, slots)?.addr();
                        value.cast()
                    }
                    Kind::Any => {
                        *value = slots.addr();
                        value.cast()
                    }
                    _ => slots.cast(),
                };
                slots = slots.add(slots_of((*kind).into()));
            }
            match *self.returned {
                [] | [_] => self.call_one(interface, slots, arguments),
                _ => self.call_several(interface, slots, arguments, values),
            }
        }
        Ok(())
    }

    unsafe fn call_one(
        &self,
        interface: &CallInterface,
        returns: *mut metaffi_slot,
        arguments: *mut *mut c_void,
    ) {
        let mut result = [0u64; 2];
        let result: *mut c_void = (&raw mut result).cast();
        // SAFETY: the interface was prepared for these arguments.
        unsafe {
            interface.call(self.code.cast(), result, arguments);
            if let [kind] = *self.returned {
                load(kind, result, returns);
            }
        }
    }

    /// Lends the C function a variable for each return, then reads them.
    unsafe fn call_several(
        &self,
        interface: &CallInterface,
        mut returns: *mut metaffi_slot,
        arguments: *mut *mut c_void,
        values: *mut usize,
    ) {
        let first = self.kinds.len();
        let mut variables = [0u64; MOST];
        let variables = variables.as_mut_ptr();
        // SAFETY: as above; the pointers to the variables follow the arguments.
        unsafe {
            for index in 0..self.returned.len() {
                *values.add(first + index) = variables.add(index).addr();
                *arguments.add(first + index) = values.add(first + index).cast();
            }
            interface.call(self.code.cast(), ptr::null_mut(), arguments);
            for (index, kind) in self.returned.iter().enumerate() {
                load(*kind, variables.add(index).cast(), returns);
                returns = returns.add(slots_of((*kind).into()));
            }
        }
    }
}

/// A NUL-terminated copy that lives as long as the call.
unsafe fn terminated(
    scope: &CallScope,
    kind: Kind,
    slots: *const metaffi_slot,
) -> Result<*mut c_void> {
    unsafe extern "C" fn free(memory: *mut ()) {
        // SAFETY: deferred with what `copy_terminated` allocated.
        unsafe { memory::free(memory) };
    }
    // SAFETY: the caller's slots hold a string.
    let copy = unsafe { strings::copy_terminated(kind, slots) }?;
    scope.defer(copy.cast(), free);
    Ok(copy)
}
