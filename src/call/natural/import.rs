use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::load::load;
use super::{native_types, strings};
use crate::abi::metaffi_slot;
use crate::call::function::{Callee, Function};
use crate::call::interface::CallInterface;
use crate::call::native::Convention;
use crate::call::passing::Lifetime;
use crate::call::register;
use crate::call::userdata::Userdata;
use crate::error::{Error, Result, Status};
use crate::handle::Fast;
use crate::handle::pin::Use;
use crate::signature::{FrameLayout, Kind, Signature, slots_of};
use crate::value::memory;

/// The most arguments and returns of a C function.
const MOST: usize = 128;

/// A function that calls `code`, a C function with the natural signature of `signature`.
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
    let layout = FrameLayout::new(&signature);
    let mut scalars = signature.params.iter().map(|param| param.info.r#type);
    let plain = scalars.all(|kind| is_plain(kind.kind()))
        && signature.returns.len() <= 1
        && signature.returns.iter().all(|info| slots_of(info.r#type) == 1);
    let fast = match plain {
        true => register::fast(code, &params, &returns, Convention::Default),
        false => None,
    };
    let interface = CallInterface::new(&params, &returns, None, Convention::Default)?;
    let kinds = signature.params.iter().map(|param| param.info.r#type.kind()).collect();
    let returned = signature.returns.iter().map(|info| info.r#type.kind()).collect();
    let import = Import { code, interface, fast, layout, kinds, returned, userdata };
    Ok(Arc::new(Function::new(signature, import)?))
}

/// Whether the slot is the C value.
fn is_plain(kind: Kind) -> bool {
    !matches!(kind, Kind::String8 | Kind::String16 | Kind::String32 | Kind::Any)
}

struct Import {
    code: *const (),
    interface: CallInterface,
    fast: Option<Fast>,
    layout: FrameLayout,
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
    unsafe fn call(&self, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        let mut values = [const { MaybeUninit::<usize>::uninit() }; MOST];
        let mut arguments = [const { MaybeUninit::<*mut c_void>::uninit() }; MOST];
        let values = values.as_mut_ptr().cast::<usize>();
        let arguments = arguments.as_mut_ptr().cast::<*mut c_void>();
        // SAFETY: the frame has this layout; there are at most MOST arguments; a slot is the C
        // value or, on the little-endian machines this runs on, begins with it.
        unsafe {
            for (index, kind) in self.kinds.iter().enumerate() {
                let slots = frame.add(self.layout.params()[index]);
                let value = values.add(index);
                *arguments.add(index) = match kind {
                    Kind::String8 | Kind::String16 | Kind::String32 => {
                        *value = terminated(span, *kind, slots)?.addr();
                        value.cast()
                    }
                    Kind::Any => {
                        *value = slots.addr();
                        value.cast()
                    }
                    _ => slots.cast(),
                };
            }
            match *self.returned {
                [] | [_] => self.call_one(frame, arguments),
                _ => self.call_several(frame, arguments, values),
            }
        }
        Ok(())
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
    unsafe fn call_one(&self, frame: *mut metaffi_slot, arguments: *mut *mut c_void) {
        let mut result = [0u64; 2];
        let result: *mut c_void = (&raw mut result).cast();
        // SAFETY: the interface was prepared for these arguments.
        unsafe {
            self.interface.call(self.code.cast(), result, arguments);
            if let [kind] = *self.returned {
                load(kind, result, frame.add(self.layout.returns()[0]));
            }
        }
    }

    /// Lends the C function a variable for each return, then reads them.
    unsafe fn call_several(
        &self,
        frame: *mut metaffi_slot,
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
            self.interface.call(self.code.cast(), std::ptr::null_mut(), arguments);
            for (index, kind) in self.returned.iter().enumerate() {
                let slots = frame.add(self.layout.returns()[index]);
                load(*kind, variables.add(index).cast(), slots);
            }
        }
    }
}

/// A NUL-terminated copy that lives as long as the call.
unsafe fn terminated(span: Use, kind: Kind, slots: *const metaffi_slot) -> Result<*mut c_void> {
    unsafe extern "C" fn free(memory: *mut ()) {
        // SAFETY: deferred with what `copy_terminated` allocated.
        unsafe { memory::free(memory) };
    }
    // SAFETY: the caller's slots hold a string.
    let copy = unsafe { strings::copy_terminated(kind, slots) }?;
    span.defer(copy.cast(), free);
    Ok(copy)
}
