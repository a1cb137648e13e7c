//! Calls from Python into the host: Python arguments to a frame, and its returns to an object.

mod argument;
mod returned;

use std::ptr;

use super::api::Object;
use super::gil::{self, Gil};
use super::object::{PyRef, text_of};
use crate::call::{Callable, Function, with_frame, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;
use crate::signature::Parameter;

pub use argument::lend;
use argument::{borrow, take};
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
    span: Use,
    callable: &Callable,
    positional: *const Object,
    count: usize,
    names: Object,
) -> Result<Object> {
    let function = &**callable.function();
    // SAFETY: the caller's promise.
    unsafe {
        if names.is_null() && count == function.params().len() {
            return call_in_order(gil, span, callable, positional);
        }
        call_by_name(gil, span, callable, positional, count, names)
    }
}

/// Puts keyword arguments in their places first.
#[cold]
#[inline(never)]
unsafe fn call_by_name(
    gil: &Gil,
    span: Use,
    callable: &Callable,
    given: *const Object,
    count: usize,
    names: Object,
) -> Result<Object> {
    let (api, function) = (gil.api, &**callable.function());
    let params = &function.signature().params;
    // SAFETY: the caller's promise; keyword names are a tuple of `str`.
    unsafe {
        let named = if names.is_null() { 0 } else { (api.PyTuple_Size)(names).cast_unsigned() };
        if count + named != params.len() {
            return Err(wrong_count(function, count + named));
        }
        with_stack(params.len(), |objects: *mut Object| {
            ptr::copy_nonoverlapping(given, objects, count);
            objects.add(count).write_bytes(0, named);
            for index in 0..named {
                let name = (api.PyTuple_GetItem)(names, index.cast_signed());
                let name = text_of(gil, &PyRef::borrowed(gil, name))?;
                let place = objects.add(place_of(params, &name)?);
                if place < objects.add(count) || !(*place).is_null() {
                    return Err(Error::new(
                        Status::InvalidArgument,
                        format!("argument {name} is given twice: {}", function.signature()),
                    ));
                }
                *place = *given.add(count + index);
            }
            call_in_order(gil, span, callable, objects)
        })
    }
}

fn place_of(params: &[Parameter], name: &str) -> Result<usize> {
    params.iter().position(|param| param.name.as_deref() == Some(name)).ok_or_else(|| {
        let names = params.iter().filter_map(|param| param.name.as_deref());
        let hint = crate::suggest::hint(name, names);
        let message = format!("there is no parameter named {name}{hint}");
        Error::new(Status::InvalidArgument, message)
    })
}

#[cold]
fn wrong_count(function: &Function, given: usize) -> Error {
    let declared = function.params().len();
    Error::new(
        Status::InvalidArgument,
        format!("{given} arguments given, but it takes {declared}: {}", function.signature()),
    )
}

#[inline(always)]
unsafe fn call_in_order(
    gil: &Gil,
    span: Use,
    callable: &Callable,
    objects: *const Object,
) -> Result<Object> {
    let (api, function) = (gil.api, &**callable.function());
    with_frame(function.layout().size(), |frame| {
        // SAFETY: the frame has the function's layout, and there are as many objects as
        // parameters.
        unsafe {
            for (index, place) in function.params().iter().enumerate() {
                let (object, slots) = (*objects.add(index), frame.add(place.slot));
                if !borrow(api, place.kind, object, slots) {
                    take(gil, span, function, index, object, slots)?;
                }
            }
            match callable.is_quick() {
                true => function.call(span, frame)?,
                false => gil::release(gil, || function.call(span, frame))?,
            }
            give(gil, span, function, frame)
        }
    })
}
