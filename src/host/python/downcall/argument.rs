//! Python objects as arguments of a call.

use crate::abi::metaffi_slot;
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::host::python::callable;
use crate::host::python::handle;
use crate::python::api::Object;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::upcall::inbound;
use crate::signature::{Kind, TypeInfo};

/// Puts an object into slots. What is made for it ends with the scope; the rest is the object's
/// own, which outlives the call.
///
/// The alias is the guest's business: here the type alone counts.
///
/// # Safety
/// `object` is alive as long as the scope, there is room for the type, and the GIL is held.
pub(in crate::host::python) unsafe fn load(
    gil: &Gil,
    scope: &CallScope,
    info: &TypeInfo,
    object: Object,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let api = gil.api;
    let kind = info.r#type.kind();
    // SAFETY: the caller's promise.
    unsafe {
        match kind {
            Kind::String8 if api.type_of(object) == api.PyUnicode_Type => {
                let mut length = 0;
                let data = (api.PyUnicode_AsUTF8AndSize)(object, &raw mut length);
                if !data.is_null() {
                    *slots = data.expose_provenance() as u64;
                    *slots.add(1) = length.cast_unsigned() as u64;
                    return Ok(());
                }
                // Half of a surrogate pair: the conversion says where.
                (api.PyErr_Clear)();
            }
            Kind::Handle => {
                if let Some(key) = handle::carried(api, object) {
                    *slots = borrowed(key)?;
                    return Ok(());
                }
            }
            Kind::Callable => return callable::load(gil, scope, object, slots),
            Kind::Bool | Kind::Any => {}
            _ if kind.is_scalar() && api.type_of(object) == api.PyBool_Type => {
                return Err(bool_for(kind, object == api._Py_TrueStruct));
            }
            _ => {}
        }
        let plain = TypeInfo { dimensions: info.dimensions, ..info.r#type.into() };
        convert::from_python(gil, object, plain.r#type, &plain, slots)?;
        inbound::lend(scope, kind, slots);
    }
    Ok(())
}

/// The slot of a handle that the object keeps.
fn borrowed(key: usize) -> Result<metaffi_slot> {
    match key {
        0 => Err(Error::new(Status::InvalidHandle, "the handle is released")),
        key => Ok(key as u64),
    }
}

#[cold]
fn bool_for(kind: Kind, value: bool) -> Error {
    let value = if value { "True" } else { "False" };
    let advice = "a bool is no number silently: int(…)";
    Error::new(Status::TypeMismatch, format!("bool {value} given for {kind}: {advice}"))
}
