use std::ffi::c_void;
use std::sync::Arc;

use super::load::load;
use super::native_types;
use super::store::{To, store};
use crate::call::closure::{Closure, ErrorSink, Handler};
use crate::call::frame::with_frame;
use crate::call::function::Function;
use crate::call::native::Convention;
use crate::error::Result;
use crate::handle::pin::Use;

/// A C function pointer with the natural signature of `function`.
pub fn export(function: &Arc<Function>, sink: ErrorSink) -> Result<Closure> {
    let (params, returns) = native_types(function.signature());
    let handler = Export { function: function.clone() };
    Closure::new(&params, &returns, Convention::Default, sink, handler)
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
                function.call(span, frame)?;
                match function.returns() {
                    [] => Ok(()),
                    [one] => store(one.kind, frame.add(one.slot), result, To::Result),
                    several => {
                        let first = arguments.add(function.params().len());
                        for (index, place) in several.iter().enumerate() {
                            let to = (*first.add(index)).cast::<*mut c_void>().read();
                            if !to.is_null() {
                                store(place.kind, frame.add(place.slot), to, To::Variable)?;
                            }
                        }
                        Ok(())
                    }
                }
            }
        })
    }
}
