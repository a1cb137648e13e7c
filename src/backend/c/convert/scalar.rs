//! [`Scalar`]: a number of any C type, converted as C converts: wrapped, rounded, truncated.

use super::{half_float, long_double};
use crate::backend::c::data::ctype::{CType, Format, Representation};
use crate::error::{Error, Result};

/// A number on its way from one C type to another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scalar {
    /// An integer that may be negative.
    Signed(i128),
    /// An integer that is not.
    Unsigned(u128),
    /// A real number.
    Float(f64),
}

/// Reads a number, or the value of a pointer; of a complex number, the real part.
///
/// # Safety
/// A value of the type is at `from`, aligned or not.
pub unsafe fn load(ctype: &CType, from: *const u8) -> Result<Scalar> {
    // SAFETY: a value of the type is at `from`, aligned or not.
    unsafe {
        Ok(match ctype.class {
            Representation::Integer { signed } | Representation::Wide { signed } => {
                integer(from, ctype.size, signed)
            }
            Representation::Bool | Representation::Pointer(_) => integer(from, ctype.size, false),
            Representation::Float(format) | Representation::Complex(format) => {
                load_float(format, from)?
            }
            _ => return Err(no_number(ctype)),
        })
    }
}

unsafe fn integer(from: *const u8, size: usize, signed: bool) -> Scalar {
    let mut bytes = [0_u8; 16];
    // SAFETY: the caller has an integer of that size, which is at most 16.
    unsafe { from.copy_to_nonoverlapping(bytes.as_mut_ptr(), size) };
    let value = u128::from_le_bytes(bytes);
    let unused = u128::BITS - 8 * size as u32;
    match signed {
        true => Scalar::Signed((value << unused) as i128 >> unused),
        false => Scalar::Unsigned(value),
    }
}

unsafe fn load_float(format: Format, from: *const u8) -> Result<Scalar> {
    // SAFETY: the caller has a number of the format.
    unsafe {
        Ok(match format {
            Format::Half => Scalar::Float(half_float::load(from.cast::<u16>().read_unaligned())),
            Format::Single => Scalar::Float(f64::from(from.cast::<f32>().read_unaligned())),
            Format::Double => Scalar::Float(from.cast::<f64>().read_unaligned()),
            Format::Extended => match long_double::integer(from) {
                Some(exact) => Scalar::Signed(exact),
                None => Scalar::Float(long_double::load(from)?),
            },
            Format::Quad => return Err(quad()),
        })
    }
}

/// Writes a number as a value of the type; the imaginary part of a complex one is zero.
///
/// # Safety
/// `to` has room for a value of the type.
pub unsafe fn store(ctype: &CType, value: Scalar, to: *mut u8) -> Result<()> {
    // SAFETY: `to` has room for a value of the type.
    unsafe {
        match ctype.class {
            Representation::Bool => to.write(u8::from(value.is_true())),
            Representation::Integer { .. }
            | Representation::Wide { .. }
            | Representation::Pointer(_) => {
                let bytes = value.wrapped(ctype)?.to_le_bytes();
                to.copy_from_nonoverlapping(bytes.as_ptr(), ctype.size);
            }
            Representation::Float(format) => store_float(format, value, to)?,
            Representation::Complex(format) => {
                to.write_bytes(0, ctype.size);
                store_float(format, value, to)?;
            }
            _ => return Err(no_number(ctype)),
        }
    }
    Ok(())
}

unsafe fn store_float(format: Format, value: Scalar, to: *mut u8) -> Result<()> {
    // SAFETY: the caller made room for the format.
    unsafe {
        match (format, value) {
            (Format::Half, _) => to.cast::<u16>().write_unaligned(half_float::store(value.float())),
            (Format::Single, _) => to.cast::<f32>().write_unaligned(value.single()),
            (Format::Double, _) => to.cast::<f64>().write_unaligned(value.float()),
            (Format::Extended, Scalar::Float(value)) => long_double::store(value, to)?,
            (Format::Extended, Scalar::Signed(value)) => {
                long_double::store_integer(value < 0, value.unsigned_abs(), to)?;
            }
            (Format::Extended, Scalar::Unsigned(value)) => {
                long_double::store_integer(false, value, to)?;
            }
            (Format::Quad, _) => return Err(quad()),
        }
    }
    Ok(())
}

impl Scalar {
    fn is_true(self) -> bool {
        match self {
            Scalar::Signed(value) => value != 0,
            Scalar::Unsigned(value) => value != 0,
            Scalar::Float(value) => value != 0.0,
        }
    }

    /// The nearest double.
    fn float(self) -> f64 {
        match self {
            Scalar::Signed(value) => value as f64,
            Scalar::Unsigned(value) => value as f64,
            Scalar::Float(value) => value,
        }
    }

    /// The nearest float: integers are rounded once.
    fn single(self) -> f32 {
        match self {
            Scalar::Signed(value) => value as f32,
            Scalar::Unsigned(value) => value as f32,
            Scalar::Float(value) => value as f32,
        }
    }

    /// The bits of an integer type: integers wrap, real numbers lose their fraction.
    fn wrapped(self, ctype: &CType) -> Result<u128> {
        match self {
            Scalar::Signed(value) => Ok(value as u128),
            Scalar::Unsigned(value) => Ok(value),
            Scalar::Float(value) => truncated(value, ctype),
        }
    }
}

/// A real number without its fraction, if the type holds that: C leaves all else undefined.
fn truncated(value: f64, ctype: &CType) -> Result<u128> {
    let signed = matches!(
        ctype.class,
        Representation::Integer { signed: true } | Representation::Wide { signed: true }
    );
    let bits = 8 * ctype.size as i32;
    let (low, high) = match signed {
        true => (-(2f64.powi(bits - 1)), 2f64.powi(bits - 1)),
        false => (0.0, 2f64.powi(bits)),
    };
    let whole = value.trunc();
    if !(low..high).contains(&whole) {
        return Err(Error::out_of_range(format!(
            "{value} does not fit {}, and C leaves the result undefined",
            ctype.spell()
        )));
    }
    Ok(if signed { whole as i128 as u128 } else { whole as u128 })
}

#[cold]
fn no_number(ctype: &CType) -> Error {
    Error::mismatch(format!("`{}` is not a number", ctype.spell()))
}

#[cold]
fn quad() -> Error {
    Error::unsupported("_Float128 is not converted; use its bytes (metaffi_cdata_buffer)")
}
