//! What the host gives Python.

use std::ptr;

use crate::abi::metaffi_slot;
use crate::call::{Function, SlotLayout};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::python::api::Object;
use crate::python::downcall::arguments;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::{convert, error};
use crate::signature::Kind;

/// The object of the returns: None for none, a tuple of several.
#[inline(always)]
pub(super) unsafe fn give(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
) -> Result<Object> {
    let api = gil.api;
    // SAFETY: the callee has filled in the returns.
    unsafe {
        match function.returns() {
            [] => {
                api.incref(api._Py_NoneStruct);
                Ok(api._Py_NoneStruct)
            }
            [place] if place.kind.is_scalar() => {
                let (info, slot) = (&function.signature().returns[0], frame.add(place.slot()));
                let object = match place.kind {
                    _ if info.alias.is_some() => ptr::null_mut(),
                    Kind::Int64 => (api.PyLong_FromLongLong)((*slot).cast_signed()),
                    Kind::Float64 => (api.PyFloat_FromDouble)(f64::from_bits(*slot)),
                    kind => arguments::scalar(api, kind, slot),
                };
                match object.is_null() {
                    true => give_one(gil, scope, function, frame, 0),
                    false => Ok(object),
                }
            }
            [_] => give_one(gil, scope, function, frame, 0),
            _ => give_several(gil, scope, function, frame),
        }
    }
}

/// A return as an object; what its slots hold is freed.
unsafe fn give_one(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
    index: usize,
) -> Result<Object> {
    let api = gil.api;
    let (info, place) = (&function.signature().returns[index], function.returns()[index]);
    let info = &*convert::of_python(gil, info);
    // SAFETY: the caller's promise; the callee gives its returns away.
    unsafe {
        let slots = frame.add(place.slot());
        let object = arguments::scalar(api, arguments::plain_kind(info), slots);
        if !object.is_null() {
            convert::clear(info.r#type, slots);
            return Ok(object);
        }
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
        }
        convert::give_python(gil, scope, info.r#type, info, slots)
            .map(PyRef::into_ptr)
            .map_err(|error| error.context(format_args!("the callback's return {index}")))
    }
}

#[cold]
unsafe fn give_several(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
) -> Result<Object> {
    let api = gil.api;
    let count = function.returns().len();
    // SAFETY: the caller's promise; the tuple takes each item over.
    unsafe {
        let tuple = PyRef::owned(gil, (api.PyTuple_New)(count.cast_signed()))?;
        for index in 0..count {
            let item = give_one(gil, scope, function, frame, index).inspect_err(|_| {
                for rest in index + 1..count {
                    let place: SlotLayout = function.returns()[rest];
                    let info = &function.signature().returns[rest];
                    convert::clear(info.r#type, frame.add(place.slot()));
                }
            })?;
            if (api.PyTuple_SetItem)(tuple.as_ptr(), index.cast_signed(), item) != 0 {
                return Err(error::fetch(gil));
            }
        }
        Ok(tuple.into_ptr())
    }
}
