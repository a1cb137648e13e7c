//! Data where Python wants truth or a number, and numbers that the vocabulary has no values for.

use std::ffi::c_int;
use std::ptr;

use super::items::is_sequence;
use super::place::Place;
use super::raise::exception;
use super::real::{Real, joined};
use super::store::StoredMemory;
use super::table::Shape;
use super::text::is_str;
use super::{DataTable, fields, load, refusal, store};
use crate::call::Element;
use crate::error::{Error, Result, Status};
use crate::host::python::trampoline::trampoline;
use crate::object::layout::{NumberFormat, Precision};
use crate::python::api::Object;
use crate::python::convert::{self, HeldNumber};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support::int;
use crate::signature::Kind;
use crate::value::OwnedValue;

/// `Py_LT` and `Py_EQ`.
const LESS: c_int = 0;
const EQUAL: c_int = 2;

/// `Py_nb_bool`: only a null pointer is false.
pub(super) unsafe extern "C-unwind" fn truth(object: Object) -> c_int {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        let data = fields(object);
        c_int::from(!data.is_pointer() || !data.address().is_null())
    }
}

/// `Py_nb_int`: of a number, or of a pointer's address.
pub(super) unsafe extern "C-unwind" fn integer(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let place = Place::of(gil, object)?;
            match place.table.shape {
                Shape::Pointer | Shape::Code => {
                    int(gil, place.at.cast::<usize>().read_unaligned() as u64)
                }
                Shape::Scalar(_) => {
                    let number = load::load(gil, &place)?;
                    if is_str(gil, &number) {
                        return int_of_unit(gil, &place);
                    }
                    PyRef::owned(gil, (gil.api.PyNumber_Long)(number.as_ptr()))
                }
                Shape::Number(NumberFormat::Wide { signed }) => wide(gil, place.at, signed),
                Shape::Number(NumberFormat::Real(precision)) => {
                    Real::load(precision, place.at).integer(gil)
                }
                _ => Err(no_number(gil, &place)),
            }
        })
    }
}

/// The number of a unit of text.
unsafe fn int_of_unit(gil: &Gil, place: &Place) -> Result<PyRef> {
    // SAFETY: a scalar of its size is there.
    unsafe {
        let unit = match place.table.size {
            1 => place.at.read().into(),
            2 => place.at.cast::<u16>().read_unaligned().into(),
            _ => place.at.cast::<u32>().read_unaligned(),
        };
        int(gil, unit.into())
    }
}

/// `Py_nb_float`
pub(super) unsafe extern "C-unwind" fn float(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let place = Place::of(gil, object)?;
            match place.table.shape {
                Shape::Scalar(_) => {
                    let number = load::load(gil, &place)?;
                    PyRef::owned(gil, (gil.api.PyNumber_Float)(number.as_ptr()))
                }
                Shape::Number(NumberFormat::Wide { signed }) => {
                    let number = wide(gil, place.at, signed)?;
                    PyRef::owned(gil, (gil.api.PyNumber_Float)(number.as_ptr()))
                }
                Shape::Number(NumberFormat::Real(precision)) => {
                    Real::load(precision, place.at).float(gil)
                }
                _ => Err(no_number(gil, &place)),
            }
        })
    }
}

/// `__complex__`
pub(super) unsafe extern "C-unwind" fn complex(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let place = Place::of(gil, object)?;
            let (real, imaginary) = match place.table.shape {
                Shape::Number(NumberFormat::Complex(precision)) => {
                    let half = place.table.size / 2;
                    let part = |at| Real::load(precision, at).float(gil);
                    (part(place.at)?, Some(part(place.at.add(half))?))
                }
                _ => (PyRef::owned(gil, (gil.api.PyNumber_Float)(object))?, None),
            };
            let double = |number: &PyRef| (gil.api.PyFloat_AsDouble)(number.as_ptr());
            let imaginary = imaginary.as_ref().map_or(0.0, double);
            PyRef::owned(gil, (gil.api.PyComplex_FromDoubles)(double(&real), imaginary))
        })
    }
}

#[cold]
fn no_number(gil: &Gil, place: &Place) -> Error {
    let message = format!("{} is no number", place.table.spell());
    exception(gil, gil.api.PyExc_TypeError, &message)
}

/// The `int` of sixteen bytes.
unsafe fn wide(gil: &Gil, at: *const u8, signed: bool) -> Result<PyRef> {
    // SAFETY: the caller has them there.
    let number = unsafe { at.cast::<u128>().read_unaligned() };
    let (high, low) = ((number >> 64) as u64, number as u64);
    // SAFETY: under the GIL.
    let high = unsafe {
        match signed {
            true => PyRef::owned(gil, (gil.api.PyLong_FromLongLong)(high.cast_signed())),
            false => int(gil, high),
        }
    }?;
    joined(gil, &high, low)
}

/// Writes a Python number, exactly or not at all.
///
/// # Safety
/// There is room for the type.
pub(super) unsafe fn store(
    gil: &Gil,
    table: &DataTable,
    format: NumberFormat,
    at: *mut u8,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: there is room for the type; live objects under the GIL.
    unsafe {
        match format {
            NumberFormat::Wide { signed } => store_wide(gil, table, at, signed, given),
            NumberFormat::Complex(_) => {
                let Some(inner) = table.inner(gil)? else {
                    return Err(refusal::mismatch(gil, table, given));
                };
                if is_sequence(gil, given) {
                    let value = super::value::from_python(gil, given)?;
                    return table.layout.origin.store(at, None, &value);
                }
                let (real, imaginary) = parts(gil, table, given)?;
                let part = |at, number: &PyRef| {
                    let to = StoredMemory { root: ptr::null_mut(), at, room: None };
                    store::write(gil, inner, to, number)
                };
                part(at, &real)?;
                part(at.add(inner.size), &imaginary)
            }
            NumberFormat::Real(precision) => store_real(gil, table, precision, at, given),
        }
    }
}

/// The parts of a number.
fn parts(gil: &Gil, table: &DataTable, given: &PyRef) -> Result<(PyRef, PyRef)> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        let float = |number| PyRef::owned(gil, (api.PyFloat_FromDouble)(number));
        if api.type_of(given.as_ptr()) == api.PyComplex_Type {
            let real = float((api.PyComplex_RealAsDouble)(given.as_ptr()))?;
            return Ok((real, float((api.PyComplex_ImagAsDouble)(given.as_ptr()))?));
        }
        let is_number = (api.PyIndex_Check)(given.as_ptr()) != 0
            || (api.PyType_IsSubtype)(api.type_of(given.as_ptr()), api.PyFloat_Type) != 0;
        match is_number && api.type_of(given.as_ptr()) != api.PyBool_Type {
            true => Ok((given.clone_ref(gil), float(0.0)?)),
            false if (api.PyObject_HasAttrString)(given.as_ptr(), c"imag".as_ptr()) != 0 => {
                Ok((given.attribute(gil, c"real")?, given.attribute(gil, c"imag")?))
            }
            false => Err(refusal::mismatch(gil, table, given)),
        }
    }
}

unsafe fn store_wide(
    gil: &Gil,
    table: &DataTable,
    at: *mut u8,
    signed: bool,
    given: &PyRef,
) -> Result<()> {
    let api = gil.api;
    // SAFETY: the caller has room for sixteen bytes; live objects under the GIL.
    unsafe {
        let number = match convert::counted(gil, given.as_ptr(), Kind::Int64) {
            Some(truth) => int(gil, truth)?,
            None if (api.PyIndex_Check)(given.as_ptr()) == 0 => {
                return Err(refusal::mismatch(gil, table, given));
            }
            None => PyRef::owned(gil, (api.PyNumber_Index)(given.as_ptr()))?,
        };
        let bits = int(gil, 64)?;
        let high = PyRef::owned(gil, (api.PyNumber_Rshift)(number.as_ptr(), bits.as_ptr()))?;
        let mask = int(gil, u64::MAX)?;
        let low = PyRef::owned(gil, (api.PyNumber_And)(number.as_ptr(), mask.as_ptr()))?;
        let low = (api.PyLong_AsUnsignedLongLong)(low.as_ptr());
        let high = match signed {
            true => (api.PyLong_AsLongLong)(high.as_ptr()).cast_unsigned(),
            false => (api.PyLong_AsUnsignedLongLong)(high.as_ptr()),
        };
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
            return Err(Error::out_of_range(format!(
                "the int does not fit C's {} ({})",
                table.spell(),
                if signed { "-2**127 to 2**127 - 1" } else { "0 to 2**128 - 1" }
            )));
        }
        at.cast::<u128>().write_unaligned(u128::from(high) << 64 | u128::from(low));
    }
    Ok(())
}

/// A float or an int, which has to be there as it was.
unsafe fn store_real(
    gil: &Gil,
    table: &DataTable,
    precision: Precision,
    at: *mut u8,
    given: &PyRef,
) -> Result<()> {
    let api = gil.api;
    // SAFETY: the caller has room for the number; live objects under the GIL.
    unsafe {
        if precision != Precision::Quad
            && let Some(held) = HeldNumber::of(gil, given.as_ptr(), Element::Float)
            && held.bytes().len() == table.size
        {
            at.copy_from_nonoverlapping(held.bytes().as_ptr(), table.size);
            return Ok(());
        }
        let r#type = api.type_of(given.as_ptr());
        let is_float = (api.PyType_IsSubtype)(r#type, api.PyFloat_Type) != 0;
        let is_int = (api.PyIndex_Check)(given.as_ptr()) != 0 && r#type != api.PyBool_Type;
        if !is_float && !is_int {
            return Err(refusal::mismatch(gil, table, given));
        }
        let given = match is_float {
            true => given.clone_ref(gil),
            false => PyRef::owned(gil, (api.PyNumber_Index)(given.as_ptr()))?,
        };
        let mut overflow = 0;
        let value: OwnedValue = match is_float {
            true => OwnedValue::from_raw((api.PyFloat_AsDouble)(given.as_ptr()).into()),
            false => {
                let number = (api.PyLong_AsLongLongAndOverflow)(given.as_ptr(), &raw mut overflow);
                OwnedValue::from_raw(number.into())
            }
        };
        if overflow == 0 {
            table.layout.origin.store(at, None, &value)?;
        } else {
            big(gil, table, precision, at, &given)?;
        }
        // Half a float is asked to round, as single precision is.
        if precision == Precision::Half || is_float {
            return Ok(());
        }
        let back = Real::load(precision, at).integer(gil)?;
        match (api.PyObject_RichCompareBool)(back.as_ptr(), given.as_ptr(), EQUAL) {
            1 => Ok(()),
            0 => Err(inexact(table)),
            _ => Err(fetch(gil)),
        }
    }
}

#[cold]
fn inexact(table: &DataTable) -> Error {
    Error::new(
        Status::OutOfRange,
        format!("the int has no exact {}; round it: float(…)", table.spell()),
    )
}

/// An int of more than 63 bits: the highest 64 of it where the format has so many, else what a double
/// has of it. Whether that is all is seen when it is looked at again.
unsafe fn big(
    gil: &Gil,
    table: &DataTable,
    precision: Precision,
    at: *mut u8,
    given: &PyRef,
) -> Result<()> {
    let api = gil.api;
    // SAFETY: the caller has room for the number; live objects under the GIL.
    unsafe {
        if precision != Precision::Extended || !cfg!(target_arch = "x86_64") {
            let float = PyRef::owned(gil, (api.PyNumber_Float)(given.as_ptr()))?;
            let value = OwnedValue::from_raw((api.PyFloat_AsDouble)(float.as_ptr()).into());
            return table.layout.origin.store(at, None, &value);
        }
        let zero = int(gil, 0)?;
        let negative = (api.PyObject_RichCompareBool)(given.as_ptr(), zero.as_ptr(), LESS) == 1;
        let magnitude = match negative {
            true => PyRef::owned(gil, (api.PyNumber_Negative)(given.as_ptr()))?,
            false => given.clone_ref(gil),
        };
        let width = magnitude.attribute(gil, c"bit_length")?.call0(gil)?;
        let width = (api.PyLong_AsLongLong)(width.as_ptr());
        let Ok(exponent @ ..0x7fff) = u16::try_from(width + 16382) else {
            return Err(inexact(table));
        };
        let dropped = int(gil, (width - 64).max(0).cast_unsigned())?;
        let highest = (api.PyNumber_Rshift)(magnitude.as_ptr(), dropped.as_ptr());
        let highest = PyRef::owned(gil, highest)?;
        let fraction = (api.PyLong_AsUnsignedLongLong)(highest.as_ptr());
        at.cast::<u64>().write_unaligned(fraction);
        at.add(8).cast::<u16>().write_unaligned(exponent | u16::from(negative) << 15);
    }
    Ok(())
}
