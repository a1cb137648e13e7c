use std::ffi::c_void;
use std::sync::Arc;

use super::load::load;
use super::native_types;
use super::store::{To, store};
use crate::abi::metaffi_slot;
use crate::call::closure::{Closure, ErrorSink, Handler, register};
use crate::call::frame::with_frame;
use crate::call::function::Function;
use crate::call::native::Convention;
use crate::error::Result;
use crate::handle::pin::Use;

/// A C function pointer with the natural signature of `function`.
pub fn export(function: &Arc<Function>, sink: ErrorSink) -> Result<Closure> {
    let (params, returns) = native_types(function.signature());
    let handler = Export { function: function.clone() };
    let closure = Closure::new(&params, &returns, Convention::Default, sink, handler)?;
    closure.handle_locked(function);
    Ok(closure)
}

struct Export {
    function: Arc<Function>,
}

impl Handler for Export {
    unsafe fn call(
        &self,
        span: Use,
        arguments: *const *mut c_void,
        result: *mut c_void,
    ) -> Result<()> {
        let function = &*self.function;
        with_frame(function.layout().size(), |frame| {
            // SAFETY: the closure was made for the natural types of this function, so each
            // argument has the type of its parameter, and the frame has the function's layout.
            unsafe {
                for (index, param) in function.params().iter().enumerate() {
                    load(param.kind, *arguments.add(index), frame.add(param.slot));
                }
                self.finish(span, frame, |index| *arguments.add(index), result)
            }
        })
    }

    unsafe fn call_registers(
        &self,
        span: Use,
        registers: *mut u64,
        shape: u64,
        _: usize,
        result: *mut c_void,
    ) -> Result<()> {
        let function = &*self.function;
        with_frame(function.layout().size(), |frame| {
            // SAFETY: as above.
            unsafe {
                let params = function.params();
                for (index, param) in params.iter().enumerate() {
                    let from = register(registers, shape, index);
                    load(param.kind, from.cast(), frame.add(param.slot));
                }
                let argument = |index| register(registers, shape, index).cast();
                self.finish(span, frame, argument, result)
            }
        })
    }
}

impl Export {
    /// Calls, and gives back what was returned; `argument` tells where an argument is, for the
    /// pointers that several returns are stored through.
    #[inline(always)]
    unsafe fn finish(
        &self,
        span: Use,
        frame: *mut metaffi_slot,
        argument: impl Fn(usize) -> *mut c_void,
        result: *mut c_void,
    ) -> Result<()> {
        let function = &*self.function;
        // SAFETY: the caller's frame and arguments.
        unsafe {
            function.call(span, frame)?;
            match function.returns() {
                [] => Ok(()),
                [one] => store(one.kind, frame.add(one.slot), result, To::Result),
                several => {
                    let first = function.params().len();
                    for (index, place) in several.iter().enumerate() {
                        let to = argument(first + index).cast::<*mut c_void>().read();
                        if !to.is_null() {
                            store(place.kind, frame.add(place.slot), to, To::Variable)?;
                        }
                    }
                    Ok(())
                }
            }
        }
    }
}
