//! C's data as numbers.

use std::cmp::Ordering;

use super::compare::order_float;
use crate::abi::{metaffi_complex, metaffi_value};
use crate::backend::c::convert::long_double;
use crate::backend::c::convert::scalar::{self, Scalar};
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{CType, Format, Representation};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::handle::pin::CallScope;
use crate::object::{Capabilities, refuse};
use crate::value::OwnedValue;
use crate::value::neutral::{BigInt, Neutral};

/// The number that data is.
pub(super) fn of(scope: &CallScope, data: BorrowedCData<'_>, object: Key) -> Result<OwnedValue> {
    let ctype = data.data().ctype().latest();
    if !is_number(ctype) {
        return Err(refuse(object, Capabilities::NUMBER));
    }
    let from = data.data().memory(scope)?.address();
    // SAFETY: the object's own memory has a value of the type; the imaginary part of a complex number
    // is the second half, and read as its real part is.
    let number = unsafe {
        if let Representation::Complex(_) = ctype.class {
            let imaginary = from.add(ctype.size / 2);
            let part = |from| float(ctype, from)?.ok_or_else(|| inexact(ctype));
            let (real, imaginary) = (part(from)?, part(imaginary)?);
            return Neutral::Complex(metaffi_complex { real, imaginary }).to_value();
        }
        match ctype.class {
            Representation::Float(_) => match float(ctype, from)? {
                Some(float) => return Ok(plain(float.into())),
                None => scalar::load(ctype, from)?,
            },
            _ => scalar::load(ctype, from)?,
        }
    };
    let (int64, uint64, large) = match number {
        Scalar::Signed(integer) => {
            (i64::try_from(integer).ok(), u64::try_from(integer).ok(), integer.into())
        }
        Scalar::Unsigned(integer) => (
            i64::try_from(integer).ok(),
            u64::try_from(integer).ok(),
            BigInt::new(false, &integer.to_le_bytes()).into_owned(),
        ),
        Scalar::Float(_) => return Err(inexact(ctype)),
    };
    match int64.map(metaffi_value::from).or(uint64.map(metaffi_value::from)) {
        Some(number) => Ok(plain(number)),
        None => Neutral::BigInt(large).to_value(),
    }
}

fn plain(number: metaffi_value) -> OwnedValue {
    // SAFETY: a number owns nothing.
    unsafe { OwnedValue::from_raw(number) }
}

#[cold]
fn inexact(ctype: &CType) -> Error {
    let message = format!(
        "this {} has more digits than a float64 holds; cast it, or read its text",
        ctype.spell()
    );
    Error::out_of_range(message)
}

/// Which types hold a number exactly.
pub(super) fn fits(scope: &CallScope, data: BorrowedCData<'_>) -> Result<Capabilities> {
    let ctype = data.data().ctype().latest();
    let is_float = match ctype.class {
        Representation::Complex(_) => return Ok(Capabilities::NONE),
        _ if !is_number(ctype) => return Ok(Capabilities::NONE),
        class => matches!(class, Representation::Float(_)),
    };
    let from = data.data().memory(scope)?.address();
    // SAFETY: the object's own memory has a value of the type.
    let number = unsafe { scalar::load(ctype, from) }?;
    let (int64, uint64) = match number {
        _ if is_float => (false, false),
        Scalar::Unsigned(integer) => {
            (i64::try_from(integer).is_ok(), u64::try_from(integer).is_ok())
        }
        Scalar::Signed(integer) => (i64::try_from(integer).is_ok(), u64::try_from(integer).is_ok()),
        Scalar::Float(_) => (false, false),
    };
    let float64 = match is_float {
        // SAFETY: as above.
        true => unsafe { float(ctype, from) }?.is_some(),
        false => is_double(number),
    };
    Ok(Capabilities::FITS_INT64
        .when(int64)
        .with(Capabilities::FITS_UINT64.when(uint64))
        .with(Capabilities::FITS_FLOAT64.when(float64)))
}

fn is_number(ctype: &CType) -> bool {
    match ctype.class {
        Representation::Bool | Representation::Integer { .. } | Representation::Wide { .. } => true,
        Representation::Float(format) | Representation::Complex(format) => format != Format::Quad,
        _ => false,
    }
}

/// A number with a fraction, or the real part of a complex one, as float64; `None` if that does not
/// hold it.
///
/// # Safety
/// A value of the type is at `from`.
unsafe fn float(ctype: &CType, from: *const u8) -> Result<Option<f64>> {
    // SAFETY: a value of the type is at `from`.
    unsafe {
        match ctype.class {
            Representation::Float(Format::Extended) | Representation::Complex(Format::Extended) => {
                long_double::exact(from)
            }
            _ => Ok(match scalar::load(ctype, from)? {
                Scalar::Float(float) => Some(float),
                _ => None,
            }),
        }
    }
}

/// Whether float64 holds an integer exactly.
fn is_double(integer: Scalar) -> bool {
    let float = match integer {
        Scalar::Float(float) => float,
        Scalar::Signed(integer) => integer as f64,
        Scalar::Unsigned(integer) => integer as f64,
    };
    order_float(integer, float) == Some(Ordering::Equal)
}
