use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use super::load::load;
use super::native_types;
use super::store::{To, store};
use crate::abi::{METAFFI_OK, metaffi_slot};
use crate::call::closure::{Arguments, Closure, Handler};
use crate::call::failure;
use crate::call::frame::with_frame;
use crate::call::function::Function;
use crate::call::native::{Convention, NativeType};
use crate::call::plan::Numbers;
use crate::error::{Error, Result};
use crate::handle::Fast;
use crate::handle::pin::Use;

/// A C function pointer with the natural signature of `function`.
pub fn export(function: &Arc<Function>) -> Result<Closure> {
    let (params, returns) = native_types(function.signature());
    export_as(function, &params, &returns, Convention::Default)
}

/// The same with C types of which values are those of the natural types.
pub fn export_as(
    function: &Arc<Function>,
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<Closure> {
    let handler = Export::new(function.clone());
    let closure = Closure::new(params, returns, convention, handler)?;
    closure.handle_locked(function);
    Ok(closure)
}

/// Runs a function when C calls, with arguments of its natural C types.
struct Export {
    /// How, and with what: copied, so that a call has less to look up.
    fast: Option<Fast>,
    function: Arc<Function>,
}

// SAFETY: what is called is the function's, which any thread may call.
unsafe impl Send for Export {}
// SAFETY: as above.
unsafe impl Sync for Export {}

impl Handler for Export {
    #[inline(always)]
    unsafe fn call(&self, span: Use, arguments: impl Arguments, result: *mut c_void) -> Result<()> {
        let Some(Numbers { params, returned }) = self.function.plan().numbers() else {
            // SAFETY: the caller's promise.
            return unsafe { self.call_general(span, arguments, result) };
        };
        let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; Numbers::MOST + 1];
        let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
        // SAFETY: the closure was made for the natural types of this function, so each argument
        // has the type of its parameter; all are numbers, of which the frame has room for so many.
        unsafe {
            for (index, param) in params.iter().enumerate() {
                *frame.add(index) = arguments.scalar(index, *param);
            }
            self.run(span, frame)?;
            if *returned {
                result.cast::<u64>().write(*frame.add(params.len()));
            }
        }
        Ok(())
    }

    fn report(&self, failure: &Error) {
        self.function.callee().report(failure);
    }
}

impl Export {
    fn new(function: Arc<Function>) -> Export {
        Export { fast: function.fast_while_kept(), function }
    }

    #[inline(always)]
    unsafe fn run(&self, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the caller's frame.
        unsafe {
            let Some(fast) = &self.fast else { return self.function.call(span, frame) };
            let mut error = ptr::null_mut();
            match (fast.invoke)(fast.code, frame, fast.map, &raw mut error, 0) {
                METAFFI_OK => Ok(()),
                status => Err(failure::from_c(status, error)),
            }
        }
    }

    /// Calls with values of which not all are numbers.
    #[inline(never)]
    unsafe fn call_general(
        &self,
        span: Use,
        arguments: impl Arguments,
        result: *mut c_void,
    ) -> Result<()> {
        let (params, returns) = (self.function.params(), self.function.returns());
        with_frame(self.function.frame_size(), |frame| {
            // SAFETY: as for numbers; the frame has the function's layout.
            unsafe {
                for (index, param) in params.iter().enumerate() {
                    load(param.kind, arguments.get(index), frame.add(param.slot()));
                }
                self.run(span, frame)?;
                match returns {
                    [] => Ok(()),
                    [one] => store(one.kind, frame.add(one.slot()), result, To::Result),
                    // Through the pointers that follow the arguments.
                    several => several.iter().enumerate().try_for_each(|(index, place)| {
                        let to = arguments.get(params.len() + index);
                        let to = to.cast::<*mut c_void>().read();
                        if to.is_null() {
                            return Ok(());
                        }
                        store(place.kind, frame.add(place.slot()), to, To::Variable)
                    }),
                }
            }
        })
    }
}
