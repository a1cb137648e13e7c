//! Values as Python objects: numbers, bools and characters as themselves, NULL as None, everything
//! else as data.

use std::ptr;

use super::place::{Place, target};
use super::table::Shape;
use super::{DataTable, bit_field, make, value};
use crate::error::Result;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::{error, support};

/// The value at an address where that is simple: a new reference; NULL leaves it to [`load`], unless
/// an exception is set.
///
/// # Safety
/// A value of the type is there, in the memory of `root`, if that is not NULL; the GIL is held.
#[inline(always)]
pub(super) unsafe fn quick(
    api: &'static Api,
    table: &DataTable,
    at: *mut u8,
    root: Object,
) -> Object {
    // SAFETY: as above.
    unsafe {
        match table.shape {
            Shape::Scalar(scalar) => scalar.load(api, at),
            Shape::Pointer => pointer(api, table, at, root),
            Shape::Code => ptr::null_mut(),
            _ => make::view(api, table, at, root),
        }
    }
}

unsafe fn pointer(api: &'static Api, table: &DataTable, at: *mut u8, root: Object) -> Object {
    // SAFETY: the caller has a pointer there.
    unsafe {
        let value = at.cast::<*mut u8>().read_unaligned();
        if value.is_null() {
            api.incref(api._Py_NoneStruct);
            return api._Py_NoneStruct;
        }
        match target(&Gil::assume(api), root, at, value) {
            Ok(owner) => {
                let owner = owner.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr);
                make::view(api, table, value, owner)
            }
            Err(_) => ptr::null_mut(),
        }
    }
}

/// The value at a place.
pub(super) fn load(gil: &Gil, place: &Place) -> Result<PyRef> {
    place.check()?;
    // SAFETY: the place is there, and has a value of its type.
    unsafe {
        if let Some(bits) = place.bits {
            return PyRef::owned(gil, bit_field::load(gil.api, &place.table, bits, place.at));
        }
        let object = quick(gil.api, &place.table, place.at, place.root());
        if let Some(object) = PyRef::from_owned(object) {
            return Ok(object);
        }
        if !(gil.api.PyErr_Occurred)().is_null() {
            return Err(error::fetch(gil));
        }
        if place.table.is_pointer() {
            let value = place.at.cast::<*mut u8>().read_unaligned();
            if value.is_null() {
                return Ok(support::none(gil));
            }
            // A failure to find what it points into.
            place.target(gil, value)?;
        }
        value::to_python(gil, place.table.layout.origin.load(place.at)?)
    }
}
