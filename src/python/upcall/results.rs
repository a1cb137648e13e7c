//! The result marshaller: what a call from Python returned as Python objects.

use std::ptr;

use super::rules::ConversionRules;
use crate::abi::{metaffi_array, metaffi_slot, metaffi_value};
use crate::call::{Function, load_as_is};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::handle::{self, HandleKind};
use crate::python::api::Object;
use crate::python::convert::{self, scalar};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, from_handle, wrap};
use crate::python::support;
use crate::python::upcall::numbers::none;
use crate::signature::{Kind, Type, TypeInfo};
use crate::value::array::View;

/// The object of the returns: None for none, the one, a tuple of several, or in any case. A new
/// reference.
///
/// # Safety
/// The callee has filled in the frame, which has the function's layout; the GIL is held.
#[inline(always)]
pub(super) unsafe fn to_python(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
    rules: &ConversionRules,
    tuple: bool,
) -> Result<Object> {
    // SAFETY: the callee has filled in the frame, which has the function's layout; the GIL is held.
    unsafe {
        match function.returns() {
            [] if !tuple => Ok(none(gil.api)),
            [place] if !tuple => {
                let info = &function.return_types()[0];
                let slots = frame.add(place.slot());
                if place.kind.is_scalar() && (info.alias.is_none() || !rules.aliases) {
                    let object = match place.kind {
                        Kind::Int64 => (gil.api.PyLong_FromLongLong)((*slots).cast_signed()),
                        Kind::Float64 => (gil.api.PyFloat_FromDouble)(f64::from_bits(*slots)),
                        kind => scalar::number(gil.api, kind, *slots),
                    };
                    if !object.is_null() {
                        return Ok(object);
                    }
                }
                let object = one(gil, scope, rules, info, slots);
                match rules.returned {
                    None => object.map(PyRef::into_ptr),
                    Some(_) => object.map(PyRef::into_ptr).map_err(|error| named(error, rules, 0)),
                }
            }
            _ => several(gil, scope, function, frame, rules).map(PyRef::into_ptr),
        }
    }
}

#[cold]
fn named(error: Error, rules: &ConversionRules, index: usize) -> Error {
    error.context(format_args!("{} {index}", rules.returned.unwrap_or("return")))
}

/// The tuple of the returns, however many there are.
#[inline(never)]
unsafe fn several(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
    rules: &ConversionRules,
) -> Result<PyRef> {
    let (infos, places) = (function.return_types(), function.returns());
    let mut items = Vec::with_capacity(infos.len());
    for (index, (info, place)) in infos.iter().zip(places).enumerate() {
        // SAFETY: the frame has the layout of the function, and its returns are filled in; the GIL
        // is held; after a failure the rest is freed.
        unsafe {
            match one(gil, scope, rules, info, frame.add(place.slot())) {
                Ok(item) => items.push(item),
                Err(error) => {
                    for (info, place) in infos.iter().zip(places).skip(index + 1) {
                        convert::clear(info.r#type, frame.add(place.slot()));
                    }
                    return Err(named(error, rules, index));
                }
            }
        }
    }
    support::tuple(gil, items)
}

/// The object of a value, which is given away.
///
/// # Safety
/// The slots hold a value of the type that is nobody else's; the GIL is held.
pub unsafe fn one(
    gil: &Gil,
    scope: &CallScope,
    rules: &ConversionRules,
    info: &TypeInfo,
    slots: *mut metaffi_slot,
) -> Result<PyRef> {
    let r#type = info.r#type;
    // SAFETY: the slots hold a value of the type that is nobody else's; the GIL is held.
    unsafe {
        match (r#type.kind(), &rules.callables) {
            (Kind::Handle, _) => object(gil, *slots as usize),
            (Kind::Callable, Some(_)) if *slots == 0 => Ok(support::none(gil)),
            (Kind::Callable, Some(callables)) => {
                let key = *slots as usize;
                let made = (callables.to_python)(gil, key);
                let _ = handle::free(key, HandleKind::Callable);
                made
            }
            (Kind::Array, _) if rules.lists => {
                let made = list(gil, scope, r#type, *slots as usize);
                convert::clear(r#type, slots);
                made
            }
            (Kind::Any, _) if rules.lists => {
                let mut inner = [0; 3];
                let value = slots.cast::<metaffi_value>().read();
                let info = TypeInfo::new(load_as_is(&value, inner.as_mut_ptr())?);
                one(gil, scope, rules, &info, inner.as_mut_ptr())
            }
            _ => plain(gil, scope, r#type, &rules.declared(gil, info), slots),
        }
    }
}

/// The object of a value that has no rules.
unsafe fn plain(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    info: &TypeInfo,
    slots: *mut metaffi_slot,
) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: the slots hold a value of the type that is nobody else's; the GIL is held.
    unsafe {
        let object = scalar::to_python(api, scalar::plain_kind(info), slots);
        if let Some(object) = PyRef::from_owned(object) {
            convert::clear(r#type, slots);
            return Ok(object);
        }
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
        }
        convert::give_python(gil, scope, r#type, info, slots)
    }
}

/// The object that a handle stands for, which is given away.
fn object(gil: &Gil, key: usize) -> Result<PyRef> {
    if key == 0 {
        return Ok(support::none(gil));
    }
    let Some(own) = from_handle(gil, key) else { return wrap(gil, key) };
    // SAFETY: the handle keeps the object alive.
    let object = unsafe { PyRef::new_reference(gil, own) };
    let _ = handle::free(key, HandleKind::Object);
    Ok(object)
}

/// Lists, or bytes for bytes in one dimension.
unsafe fn list(gil: &Gil, scope: &CallScope, r#type: Type, address: usize) -> Result<PyRef> {
    let array = ptr::with_exposed_provenance_mut::<metaffi_array>(address);
    // SAFETY: the callee returned NULL or an array.
    unsafe {
        if array.is_null() {
            return Ok(support::none(gil));
        }
        let view = View::new(array)?;
        if let Some(bytes) = convert::bytes(gil, &view) {
            return bytes;
        }
        convert::to_list(gil, scope, r#type, array)
    }
}
