//! `long double` as a double: exact in one direction, rounded in the other.

#[cfg(target_arch = "x86_64")]
use crate::error::Result;

/// Stores a double as a `long double`.
///
/// # Safety
/// `to` has room for a `long double`.
#[cfg(target_arch = "x86_64")]
pub unsafe fn store(value: f64, to: *mut u8) -> Result<()> {
    // SAFETY: the x87 unit writes ten bytes to `to` and leaves its stack as it was.
    unsafe {
        std::arch::asm!(
            "fld qword ptr [{from}]",
            "fstp tbyte ptr [{to}]",
            from = in(reg) &raw const value,
            to = in(reg) to,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nostack),
        );
    }
    Ok(())
}

/// Reads a `long double`, rounded to a double.
///
/// # Safety
/// `from` points to a `long double`.
#[cfg(target_arch = "x86_64")]
pub unsafe fn load(from: *const u8) -> Result<f64> {
    let mut value = 0.0_f64;
    // SAFETY: the x87 unit reads ten bytes at `from` and leaves its stack as it was.
    unsafe {
        std::arch::asm!(
            "fld tbyte ptr [{from}]",
            "fstp qword ptr [{to}]",
            from = in(reg) from,
            to = in(reg) &raw mut value,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nostack),
        );
    }
    Ok(value)
}

/// Reads a `long double`, if a double holds it.
///
/// # Safety
/// `from` points to a `long double`.
#[cfg(target_arch = "x86_64")]
pub unsafe fn exact(from: *const u8) -> Result<Option<f64>> {
    const SIZE: usize = 10;
    let mut back = [0_u8; 16];
    // SAFETY: `from` points to a `long double`, and there is room for one.
    unsafe {
        let float = load(from)?;
        store(float, back.as_mut_ptr())?;
        let same = std::slice::from_raw_parts(from, SIZE) == &back[..SIZE];
        Ok((same || float.is_nan()).then_some(float))
    }
}

/// The exponent's distance from that of an integer in the 64 bits of a fraction.
#[cfg(target_arch = "x86_64")]
const BIAS: u16 = 16383 + 63;

/// The value of a `long double` that is an integer other than zero, of less than 127 bits.
///
/// # Safety
/// `from` points to a `long double`.
#[cfg(target_arch = "x86_64")]
pub unsafe fn integer(from: *const u8) -> Option<i128> {
    // SAFETY: the number is ten bytes: a fraction of 64 bits, then exponent and sign.
    let (fraction, head) = unsafe {
        (from.cast::<u64>().read_unaligned(), from.add(8).cast::<u16>().read_unaligned())
    };
    let exponent = i32::from(head & 0x7fff) - i32::from(BIAS);
    let magnitude = match exponent {
        0..=62 => i128::from(fraction) << exponent,
        -63..0 if fraction.trailing_zeros() as i32 >= -exponent => {
            i128::from(fraction >> -exponent)
        }
        _ => return None,
    };
    Some(if head & 0x8000 == 0 { magnitude } else { -magnitude })
}

/// Stores the `long double` nearest to an integer, ties to even.
///
/// # Safety
/// `to` has room for a `long double`.
#[cfg(target_arch = "x86_64")]
pub unsafe fn store_integer(negative: bool, magnitude: u128, to: *mut u8) -> Result<()> {
    let sign = u16::from(negative) << 15;
    let width = 128 - magnitude.leading_zeros();
    let (fraction, exponent) = match width {
        0 => (0, 0),
        1..=64 => ((magnitude << (64 - width)) as u64, BIAS - 64 + width as u16),
        _ => {
            let dropped = width - 64;
            let (kept, rest) = ((magnitude >> dropped) as u64, magnitude << (128 - dropped));
            let half = 1_u128 << 127;
            let up = rest > half || rest == half && kept & 1 == 1;
            match kept.checked_add(u64::from(up)) {
                Some(rounded) => (rounded, BIAS + dropped as u16),
                None => (1 << 63, BIAS + dropped as u16 + 1),
            }
        }
    };
    // SAFETY: `to` has room for a `long double`; the number is ten bytes.
    unsafe {
        to.cast::<u64>().write_unaligned(fraction);
        to.add(8).cast::<u16>().write_unaligned(exponent | sign);
    }
    Ok(())
}

#[cfg(not(target_arch = "x86_64"))]
mod elsewhere {
    use crate::error::{Error, Result, Status};

    fn unsupported<T>() -> Result<T> {
        Err(Error::unsupported(
            "long double is converted to numbers on x86-64 only; use a handle here",
        ))
    }

    /// Refuses.
    pub unsafe fn store(_: f64, _: *mut u8) -> Result<()> {
        unsupported()
    }

    /// Refuses.
    pub unsafe fn load(_: *const u8) -> Result<f64> {
        unsupported()
    }

    /// Refuses.
    pub unsafe fn exact(_: *const u8) -> Result<Option<f64>> {
        unsupported()
    }

    /// Knows of none.
    pub unsafe fn integer(_: *const u8) -> Option<i128> {
        None
    }

    /// Refuses.
    pub unsafe fn store_integer(_: bool, _: u128, _: *mut u8) -> Result<()> {
        unsupported()
    }
}

#[cfg(not(target_arch = "x86_64"))]
pub use elsewhere::{exact, integer, load, store, store_integer};

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    #[test]
    fn doubles_round_trip() {
        for value in [0.0, -0.0, 1.5, f64::MAX, f64::MIN_POSITIVE / 8.0, f64::INFINITY] {
            let mut bytes = [0u128; 1];
            // SAFETY: sixteen bytes hold a long double.
            let back = unsafe {
                super::store(value, bytes.as_mut_ptr().cast()).unwrap();
                super::load(bytes.as_ptr().cast()).unwrap()
            };
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn integers_are_exact_up_to_64_bits_and_rounded_beyond() {
        let store = |value: i128| {
            let mut bytes = [0u128; 1];
            let to = bytes.as_mut_ptr().cast::<u8>();
            // SAFETY: sixteen bytes hold a long double.
            unsafe {
                super::store_integer(value < 0, value.unsigned_abs(), to).unwrap();
                (super::integer(to), super::load(to).unwrap())
            }
        };
        assert_eq!(store(0), (None, 0.0), "zero has a sign, which an integer has not");
        for value in [1, -1, 1 << 53, (1 << 53) + 1, i128::from(u64::MAX), -(1 << 63), 3 << 90] {
            assert_eq!(store(value), (Some(value), value as f64), "{value}");
        }
        assert_eq!(store((1 << 64) + 1).0, Some(1 << 64));
        assert_eq!(store((1 << 64) + 3).0, Some((1 << 64) + 4));
        assert_eq!(store((1 << 65) - 1).0, Some(1 << 65));
        let mut half = [0u128; 1];
        // SAFETY: as above.
        let found = unsafe {
            super::store(2.5, half.as_mut_ptr().cast()).unwrap();
            super::integer(half.as_ptr().cast())
        };
        assert_eq!(found, None);
    }
}
