//! Python's objects as numbers.

use super::capability;
use super::entered::Kept;
use super::value;
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::object::{Capabilities, ValuePlace, refuse};
use crate::python::api::Object;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::type_name;
use crate::signature::{Kind, TypeInfo};
use crate::value as values;

/// Writes the number that an object is: an integer, also of a subclass of `int` or an enum, a float, or
/// what else holds it exactly.
pub(super) fn of(gil: &Gil, of: (Key, Object), to: ValuePlace<'_>) -> Result<()> {
    let (api, (key, object)) = (gil.api, of);
    let can = capability::of(gil, object)?;
    if !can.has(Capabilities::NUMBER) {
        return Err(refuse(key, Capabilities::NUMBER));
    }
    // SAFETY: alive, under the GIL; new references or NULL, and room for a value.
    unsafe {
        let is = |class| (api.PyType_IsSubtype)(api.type_of(object), class) != 0;
        if is(api.PyComplex_Type) {
            return declared(gil, object, Kind::Complex, to);
        }
        let is_integer = (api.PyIndex_Check)(object) != 0
            || can.has_any(Capabilities::FITS_INT64 | Capabilities::FITS_UINT64);
        if is(api.PyFloat_Type) || !is_integer && can.has(Capabilities::FITS_FLOAT64) {
            let float = Kept::owned(gil, (api.PyNumber_Float)(object))?;
            return value::give(gil, *float, to);
        }
        if is_integer {
            let integer = Kept::owned(gil, (api.PyNumber_Long)(object))?;
            return value::give(gil, *integer, to);
        }
        declared(gil, object, Kind::Decimal, to).map_err(|failure| match failure.status() {
            Status::Foreign => failure,
            _ => inexact(gil, object),
        })
    }
}

/// # Safety
/// The object is alive.
unsafe fn declared(gil: &Gil, object: Object, kind: Kind, to: ValuePlace<'_>) -> Result<()> {
    let info = TypeInfo::from(kind);
    let mut value = values::zero(kind.into());
    // SAFETY: alive, under the GIL; a neutral value takes one slot, its pointer.
    unsafe {
        let slot = (&raw mut value.data).cast();
        convert::from_python(gil, object, info.r#type, &info, slot)?;
    }
    to.write(value);
    Ok(())
}

#[cold]
fn inexact(gil: &Gil, object: Object) -> Error {
    // SAFETY: alive, and its type with it.
    let name = unsafe { type_name(gil, gil.api.type_of(object)) };
    Error::out_of_range(format!(
        "no type of number holds this {name} exactly; read its parts, or its text"
    ))
}
