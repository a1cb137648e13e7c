//! Arguments by name, and other counts of them than declared.

use std::ptr;
use std::sync::Arc;

use super::{CallOptions, VectorcallArguments, call_in_order};
use crate::call::{Function, MAX_SLOTS, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::host::python::handle;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::upcall::inbound;
use crate::signature::{Kind, Signature, Type};

/// Puts keyword arguments in their places, and finds the function for more or fewer arguments.
///
/// # Safety
/// As for [`call`](super::call).
#[cold]
#[inline(never)]
pub(super) unsafe fn call(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    VectorcallArguments { objects: given, count, names }: VectorcallArguments,
    manner: CallOptions,
    callback: &mut Option<Error>,
) -> Result<Object> {
    let api = gil.api;
    let params = &function.signature().params;
    if count > MAX_SLOTS {
        let message = format!("{count} arguments given; at most {MAX_SLOTS} can be");
        return Err(Error::new(Status::InvalidArgument, message));
    }
    // SAFETY: the caller's promise; keyword names are a tuple of `str`.
    unsafe {
        let named = if names.is_null() { 0 } else { (api.PyTuple_Size)(names).cast_unsigned() };
        if named == 0 {
            let function: *const Function = scope.keep(other_count(gil, function, given, count)?);
            return call_in_order(gil, scope, &*function, given, manner, callback);
        }
        let most = params.len().max(count);
        with_stack(most, |objects: *mut Object| {
            ptr::copy_nonoverlapping(given, objects, count);
            objects.add(count).write_bytes(0, most - count);
            let mut last = count;
            for index in 0..named {
                let name = (api.PyTuple_GetItem)(names, index.cast_signed());
                let name = text_of(gil, &PyRef::new_reference(gil, name))?;
                let place = inbound::place_of(params, &name)?;
                if place < count || !(*objects.add(place)).is_null() {
                    return Err(Error::new(
                        Status::InvalidArgument,
                        format!("argument {name} is given twice: {}", function.signature()),
                    ));
                }
                *objects.add(place) = *given.add(count + index);
                last = last.max(place + 1);
            }
            if let Some(missing) = (0..last).find(|index| (*objects.add(*index)).is_null()) {
                return Err(not_given(missing, function.signature()));
            }
            if last == params.len() {
                return call_in_order(gil, scope, function, objects, manner, callback);
            }
            let function: *const Function = scope.keep(other_count(gil, function, objects, last)?);
            call_in_order(gil, scope, &*function, objects, manner, callback)
        })
    }
}

/// The function for another number of arguments than it declares.
unsafe fn other_count(
    gil: &Gil,
    function: &Function,
    objects: *const Object,
    count: usize,
) -> Result<Arc<Function>> {
    let (callee, signature) = (function.callee(), function.signature());
    let declared = signature.params.len();
    if count < declared
        && let Some(fewer) = callee.with_fewer(count)?
    {
        return Ok(fewer);
    }
    if count > declared && signature.variadic {
        // SAFETY: the caller has so many arguments.
        let extra = (declared..count).map(|index| unsafe { type_of(gil, *objects.add(index)) });
        return callee.with_variadic(&extra.collect::<Vec<_>>());
    }
    if count < declared {
        return Err(not_given(count, signature));
    }
    let given = if count == 1 { "1 argument" } else { &format!("{count} arguments") };
    let message = format!("{given} given, but it takes {declared}: {signature}");
    Err(Error::new(Status::InvalidArgument, message))
}

#[cold]
fn not_given(index: usize, signature: &Signature) -> Error {
    let argument = signature.params[index].argument(index);
    Error::new(Status::InvalidArgument, format!("{argument} is not given: {signature}"))
}

/// Whether an `int` needs the bit of the sign.
unsafe fn is_beyond_int64(api: &Api, object: Object) -> bool {
    // SAFETY: the caller's promise; the exception of an int that does not fit is cleared.
    unsafe {
        let has_failed = || {
            let failed = !(api.PyErr_Occurred)().is_null();
            (api.PyErr_Clear)();
            failed
        };
        (api.PyLong_AsLongLong)(object);
        if !has_failed() {
            return false;
        }
        (api.PyLong_AsUnsignedLongLong)(object);
        !has_failed()
    }
}

/// The type in which an argument beyond the declared ones travels.
unsafe fn type_of(gil: &Gil, object: Object) -> Type {
    let api = gil.api;
    // SAFETY: the caller's promise.
    let r#type = unsafe { api.type_of(object) };
    Type::from(match r#type {
        _ if r#type == api.PyBool_Type => Kind::Bool,
        // SAFETY: an int, under the GIL.
        _ if r#type == api.PyLong_Type => match unsafe { is_beyond_int64(api, object) } {
            true => Kind::Uint64,
            false => Kind::Int64,
        },
        _ if r#type == api.PyFloat_Type => Kind::Float64,
        _ if r#type == api.PyUnicode_Type => Kind::String8,
        _ if object == api._Py_NoneStruct => Kind::Handle,
        // SAFETY: as above.
        _ if unsafe { handle::carried(api, object) }.is_some() => Kind::Handle,
        _ => Kind::Any,
    })
}
