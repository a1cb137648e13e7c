//! `_Float16` as a double: exact in one direction, rounded in the other.

/// The double that binary16 bits stand for.
pub fn load(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    sign * magnitude
}

/// The nearest binary16, ties to even; too large a value is infinite.
pub fn store(value: f64) -> u16 {
    let sign = u16::from(value.is_sign_negative()) << 15;
    let magnitude = value.abs();
    if value.is_nan() {
        return sign | 0x7e00;
    }
    if magnitude >= 65520.0 {
        return sign | 0x7c00;
    }
    // In units of the last place: scaling by a power of two is exact, and so is the rounding.
    let exponent = (magnitude.log2().floor() as i32).clamp(-14, 15);
    let units = (magnitude * 2f64.powi(10 - exponent)).round_ties_even() as u16;
    let biased = (exponent + 15) as u16;
    // A normal number's leading bit adds one to the exponent field, and so does rounding up to
    // the next power of two.
    sign | (((biased - 1) << 10) + units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_round_trips() {
        for bits in 0..=u16::MAX {
            let value = load(bits);
            if value.is_nan() {
                assert!(load(store(value)).is_nan());
            } else {
                assert_eq!(store(value), bits, "{value}");
            }
        }
    }

    #[test]
    fn others_round_to_even() {
        assert_eq!(store(2049.0), store(2048.0));
        assert_eq!(store(2051.0), store(2052.0));
        assert_eq!(store(65519.0), 0x7bff);
        assert_eq!(store(65520.0), 0x7c00);
        assert_eq!(store(-1e-9), 0x8000);
    }
}
