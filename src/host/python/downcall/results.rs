//! What a call returned as Python objects.

use crate::abi::{metaffi_array, metaffi_slot, metaffi_value};
use crate::call::{Callable, Function, load_as_is};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, HandleKind};
use crate::host::python::callable;
use crate::host::python::handle as object_handle;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, from_handle};
use crate::python::{convert, support};
use crate::signature::{Kind, Type, TypeInfo};
use crate::value::array::View;

/// The object of the returns: None for none, the one, a tuple of several.
///
/// # Safety
/// The callee has filled in the frame, which has the function's layout; the GIL is held.
pub(in crate::host::python) unsafe fn give(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
) -> Result<Object> {
    // SAFETY: the caller's promise.
    unsafe {
        match function.returns() {
            [] => Ok(support::none(gil).into_ptr()),
            [place] => {
                let r#type = function.signature().returns[0].r#type;
                Ok(one(gil, scope, r#type, frame.add(place.slot()))?.into_ptr())
            }
            _ => Ok(several(gil, scope, function, frame)?.into_ptr()),
        }
    }
}

/// The tuple of the returns, however many there are.
///
/// # Safety
/// As for [`give`].
pub(in crate::host::python) unsafe fn several(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    frame: *mut metaffi_slot,
) -> Result<PyRef> {
    let (infos, places) = (&function.signature().returns, function.returns());
    let mut items = Vec::with_capacity(infos.len());
    for (index, (info, place)) in infos.iter().zip(places).enumerate() {
        // SAFETY: the caller's promise; after a failure the rest is freed.
        unsafe {
            match one(gil, scope, info.r#type, frame.add(place.slot())) {
                Ok(item) => items.push(item),
                Err(error) => {
                    for (info, place) in infos.iter().zip(places).skip(index + 1) {
                        convert::clear(info.r#type, frame.add(place.slot()));
                    }
                    return Err(error.context(format_args!("return {index}")));
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
pub(in crate::host::python) unsafe fn one(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    slots: *mut metaffi_slot,
) -> Result<PyRef> {
    // SAFETY: the caller's promise.
    unsafe {
        match r#type.kind() {
            Kind::Handle => object(gil, *slots as usize),
            Kind::Callable => function(gil, *slots as usize),
            Kind::Array => {
                let made = array(gil, scope, r#type, *slots as usize);
                convert::clear(r#type, slots);
                made
            }
            Kind::Any => {
                let mut own = [0; 3];
                let inner = load_as_is(&slots.cast::<metaffi_value>().read(), own.as_mut_ptr())?;
                one(gil, scope, inner, own.as_mut_ptr())
            }
            _ => convert::give_python(gil, scope, r#type, &TypeInfo::new(r#type), slots),
        }
    }
}

/// The object that a handle stands for, which is given away.
fn object(gil: &Gil, key: usize) -> Result<PyRef> {
    if key == 0 {
        return Ok(support::none(gil));
    }
    let Some(own) = from_handle(gil, key) else { return object_handle::carry(gil, key) };
    // SAFETY: the handle keeps the object alive.
    let object = unsafe { PyRef::new_reference(gil, own) };
    let _ = handle::free(key, HandleKind::Object);
    Ok(object)
}

/// The callable of a handle, which is given away.
fn function(gil: &Gil, key: usize) -> Result<PyRef> {
    if key == 0 {
        return Ok(support::none(gil));
    }
    let callable = handle::get::<Callable>(key);
    let _ = handle::free(key, HandleKind::Callable);
    callable::returned(gil, callable?)
}

/// Lists, or bytes for bytes in one dimension.
unsafe fn array(gil: &Gil, scope: &CallScope, r#type: Type, address: usize) -> Result<PyRef> {
    let array = std::ptr::with_exposed_provenance_mut::<metaffi_array>(address);
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
