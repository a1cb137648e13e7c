//! Functions of C function pointers with a mapped C signature: values go from a frame to C and back.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use super::load::load;
use super::strings;
use crate::abi::metaffi_slot;
use crate::call::function::{Callee, Function};
use crate::call::invocation::Invocation;
use crate::call::libffi::interface::CallInterface;
use crate::call::passing::Lifetime;
use crate::call::plan::Plan;
use crate::call::plan::native_type::Convention;
use crate::call::registers;
use crate::call::userdata::Userdata;
use crate::error::{Error, Result};
use crate::handle::Fast;
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Signature};
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
    let plan = Plan::of(signature)?;
    let (params, returns) = plan.c_mapping();
    if params.len() > MOST {
        return Err(Error::unsupported(format!(
            "{} arguments and returns; a C function takes at most {MOST}",
            params.len()
        )));
    }
    // Whether every slot is the C value.
    let slots = plan.params().len() + plan.returns().len();
    let is_plain = plan.frame_size() == slots && plan.returns().len() <= 1;
    let fast = match is_plain {
        true => registers::fast(code, params, returns, Convention::Default, 0),
        false => None,
    };
    let invocation = Invocation::new(fast, params, returns, None, Convention::Default)?;
    let import = Import { code, invocation, plan: plan.clone(), userdata };
    Ok(Arc::new(Function::planned(plan, import)))
}

struct Import {
    code: *const (),
    invocation: Invocation,
    plan: Arc<Plan>,
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
            match &self.invocation {
                Invocation::Registers(fast) => {
                    (fast.invoke)(fast.code, frame, fast.map, ptr::null_mut(), 0);
                    Ok(())
                }
                Invocation::Interface(interface) => self.interpret(scope, interface, frame),
            }
        }
    }

    fn fast(&self) -> Option<Fast> {
        self.invocation.fast()
    }

    fn lifetime(&self) -> Lifetime {
        self.userdata.lifetime()
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
        let (params, returns) = (self.plan.params(), self.plan.returns());
        let mut values = [const { MaybeUninit::<usize>::uninit() }; MOST];
        let mut arguments = [const { MaybeUninit::<*mut c_void>::uninit() }; MOST];
        let values = values.as_mut_ptr().cast::<usize>();
        let arguments = arguments.as_mut_ptr().cast::<*mut c_void>();
        // SAFETY: the frame has the layout of the signature, and the interface was prepared for its
        // arguments, of which there are at most MOST; a slot is the C value or, on the little-endian
        // machines this runs on, begins with it.
        unsafe {
            for (index, place) in params.iter().enumerate() {
                let (slots, value) = (frame.add(place.slot()), values.add(index));
                *value = match place.kind {
                    kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                        terminated(scope, kind, slots)?.addr()
                    }
                    Kind::Any => slots.addr(),
                    _ => {
                        *arguments.add(index) = slots.cast();
                        continue;
                    }
                };
                *arguments.add(index) = value.cast();
            }
            // One is returned; several are stored in variables, to which the last arguments point.
            let mut variables = [const { MaybeUninit::<[u64; 2]>::uninit() }; MOST];
            let variables = variables.as_mut_ptr().cast::<[u64; 2]>();
            variables.write_bytes(0, returns.len().max(1));
            if returns.len() > 1 {
                for index in 0..returns.len() {
                    let last = params.len() + index;
                    *values.add(last) = variables.add(index).addr();
                    *arguments.add(last) = values.add(last).cast();
                }
            }
            interface.call(self.code.cast(), variables.cast(), arguments);
            for (index, place) in returns.iter().enumerate() {
                load(place.kind, variables.add(index).cast(), frame.add(place.slot()));
            }
        }
        Ok(())
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
