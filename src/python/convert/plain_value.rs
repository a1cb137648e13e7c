//! Values that carry their type, of the types that most of them have: what calls convert without
//! looking further.

use super::scalar;
use crate::abi::metaffi_slot;
use crate::python::api::{Api, Object};
use crate::signature::Kind;

/// What the slots of a value are: its type, and its datum.
const TYPE: usize = 0;
const DATUM: usize = 1;

const BOOL: u64 = Kind::Bool as u64;
const FLOAT64: u64 = Kind::Float64 as u64;
const INT64: u64 = Kind::Int64 as u64;
const NULL: u64 = Kind::Null as u64;
const STRING8: u64 = Kind::String8 as u64;

/// A new reference to what a value is in Python; NULL for a type that is not among them, and if that
/// failed, possibly with an exception set.
///
/// # Safety
/// `slots` hold a value, and the GIL is held.
#[inline(always)]
pub unsafe fn to_python(api: &Api, slots: *const metaffi_slot) -> Object {
    // SAFETY: `slots` hold a value; a datum has the size of its type.
    unsafe {
        let datum = slots.add(DATUM);
        match *slots.add(TYPE) {
            INT64 => (api.PyLong_FromLongLong)((*datum).cast_signed()),
            FLOAT64 => (api.PyFloat_FromDouble)(f64::from_bits(*datum)),
            STRING8 => scalar::to_python(api, Kind::String8, datum),
            BOOL => scalar::number(api, Kind::Bool, (*datum as u8).into()),
            0 | NULL => {
                api.incref(api._Py_NoneStruct);
                api._Py_NoneStruct
            }
            _ => std::ptr::null_mut(),
        }
    }
}

/// The kind of the value that an exact `int`, `float`, `bool`, `str` or None is, if an int64 holds the
/// `int`.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub unsafe fn kind(api: &Api, object: Object) -> Option<Kind> {
    // SAFETY: `object` is alive.
    let of_type = unsafe { api.type_of(object) };
    Some(match () {
        _ if of_type == api.PyLong_Type => Kind::Int64,
        _ if of_type == api.PyFloat_Type => Kind::Float64,
        _ if of_type == api.PyUnicode_Type => Kind::String8,
        _ if of_type == api.PyBool_Type => Kind::Bool,
        _ if object == api._Py_NoneStruct => Kind::Null,
        _ => return None,
    })
}

/// Stores an exact `int` that an int64 holds, `float`, `bool`, `str` or None as a value; false for
/// anything else, possibly with an exception set. Runs no Python code.
///
/// # Safety
/// `object` is borrowed, `slots` have room for a value, and the GIL is held.
#[inline(always)]
pub unsafe fn from_python(api: &Api, object: Object, slots: *mut metaffi_slot) -> bool {
    // SAFETY: `object` is borrowed, `slots` have room for a value, and the GIL is held.
    unsafe {
        let of_type = api.type_of(object);
        let stored = |kind| {
            *slots.add(TYPE) = kind as u64;
            scalar::from_python(api, kind, object, slots.add(DATUM))
        };
        // Each by a branch of its own, which knows the kind.
        match () {
            _ if of_type == api.PyLong_Type => stored(Kind::Int64),
            _ if of_type == api.PyFloat_Type => stored(Kind::Float64),
            _ if of_type == api.PyUnicode_Type => stored(Kind::String8),
            _ if of_type == api.PyBool_Type => stored(Kind::Bool),
            _ if object == api._Py_NoneStruct => {
                *slots.add(TYPE) = NULL;
                *slots.add(DATUM) = 0;
                true
            }
            _ => false,
        }
    }
}
