//! [`NumberForm`]: how a call reads a number of a declared kind from an object, compiled.

use super::number::integral;
use crate::abi::metaffi_slot;
use crate::python::api::{Api, Object};
use crate::signature::Kind;
use crate::value::number::range;

/// How an argument becomes a slot that loses nothing by it. Whatever takes a closer look is left to
/// the general way.
#[derive(Clone, Copy)]
pub enum NumberForm {
    /// An `int` from `least` on, and at most `span` above; a bool if these are integers.
    Integer { least: i64, span: u64, bools: bool },
    /// A `float`, or an `int` that is one exactly.
    Double,
    /// The same, rounded as declaring it asks for.
    Single,
    /// `True` or `False`.
    Bool,
    /// A `str` of one ASCII character, one of `bytes`, or an `int` that is a unit.
    Char,
    /// Not at all.
    Other,
}

/// Ints up to this, and down to its negative, are doubles.
const DOUBLE: u64 = 1 << f64::MANTISSA_DIGITS;
/// The same of single precision.
const SINGLE: u64 = 1 << f32::MANTISSA_DIGITS;

impl NumberForm {
    /// That of a kind.
    pub fn of(kind: Kind) -> NumberForm {
        match kind {
            Kind::Float64 => NumberForm::Double,
            Kind::Float32 => NumberForm::Single,
            Kind::Bool => NumberForm::Bool,
            Kind::Char8 => NumberForm::Char,
            _ => match range(kind) {
                Some((least, greatest)) => NumberForm::between(least, greatest),
                None => NumberForm::Other,
            },
        }
    }

    /// Integers between two, as far as an `i64` holds them.
    fn between(least: i128, greatest: i128) -> NumberForm {
        let (least, greatest) = (least as i64, greatest.min(i64::MAX.into()) as i64);
        let span = greatest.wrapping_sub(least).cast_unsigned();
        NumberForm::Integer { least, span, bools: false }
    }

    /// The same where bools are integers.
    pub fn counting_bools(self) -> NumberForm {
        match self {
            NumberForm::Integer { least, span, .. } => {
                NumberForm::Integer { least, span, bools: true }
            }
            other => other,
        }
    }

    /// The slot of an object; `None` leaves it to the general way. Runs no Python code.
    ///
    /// # Safety
    /// Under the GIL; `object` is alive.
    #[inline(always)]
    pub unsafe fn load(self, api: &Api, object: Object) -> Option<metaffi_slot> {
        // SAFETY: under the GIL; `object` is alive.
        unsafe {
            let r#type = api.type_of(object);
            match self {
                NumberForm::Integer { least, span, bools } => {
                    if r#type != api.PyLong_Type && !(bools && r#type == api.PyBool_Type) {
                        return None;
                    }
                    let number = integral(api, object)?;
                    let above = number.wrapping_sub(least).cast_unsigned();
                    (above <= span).then_some(number.cast_unsigned())
                }
                NumberForm::Double if r#type == api.PyFloat_Type => {
                    Some(api.float(object).to_bits())
                }
                NumberForm::Double => Some((exact_int(api, object, DOUBLE)? as f64).to_bits()),
                NumberForm::Single => single(api, object),
                NumberForm::Bool if object == api._Py_TrueStruct => Some(1),
                NumberForm::Bool if object == api._Py_FalseStruct => Some(0),
                NumberForm::Char if r#type == api.PyUnicode_Type => {
                    api.only_character(object).filter(|unit| *unit < 0x80).map(metaffi_slot::from)
                }
                NumberForm::Char if r#type == api.PyLong_Type => {
                    let unit = integral(api, object)?;
                    u8::try_from(unit).ok().map(metaffi_slot::from)
                }
                NumberForm::Char if r#type == api.PyBytes_Type => {
                    let is_one = (api.PyBytes_Size)(object) == 1;
                    is_one.then(|| (api.PyBytes_AsString)(object).cast::<u8>().read().into())
                }
                NumberForm::Bool | NumberForm::Char | NumberForm::Other => None,
            }
        }
    }
}

impl NumberForm {
    /// Whether an object that is not loaded is refused for sure. Then it is one that refers to no other.
    ///
    /// # Safety
    /// Under the GIL; `object` is alive.
    pub unsafe fn refuses(self, api: &Api, object: Object) -> bool {
        // SAFETY: under the GIL; `object` is alive.
        let r#type = unsafe { api.type_of(object) };
        let is_text = r#type == api.PyUnicode_Type || r#type == api.PyBytes_Type;
        match self {
            NumberForm::Integer { .. } => {
                let is_int = r#type == api.PyLong_Type;
                // SAFETY: as above. One that an `i64` does not hold may be unsigned.
                let is_read = || unsafe { integral(api, object) }.is_some();
                is_text
                    || object == api._Py_NoneStruct
                    || r#type == api.PyFloat_Type
                    || is_int && is_read()
            }
            NumberForm::Double | NumberForm::Single | NumberForm::Bool => {
                is_text || object == api._Py_NoneStruct
            }
            NumberForm::Char | NumberForm::Other => false,
        }
    }
}

/// An exact `int` that is not above `most`, and its negative not below.
#[inline(always)]
unsafe fn exact_int(api: &Api, object: Object, most: u64) -> Option<i64> {
    // SAFETY: the caller has a live object, under the GIL.
    unsafe {
        if api.type_of(object) != api.PyLong_Type {
            return None;
        }
        integral(api, object).filter(|number| number.unsigned_abs() <= most)
    }
}

/// A number that single precision has room for.
#[inline(always)]
unsafe fn single(api: &Api, object: Object) -> Option<metaffi_slot> {
    // SAFETY: the caller has a live object, under the GIL.
    let single = unsafe {
        match api.type_of(object) == api.PyFloat_Type {
            true => {
                let float = api.float(object);
                let single = float as f32;
                if single.is_infinite() && float.is_finite() {
                    return None;
                }
                single
            }
            false => exact_int(api, object, SINGLE)? as f32,
        }
    };
    Some(single.to_bits().into())
}
