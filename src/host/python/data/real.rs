//! [`Real`]: a floating-point number of any format, as Python's numbers.

use super::raise::exception;
use crate::error::Result;
use crate::object::layout::Precision;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support::int;

/// A floating-point number: `±fraction · 2^exponent`.
pub(super) struct Real {
    negative: bool,
    fraction: u128,
    exponent: i32,
    /// Infinite, or no number if the fraction is not zero.
    special: bool,
}

impl Real {
    /// # Safety
    /// A number of that format is there.
    pub(super) unsafe fn load(precision: Precision, at: *const u8) -> Real {
        // SAFETY: as above.
        let (bits, digits, width) = unsafe {
            match precision {
                Precision::Half => (u128::from(at.cast::<u16>().read_unaligned()), 10, 16),
                Precision::Single => (u128::from(at.cast::<u32>().read_unaligned()), 23, 32),
                Precision::Double => (u128::from(at.cast::<u64>().read_unaligned()), 52, 64),
                Precision::Extended if cfg!(target_arch = "x86_64") => {
                    let fraction = at.cast::<u64>().read_unaligned();
                    let head = at.add(8).cast::<u16>().read_unaligned();
                    let exponent = i32::from(head & 0x7fff);
                    return Real {
                        negative: head >> 15 != 0,
                        // The highest bit is always there.
                        fraction: match exponent {
                            0x7fff => u128::from(fraction << 1),
                            _ => fraction.into(),
                        },
                        exponent: exponent.max(1) - 16383 - 63,
                        special: exponent == 0x7fff,
                    };
                }
                Precision::Extended if size_of_extended() == 8 => {
                    (u128::from(at.cast::<u64>().read_unaligned()), 52, 64)
                }
                _ => (at.cast::<u128>().read_unaligned(), 112, 128),
            }
        };
        let most = (1_i32 << (width - 1 - digits)) - 1;
        let exponent = (bits >> digits) as i32 & most;
        let fraction = bits & ((1 << digits) - 1);
        let implied = if exponent == 0 || exponent == most { 0 } else { 1 << digits };
        Real {
            negative: bits >> (width - 1) & 1 != 0,
            fraction: fraction | implied,
            exponent: exponent.max(1) - (most >> 1) - digits,
            special: exponent == most,
        }
    }

    fn fraction(&self, gil: &Gil) -> Result<PyRef> {
        let high = int(gil, (self.fraction >> 64) as u64)?;
        joined(gil, &high, self.fraction as u64)
    }

    /// The nearest `float`, as Python divides ints; an OverflowError beyond its range.
    pub(super) fn float(&self, gil: &Gil) -> Result<PyRef> {
        let api = gil.api;
        let signed = |number: f64| if self.negative { -number } else { number };
        // SAFETY: live numbers under the GIL.
        unsafe {
            let new = |number| PyRef::owned(gil, (api.PyFloat_FromDouble)(signed(number)));
            match (self.special, self.fraction) {
                (true, 0) => return new(f64::INFINITY),
                (true, _) => return new(f64::NAN),
                (false, 0) => return new(0.0),
                _ => {}
            }
            let fraction = self.fraction(gil)?;
            let float = match self.exponent {
                0.. => {
                    let whole = shifted(gil, &fraction, self.exponent.cast_unsigned().into())?;
                    PyRef::owned(gil, (api.PyNumber_Float)(whole.as_ptr()))?
                }
                _ => {
                    let one = int(gil, 1)?;
                    let divisor = shifted(gil, &one, (-self.exponent).cast_unsigned().into())?;
                    let divide = api.PyNumber_TrueDivide;
                    PyRef::owned(gil, divide(fraction.as_ptr(), divisor.as_ptr()))?
                }
            };
            new((api.PyFloat_AsDouble)(float.as_ptr()))
        }
    }

    /// The `int` that is left without what is behind the point.
    pub(super) fn integer(&self, gil: &Gil) -> Result<PyRef> {
        let api = gil.api;
        if self.special {
            let (class, what) = match self.fraction {
                0 => (api.PyExc_OverflowError, "infinity"),
                _ => (api.PyExc_ValueError, "NaN"),
            };
            return Err(exception(gil, class, &format!("cannot convert {what} to an int")));
        }
        // SAFETY: live numbers under the GIL.
        unsafe {
            let fraction = self.fraction(gil)?;
            let whole = match self.exponent {
                0.. => shifted(gil, &fraction, self.exponent.cast_unsigned().into())?,
                _ => {
                    let bits = int(gil, (-self.exponent).cast_unsigned().into())?;
                    let shift = api.PyNumber_Rshift;
                    PyRef::owned(gil, shift(fraction.as_ptr(), bits.as_ptr()))?
                }
            };
            match self.negative {
                true => PyRef::owned(gil, (api.PyNumber_Negative)(whole.as_ptr())),
                false => Ok(whole),
            }
        }
    }
}

/// Bytes of a `long double` where it is no number of the x87.
const fn size_of_extended() -> usize {
    if cfg!(target_vendor = "apple") { 8 } else { 16 }
}

/// `high << 64 | low`
pub(super) fn joined(gil: &Gil, high: &PyRef, low: u64) -> Result<PyRef> {
    let shifted = shifted(gil, high, 64)?;
    let low = int(gil, low)?;
    // SAFETY: two ints under the GIL.
    unsafe { PyRef::owned(gil, (gil.api.PyNumber_Or)(shifted.as_ptr(), low.as_ptr())) }
}

fn shifted(gil: &Gil, number: &PyRef, bits: u64) -> Result<PyRef> {
    let bits = int(gil, bits)?;
    // SAFETY: two ints under the GIL.
    unsafe { PyRef::owned(gil, (gil.api.PyNumber_Lshift)(number.as_ptr(), bits.as_ptr())) }
}
