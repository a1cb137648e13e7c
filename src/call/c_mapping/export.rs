//! C function pointers with the mapped C signature of functions: values go from C to a frame and
//! back.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::load::load;
use super::store::{To, store};
use crate::abi::metaffi_slot;
use crate::call::function::Function;
use crate::call::plan::frame::with_stack;
use crate::call::plan::native_type::{Convention, NativeType};
use crate::call::plan::type_word;
use crate::call::upcall::{Closure, Handler, IncomingArguments};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;

/// A C function pointer with the mapped C signature of `function`.
pub fn export(function: &Arc<Function>) -> Result<Closure> {
    let (params, returns) = function.c_mapping();
    export_as(function, params, returns, Convention::Default)
}

/// The same with C types of which values are those of the mapped types.
pub fn export_as(
    function: &Arc<Function>,
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<Closure> {
    let closure = Closure::new(params, returns, convention, function.clone())?;
    if let Some(locked) = function.callee().locked() {
        closure.handle_locked(locked);
    }
    Ok(closure)
}

/// Runs a function when C calls, with arguments of the types of its C mapping.
impl Handler for Function {
    #[inline(always)]
    unsafe fn call(
        &self,
        scope: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        let type_word = self.type_word();
        if type_word == 0 {
            // SAFETY: arguments and result are as the entry point found them, by the C mapping.
            return unsafe { call_general(self, scope, arguments, result) };
        }
        let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; type_word::MOST + 1];
        let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
        // SAFETY: the closure was made for the mapped types of this function, so each argument
        // has the type of its parameter; all are scalars, of which the frame has room for so many.
        unsafe {
            for (index, row) in type_word::arguments(type_word).enumerate() {
                *frame.add(index) = arguments.scalar(index, row);
            }
            Function::call(self, scope, frame)?;
            if type_word::returned(type_word) != 0 {
                result.cast::<u64>().write(*frame.add(type_word::count(type_word)));
            }
        }
        Ok(())
    }

    fn report(&self, failure: &Error) {
        self.callee().report(failure);
    }
}

/// Calls with values of which not all are numbers.
#[inline(never)]
unsafe fn call_general(
    function: &Function,
    scope: &CallScope,
    arguments: impl IncomingArguments,
    result: *mut c_void,
) -> Result<()> {
    let (params, returns) = (function.params(), function.returns());
    with_stack(function.frame_size(), |frame: *mut metaffi_slot| {
        // SAFETY: as for numbers; the frame has the function's layout.
        unsafe {
            for (index, param) in params.iter().enumerate() {
                load(param.kind, arguments.get(index), frame.add(param.slot()));
            }
            Function::call(function, scope, frame)?;
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
