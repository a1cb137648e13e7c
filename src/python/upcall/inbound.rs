//! Calls from Python into the host: Python arguments to a frame, and its returns to an object.

mod argument;
mod named;
mod returned;

use crate::abi::metaffi_slot;
use crate::call::{Callable, with_stack};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::python::NATURE;
use crate::python::api::Object;
use crate::python::lifecycle::gil::{self, Gil};

pub use argument::lend;
use argument::{borrow, take};
pub use named::place_of;
use returned::give;

/// Calls a callable with the arguments of a vectorcall. A new reference.
///
/// The GIL is released while the host runs, unless the callable says that it is quick.
///
/// # Safety
/// `positional` has `count` arguments, and after them the values of the keyword `names`, a tuple
/// or NULL; the callable outlives the call, and the GIL is held.
#[inline(always)]
pub unsafe fn call(
    gil: &Gil,
    scope: &CallScope,
    callable: &Callable,
    positional: *const Object,
    count: usize,
    names: Object,
) -> Result<Object> {
    let function = &**callable.function();
    // SAFETY: the caller's promise.
    unsafe {
        if names.is_null() && count == function.params().len() {
            return call_in_order(gil, scope, callable, positional);
        }
        named::call(gil, scope, callable, positional, count, names)
    }
}

#[inline(always)]
unsafe fn call_in_order(
    gil: &Gil,
    scope: &CallScope,
    callable: &Callable,
    objects: *const Object,
) -> Result<Object> {
    let (api, function) = (gil.api, &**callable.function());
    with_stack(function.frame_size(), |frame: *mut metaffi_slot| {
        // SAFETY: the frame has the function's layout, and there are as many objects as
        // parameters.
        unsafe {
            for (index, place) in function.params().iter().enumerate() {
                let (object, slots) = (*objects.add(index), frame.add(place.slot()));
                if !borrow(api, place.kind, object, slots) {
                    take(gil, scope, function, index, object, slots)?;
                }
            }
            match callable.is_quick() {
                true => NATURE.go_out(|| function.call(scope, frame))?,
                false => gil::release(gil, || NATURE.go_out(|| function.call(scope, frame)))?,
            }
            give(gil, scope, function, frame)
        }
    })
}
