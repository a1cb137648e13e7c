//! Numbers, bools and characters: read from a value, converted without loss, or refused.

use std::fmt;

use super::{Kind, kind_of, zero};
use crate::abi::metaffi_value;
use crate::error::{Error, Result, Status};
use crate::signature::Type;

/// What a scalar is, whatever its width.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::value) enum Number {
    Integer(i128),
    Float(f64),
    Bool(bool),
    /// A code unit, of 8 or 16 bits, or a code point.
    Char(u32),
}

/// The scalar as another scalar type, if that loses nothing.
///
/// Integers convert to every integer that holds them, and to a float that is exactly them; floats
/// to floats; characters to characters and to the unsigned integer of their width, and back. As
/// `any` a scalar stays what it is.
pub fn convert(value: &metaffi_value, to: Type) -> Result<metaffi_value> {
    let from = kind_of(value)?;
    let kind = to.kind();
    let Some(number) = read(value, from).filter(|_| kind.is_scalar() || kind == Kind::Any) else {
        return Err(match kind {
            Kind::Callable => {
                super::unconvertible(from, "callable; to give an address, declare size")
            }
            _ => super::unconvertible(from, to),
        });
    };
    match number {
        _ if from == kind || kind == Kind::Any => Ok(write(number, from)),
        Number::Integer(integer) => convert_integer(integer, from, kind),
        Number::Float(float) => convert_float(float, from, kind),
        Number::Bool(_) => Err(mismatch(number, from, kind)),
        Number::Char(char) => convert_char(char, from, kind),
    }
}

/// The number that a value of the kind holds; `None` for what is no scalar.
pub(in crate::value) fn read(value: &metaffi_value, kind: Kind) -> Option<Number> {
    let data = &value.data;
    // SAFETY: every member read is plain bits, and the bytes of a payload are initialized; a bool
    // is read as the byte it is.
    Some(unsafe {
        match kind {
            Kind::Float64 => Number::Float(data.float64),
            Kind::Float32 => Number::Float(data.float32.into()),
            Kind::Int8 => Number::Integer(data.int8.into()),
            Kind::Int16 => Number::Integer(data.int16.into()),
            Kind::Int32 => Number::Integer(data.int32.into()),
            Kind::Int64 => Number::Integer(data.int64.into()),
            Kind::Uint8 => Number::Integer(data.uint8.into()),
            Kind::Uint16 => Number::Integer(data.uint16.into()),
            Kind::Uint32 => Number::Integer(data.uint32.into()),
            Kind::Uint64 => Number::Integer(data.uint64.into()),
            Kind::Size => Number::Integer(data.size as i128),
            Kind::Bool => Number::Bool(data.uint8 != 0),
            Kind::Char8 => Number::Char(data.char8.into()),
            Kind::Char16 => Number::Char(data.char16.into()),
            Kind::Char32 => Number::Char(data.char32),
            _ => return None,
        }
    })
}

/// The value of a number that is known to fit the kind.
pub(in crate::value) fn write(number: Number, kind: Kind) -> metaffi_value {
    let mut value = zero(kind.into());
    let data = &mut value.data;
    match number {
        Number::Float(float) if kind == Kind::Float32 => data.float32 = float as f32,
        Number::Float(float) => data.float64 = float,
        Number::Bool(bool) => data.boolean = bool,
        Number::Integer(integer) => write_integer(&mut value, integer, kind),
        Number::Char(char) => write_integer(&mut value, char.into(), kind),
    }
    value
}

fn write_integer(value: &mut metaffi_value, integer: i128, kind: Kind) {
    let data = &mut value.data;
    match kind {
        Kind::Int8 | Kind::Uint8 | Kind::Char8 => data.uint8 = integer as u8,
        Kind::Int16 | Kind::Uint16 | Kind::Char16 => data.uint16 = integer as u16,
        Kind::Int32 | Kind::Uint32 | Kind::Char32 => data.uint32 = integer as u32,
        Kind::Size => data.size = integer as usize,
        _ => data.uint64 = integer as u64,
    }
}

/// The least and greatest integer of an integer kind.
pub(crate) fn range(kind: Kind) -> Option<(i128, i128)> {
    Some(match kind {
        Kind::Int8 => (i8::MIN.into(), i8::MAX.into()),
        Kind::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Kind::Int32 => (i32::MIN.into(), i32::MAX.into()),
        Kind::Int64 => (i64::MIN.into(), i64::MAX.into()),
        Kind::Uint8 => (0, u8::MAX.into()),
        Kind::Uint16 => (0, u16::MAX.into()),
        Kind::Uint32 => (0, u32::MAX.into()),
        Kind::Uint64 => (0, u64::MAX.into()),
        Kind::Size => (0, usize::MAX as i128),
        _ => return None,
    })
}

/// The unsigned integer of a character's width, and the other way round.
fn twin(kind: Kind) -> Option<Kind> {
    Some(match kind {
        Kind::Char8 => Kind::Uint8,
        Kind::Char16 => Kind::Uint16,
        Kind::Char32 => Kind::Uint32,
        Kind::Uint8 => Kind::Char8,
        Kind::Uint16 => Kind::Char16,
        Kind::Uint32 => Kind::Char32,
        _ => return None,
    })
}

fn convert_integer(integer: i128, from: Kind, to: Kind) -> Result<metaffi_value> {
    if let Some((least, greatest)) = range(to) {
        return if (least..=greatest).contains(&integer) {
            Ok(write(Number::Integer(integer), to))
        } else {
            Err(Error::out_of_range(format!("{integer} does not fit {to} ({least} to {greatest})")))
        };
    }
    let exact = match to {
        Kind::Float64 => (integer as f64) as i128 == integer,
        Kind::Float32 => (integer as f32) as i128 == integer,
        Kind::Char32 if from == Kind::Uint32 => return code_point(integer as u32, to),
        _ if twin(from) == Some(to) => return Ok(write(Number::Integer(integer), to)),
        _ => return Err(mismatch(Number::Integer(integer), from, to)),
    };
    if exact {
        return Ok(write(Number::Float(integer as f64), to));
    }
    Err(Error::out_of_range(format!("{integer} has no exact {to}; round it and pass a {to}")))
}

fn convert_float(float: f64, from: Kind, to: Kind) -> Result<metaffi_value> {
    let exact = match to {
        Kind::Float64 => true,
        Kind::Float32 => float.is_nan() || f64::from(float as f32) == float,
        _ => return Err(mismatch(Number::Float(float), from, to)),
    };
    if exact {
        return Ok(write(Number::Float(float), to));
    }
    Err(Error::out_of_range(format!("{float:?} has no exact {to}; round it and pass a {to}")))
}

/// A unit is a character of its own below 0x80 in UTF-8, and outside the surrogates in UTF-16.
fn convert_char(char: u32, from: Kind, to: Kind) -> Result<metaffi_value> {
    if twin(from) == Some(to) {
        return Ok(write(Number::Char(char), to));
    }
    let whole = match from {
        Kind::Char8 => char < 0x80,
        _ => char::from_u32(char).is_some(),
    };
    match to {
        Kind::Char8 | Kind::Char16 | Kind::Char32 if !whole => Err(Error::out_of_range(format!(
            "{from} {char:#x} is only a part of a character; pass the text as a string"
        ))),
        Kind::Char8 if char < 0x80 => Ok(write(Number::Char(char), to)),
        Kind::Char16 if char < 0x1_0000 => Ok(write(Number::Char(char), to)),
        Kind::Char32 => code_point(char, to),
        Kind::Char8 | Kind::Char16 => Err(Error::out_of_range(format!(
            "{from} {char:#x} takes more than one {to}; pass the text as a string"
        ))),
        _ => Err(mismatch(Number::Char(char), from, to)),
    }
}

fn code_point(unit: u32, to: Kind) -> Result<metaffi_value> {
    if char::from_u32(unit).is_some() {
        return Ok(write(Number::Char(unit), to));
    }
    Err(Error::new(Status::InvalidText, format!("{unit:#x} is not a Unicode character")))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(integer) => write!(f, "{integer}"),
            Number::Float(float) => write!(f, "{float:?}"),
            Number::Bool(bool) => write!(f, "{bool}"),
            Number::Char(unit) => match char::from_u32(*unit).filter(|char| !char.is_control()) {
                Some(char) => write!(f, "'{char}'"),
                None => write!(f, "{unit:#x}"),
            },
        }
    }
}

#[cold]
fn mismatch(number: Number, from: Kind, to: Kind) -> Error {
    let advice = match number {
        Number::Integer(_) if to == Kind::Bool => "an integer is no bool; pass a bool",
        Number::Integer(_) => "only the unsigned integer of its width is taken for a character",
        Number::Float(_) => "a float is not rounded silently; round it and pass an integer",
        Number::Bool(_) => "a bool converts to nothing else; pass the number you mean",
        Number::Char(_) => {
            "a character converts only to characters and to the unsigned integer of its width"
        }
    };
    Error::mismatch(format!("{from} {number} given for {to}: {advice}"))
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
