//! Numbers, bools and characters of Python: exact, or refused.

use std::ffi::{CStr, c_int};

use super::describe::{describe, mismatch};
use super::lend::number_in;
use super::text;
use crate::abi::metaffi_slot;
use crate::call::{SlotLayout, store};
use crate::error::{Error, Result, Status};
use crate::python::api::{Api, Object, TPFLAGS_LONG_SUBCLASS, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::signature::Kind;
use crate::value;
use crate::value::number::{convert, range};

/// A new Python number, bool or `str` of one character; NULL with an exception set.
///
/// # Safety
/// Under the GIL; the slot holds a scalar of the kind.
#[inline(always)]
pub(super) unsafe fn new(api: &Api, kind: Kind, slot: metaffi_slot) -> Object {
    // SAFETY: under the GIL; the slot holds a scalar of the kind.
    unsafe {
        match kind {
            Kind::Int64 => (api.PyLong_FromLongLong)(slot as i64),
            Kind::Float64 => (api.PyFloat_FromDouble)(f64::from_bits(slot)),
            Kind::Float32 => (api.PyFloat_FromDouble)(f32::from_bits(slot as u32).into()),
            Kind::Int32 => (api.PyLong_FromLongLong)((slot as i32).into()),
            Kind::Int16 => (api.PyLong_FromLongLong)((slot as i16).into()),
            Kind::Int8 => (api.PyLong_FromLongLong)((slot as i8).into()),
            Kind::Uint32 => (api.PyLong_FromLongLong)((slot as u32).into()),
            Kind::Uint16 => (api.PyLong_FromLongLong)((slot as u16).into()),
            Kind::Uint8 => (api.PyLong_FromLongLong)((slot as u8).into()),
            Kind::Bool => (api.PyBool_FromLong)((slot as u8 != 0).into()),
            _ => (api.PyLong_FromUnsignedLongLong)(slot),
        }
    }
}

/// Whether it is the kind of a number, or bool: characters are text in Python.
#[inline]
pub fn is_number(kind: Kind) -> bool {
    kind.is_scalar() && !is_character(kind)
}

#[inline]
pub(super) fn is_character(kind: Kind) -> bool {
    matches!(kind, Kind::Char8 | Kind::Char16 | Kind::Char32)
}

/// A `str` of the character that a unit is.
pub(super) fn character(gil: &Gil, kind: Kind, slot: metaffi_slot) -> Result<PyRef> {
    let unit = match kind {
        Kind::Char8 => u32::from(slot as u8),
        Kind::Char16 => u32::from(slot as u16),
        _ => slot as u32,
    };
    if kind == Kind::Char8 && unit >= 0x80 {
        // Part of a character, as Python has it everywhere: by its error handler.
        let byte = slot as u8;
        // SAFETY: one byte, under the GIL.
        return unsafe {
            PyRef::owned(gil, gil.api.new_utf8(&raw const byte, 1, c"surrogateescape".as_ptr()))
        };
    }
    let char = char::from_u32(unit).ok_or_else(|| {
        Error::new(
            Status::InvalidText,
            format!("{kind} {unit:#x} is not a character by itself; pass the text as a string"),
        )
    })?;
    text::new(gil, char.encode_utf8(&mut [0; 4]))
}

/// The number that is an exact `int`, `float` or bool of Python and fits; `None` needs a closer
/// look. Runs no Python code.
///
/// # Safety
/// Under the GIL; `object` is alive.
#[inline(always)]
pub unsafe fn exact(api: &Api, object: Object, kind: Kind) -> Option<metaffi_slot> {
    // SAFETY: under the GIL; `object` is alive.
    unsafe {
        let r#type = api.type_of(object);
        match kind {
            Kind::Float64 if r#type == api.PyFloat_Type => Some(api.float(object).to_bits()),
            Kind::Float32 if r#type == api.PyFloat_Type => {
                let float = api.float(object);
                let single = float as f32;
                let fits = single.is_finite() || !float.is_finite();
                fits.then_some(single.to_bits().into())
            }
            Kind::Float32 | Kind::Float64 => None,
            Kind::Int64 if r#type == api.PyLong_Type => {
                integral(api, object).map(i64::cast_unsigned)
            }
            Kind::Int64 => None,
            Kind::Bool if object == api._Py_TrueStruct => Some(1),
            Kind::Bool if object == api._Py_FalseStruct => Some(0),
            _ if r#type == api.PyLong_Type && is_number(kind) && kind != Kind::Bool => {
                match integral(api, object) {
                    Some(number) => fits(kind, number).then_some(number as metaffi_slot),
                    None if matches!(kind, Kind::Uint64 | Kind::Size) => unsigned(api, object),
                    None => None,
                }
            }
            _ if r#type == api.PyUnicode_Type && is_character(kind) => {
                character_of(api, object, kind).map(metaffi_slot::from)
            }
            _ => None,
        }
    }
}

/// The value of an `int` if an `i64` holds it.
#[inline(always)]
pub(super) unsafe fn integral(api: &Api, object: Object) -> Option<i64> {
    // SAFETY: the caller has an exact int, and the GIL.
    unsafe {
        match api.small_int(object) {
            None => large(api, object),
            small => small,
        }
    }
}

#[inline(never)]
unsafe fn large(api: &Api, object: Object) -> Option<i64> {
    // SAFETY: the caller has an exact int, and the GIL.
    if let Some((negative, magnitude)) = unsafe { api.int(object) } {
        return match negative {
            true => 0_i64.checked_sub_unsigned(magnitude),
            false => i64::try_from(magnitude).ok(),
        };
    }
    let mut overflow = 0;
    // SAFETY: the caller has an int, and the GIL.
    let number = unsafe { (api.PyLong_AsLongLongAndOverflow)(object, &raw mut overflow) };
    (overflow == 0).then_some(number)
}

/// The value of an `int` that no `i64` holds, but a `u64`.
#[inline(never)]
unsafe fn unsigned(api: &Api, object: Object) -> Option<u64> {
    // SAFETY: the caller has an exact int, and the GIL.
    unsafe {
        if api.layout.known {
            return api.int(object).filter(|(negative, _)| !negative).map(|(_, number)| number);
        }
        let number = (api.PyLong_AsUnsignedLongLong)(object);
        if (api.PyErr_Occurred)().is_null() {
            return Some(number);
        }
        (api.PyErr_Clear)();
        None
    }
}

/// The unit that the only character of an exact `str` is, if it is one.
#[inline(never)]
unsafe fn character_of(api: &Api, object: Object, kind: Kind) -> Option<u32> {
    // SAFETY: the caller has a str, and the GIL.
    unsafe {
        let unit = match api.only_character(object) {
            Some(unit) => unit,
            None if (api.PyUnicode_GetLength)(object) != 1 => return None,
            None => (api.PyUnicode_ReadChar)(object, 0),
        };
        let fits = match kind {
            Kind::Char8 => unit < 0x80,
            Kind::Char16 => unit < 0x1_0000,
            _ => true,
        };
        char::from_u32(unit).filter(|_| fits).map(u32::from)
    }
}

#[inline(always)]
fn fits(kind: Kind, number: i64) -> bool {
    match kind {
        Kind::Int64 => true,
        Kind::Int32 => i32::try_from(number).is_ok(),
        Kind::Int16 => i16::try_from(number).is_ok(),
        Kind::Int8 => i8::try_from(number).is_ok(),
        Kind::Uint32 => u32::try_from(number).is_ok(),
        Kind::Uint16 => u16::try_from(number).is_ok(),
        Kind::Uint8 => u8::try_from(number).is_ok(),
        Kind::Size => usize::try_from(number).is_ok(),
        _ => number >= 0,
    }
}

/// The slot of a bool that is given for an integer, or of an integer for a bool, as C counts them: 0 and
/// 1. `None` for everything else.
///
/// # Safety
/// `object` is alive, and the GIL is held, with no exception set.
pub unsafe fn counted(gil: &Gil, object: Object, kind: Kind) -> Option<metaffi_slot> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        match kind {
            Kind::Float32 | Kind::Float64 => None,
            Kind::Bool if (api.PyIndex_Check)(object) != 0 => {
                let int = error::quietly(gil, || {
                    let int = PyRef::from_owned((api.PyNumber_Index)(object));
                    int.ok_or_else(|| error::fetch(gil))
                })?;
                let number = integral(api, int.as_ptr())?;
                matches!(number, 0 | 1).then_some(number.cast_unsigned())
            }
            Kind::Bool => None,
            _ if !is_number(kind) => None,
            _ if api.type_of(object) == api.PyBool_Type => {
                Some((object == api._Py_TrueStruct).into())
            }
            _ => match number_in(gil, object)? {
                (Kind::Bool, truth) => Some((truth != 0).into()),
                _ => None,
            },
        }
    }
}

/// The slot of a Python number, bool or character.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub(super) unsafe fn from_python(gil: &Gil, object: Object, kind: Kind) -> Result<metaffi_slot> {
    // SAFETY: `object` is alive.
    unsafe {
        match exact(gil.api, object, kind) {
            Some(slot) => Ok(slot),
            None => other(gil, object, kind),
        }
    }
}

#[cold]
unsafe fn other(gil: &Gil, object: Object, kind: Kind) -> Result<metaffi_slot> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        match kind {
            Kind::Float64 => Ok(float(gil, object, kind)?.to_bits()),
            Kind::Float32 => single(gil, object).map(|single| u64::from(single.to_bits())),
            Kind::Bool => boolean(gil, object),
            _ if is_character(kind) => unit(gil, object, kind),
            _ => integer(gil, object, kind),
        }
    }
}

/// An int, or what says by `__index__` that it is one.
unsafe fn integer(gil: &Gil, object: Object, kind: Kind) -> Result<metaffi_slot> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let int = (api.PyNumber_Index)(object);
        let Some(int) = PyRef::from_owned(int) else {
            if let Some(slot) = in_memory(gil, object, kind) {
                return slot;
            }
            let advice = match api.type_of(object) == api.PyFloat_Type {
                true => "a float is not rounded silently; round it in Python",
                false => "return or pass an int",
            };
            return refused(gil, object, kind, advice);
        };
        let mut overflow: c_int = 0;
        let number = (api.PyLong_AsLongLongAndOverflow)(int.as_ptr(), &mut overflow);
        if overflow == 0 && fits(kind, number) {
            return Ok(number as metaffi_slot);
        }
        if overflow > 0 && matches!(kind, Kind::Uint64 | Kind::Size) {
            let number = (api.PyLong_AsUnsignedLongLong)(int.as_ptr());
            if (api.PyErr_Occurred)().is_null() {
                return Ok(number);
            }
            (api.PyErr_Clear)();
        }
        let found = describe(gil, object);
        let (least, greatest) = range(kind).unwrap_or_default();
        let advice = match kind {
            Kind::Int64 | Kind::Uint64 => "; any and handle hold ints of any size",
            _ => "",
        };
        Err(Error::out_of_range(format!(
            "{found} does not fit {kind} ({least} to {greatest}){advice}"
        )))
    }
}

/// The slot of a number that an object holds in its memory, as those of ctypes do; `None` if it holds
/// none.
unsafe fn in_memory(gil: &Gil, object: Object, kind: Kind) -> Option<Result<metaffi_slot>> {
    // SAFETY: `object` is alive, and the GIL is held; what `__index__` raised is put aside.
    let (found, slot) = error::quietly(gil, || Ok(unsafe { number_in(gil, object) }))??;
    let mut number = value::null();
    // SAFETY: an exception may be pending, under the GIL; a number is in its slot.
    unsafe {
        (gil.api.PyErr_Clear)();
        store(&raw const slot, &SlotLayout::of(found.into()), &raw mut number);
        Some(convert(&number, kind.into()).map(|value| value.data.uint64))
    }
}

/// Passes on what `__index__` and the like raised, unless it is that there is no such method.
unsafe fn refused<T>(gil: &Gil, object: Object, kind: Kind, advice: &str) -> Result<T> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        if !(api.PyErr_Occurred)().is_null() {
            if (api.PyErr_ExceptionMatches)(api.PyExc_TypeError) == 0 {
                return Err(error::fetch(gil));
            }
            (api.PyErr_Clear)();
        }
        Err(mismatch(gil, object, kind, advice))
    }
}

/// A float, a float of numpy's that a double holds, or an integer that a double is exactly.
unsafe fn float(gil: &Gil, object: Object, kind: Kind) -> Result<f64> {
    const NUMPY: [&str; 3] = ["numpy.float16", "numpy.float32", "numpy.float64"];
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = api.type_of(object);
        let is_float = (api.PyType_IsSubtype)(r#type, api.PyFloat_Type) != 0;
        if is_float || NUMPY.contains(&type_name(gil, r#type).as_str()) {
            let float = (api.PyFloat_AsDouble)(object);
            return match (api.PyErr_Occurred)().is_null() {
                true => Ok(float),
                false => Err(error::fetch(gil)),
            };
        }
        let Some(int) = PyRef::from_owned((api.PyNumber_Index)(object)) else {
            if let Some(slot) = in_memory(gil, object, Kind::Float64) {
                return slot.map(f64::from_bits);
            }
            let advice = "pass a float; what is not one is not rounded silently: float(…)";
            return refused(gil, object, kind, advice);
        };
        exact_float(gil, &int).ok_or_else(|| no_exact(&describe(gil, object), kind))
    }
}

/// The double that is exactly an int.
unsafe fn exact_float(gil: &Gil, int: &PyRef) -> Option<f64> {
    const EQUAL: c_int = 2;
    let api = gil.api;
    // SAFETY: live objects under the GIL; what fails is cleared.
    unsafe {
        let float = (api.PyFloat_AsDouble)(int.as_ptr());
        let same = PyRef::from_owned((api.PyFloat_FromDouble)(float)).is_some_and(|back| {
            (api.PyErr_Occurred)().is_null()
                && (api.PyObject_RichCompareBool)(back.as_ptr(), int.as_ptr(), EQUAL) == 1
        });
        (api.PyErr_Clear)();
        same.then_some(float)
    }
}

/// Python has no single precision: declaring it asks for rounding, but not of integers, and not to
/// infinity.
unsafe fn single(gil: &Gil, object: Object) -> Result<f32> {
    // SAFETY: `object` is alive, and the GIL is held.
    let (float, is_integer) = unsafe {
        let float = float(gil, object, Kind::Float32)?;
        (float, (gil.api.PyIndex_Check)(object) != 0)
    };
    let single = float as f32;
    if single.is_infinite() && float.is_finite() {
        return Err(Error::out_of_range(format!(
            "{float:?} does not fit float32; declare float64"
        )));
    }
    if is_integer && f64::from(single) != float {
        // SAFETY: as above.
        return Err(no_exact(&unsafe { describe(gil, object) }, Kind::Float32));
    }
    Ok(single)
}

#[cold]
fn no_exact(found: &str, kind: Kind) -> Error {
    Error::out_of_range(format!("{found} has no exact {kind}; round it: float(…)"))
}

/// A bool, or numpy's.
unsafe fn boolean(gil: &Gil, object: Object) -> Result<metaffi_slot> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let name = type_name(gil, api.type_of(object));
        if name == "numpy.bool" || name == "numpy.bool_" {
            return Ok(u64::from((api.PyObject_IsTrue)(object) == 1));
        }
        Err(mismatch(gil, object, Kind::Bool, "pass True or False: bool(…)"))
    }
}

/// The unit of a `str` of one character that is one unit, or an unsigned number of the width.
unsafe fn unit(gil: &Gil, object: Object, kind: Kind) -> Result<metaffi_slot> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let flags = api.flags_of(object);
        if flags & TPFLAGS_LONG_SUBCLASS != 0 {
            let twin = match kind {
                Kind::Char8 => Kind::Uint8,
                Kind::Char16 => Kind::Uint16,
                _ => Kind::Uint32,
            };
            if kind == Kind::Char8
                && let Some(number @ -128..0) = integral(api, object)
            {
                // C's `char` has a sign.
                return Ok(u64::from(number as u8));
            }
            let unit = integer(gil, object, twin)?;
            return match kind == Kind::Char32 && char::from_u32(unit as u32).is_none() {
                false => Ok(unit),
                true => Err(Error::new(
                    Status::InvalidText,
                    format!("{unit:#x} is not a Unicode character"),
                )),
            };
        }
        if kind == Kind::Char8
            && api.type_of(object) == api.PyBytes_Type
            && (api.PyBytes_Size)(object) == 1
        {
            return Ok((api.PyBytes_AsString)(object).cast::<u8>().read().into());
        }
        if flags & TPFLAGS_UNICODE_SUBCLASS == 0 || (api.PyUnicode_GetLength)(object) != 1 {
            return Err(mismatch(gil, object, kind, "pass a str of one character"));
        }
        let unit = (api.PyUnicode_ReadChar)(object, 0);
        if kind == Kind::Char8 && (0xdc80..0xdd00).contains(&unit) {
            return Ok(u64::from(unit as u8));
        }
        let limit = match kind {
            Kind::Char8 => 0x80,
            Kind::Char16 => 0x1_0000,
            _ => 0x11_0000,
        };
        if unit < limit && char::from_u32(unit).is_some() {
            return Ok(unit.into());
        }
        let found = describe(gil, object);
        Err(Error::out_of_range(format!("{found} is not one unit of {kind}; declare a string")))
    }
}

/// The integer attribute of an object, such as the days of a duration.
pub(super) fn attribute(gil: &Gil, object: &PyRef, name: &CStr) -> Result<i64> {
    let number = object.attribute(gil, name)?;
    // SAFETY: a live object under the GIL.
    unsafe { from_python(gil, number.as_ptr(), Kind::Int64) }.map(|slot| slot as i64)
}
