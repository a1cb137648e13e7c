//! `long double` as a double: exact in one direction, rounded in the other.

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

#[cfg(not(target_arch = "x86_64"))]
mod elsewhere {
    use crate::error::{Error, Result, Status};

    fn unsupported<T>() -> Result<T> {
        Err(Error::new(
            Status::Unsupported,
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
}

#[cfg(not(target_arch = "x86_64"))]
pub use elsewhere::{load, store};

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
}
