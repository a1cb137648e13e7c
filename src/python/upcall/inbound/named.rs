//! Arguments by name.

use std::ptr;

use super::call_in_order;
use crate::call::{Callable, Function, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::signature::Parameter;

/// Puts keyword arguments in their places first.
///
/// # Safety
/// As for [`inbound::call`](super::call).
#[cold]
#[inline(never)]
pub(super) unsafe fn call(
    gil: &Gil,
    scope: &CallScope,
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
                let name = text_of(gil, &PyRef::new_reference(gil, name))?;
                let place = objects.add(place_of(params, &name)?);
                if place < objects.add(count) || !(*place).is_null() {
                    return Err(Error::new(
                        Status::InvalidArgument,
                        format!("argument {name} is given twice: {}", function.signature()),
                    ));
                }
                *place = *given.add(count + index);
            }
            call_in_order(gil, scope, callable, objects)
        })
    }
}

/// Which parameter has a name.
pub fn place_of(params: &[Parameter], name: &str) -> Result<usize> {
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
