//! Numbers as text.

use metaffi::abi::metaffi_value;
use metaffi::error::{Error, Result};

/// An integer, decimal or hexadecimal (`0x1f`, `-0x1f`): int64, or uint64 where only that holds
/// it. `None` for what is no integer.
pub fn integer(text: &str) -> Option<Result<metaffi_value>> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok().map(|number| sign * number);
    Some(number.and_then(fit).ok_or_else(|| {
        Error::out_of_range(format!("{text} is out of range: integers have 64 bits"))
    }))
}

fn fit(number: i128) -> Option<metaffi_value> {
    let signed = i64::try_from(number).map(metaffi_value::from);
    signed.or_else(|_| u64::try_from(number).map(metaffi_value::from)).ok()
}

/// A float64: a decimal, `nan`, `inf` or `-inf`, rounded to the nearest as in any source code.
pub fn float64(text: &str) -> Option<Result<metaffi_value>> {
    let float: f64 = text.parse().ok()?;
    Some(finite(float.is_finite(), text).map(|()| float.into()))
}

/// A float32, as [`float64`].
pub fn float32(text: &str) -> Option<Result<metaffi_value>> {
    let float: f32 = text.parse().ok()?;
    Some(finite(float.is_finite(), text).map(|()| float.into()))
}

/// Refuses digits that are too many for the type; `inf` has none.
fn finite(finite: bool, text: &str) -> Result<()> {
    if finite || !text.contains(|char: char| char.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::out_of_range(format!("{text} is out of range of the float")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use metaffi::value::describe;

    fn shown(value: Option<Result<metaffi_value>>) -> String {
        match value {
            // SAFETY: numbers hold nothing.
            Some(Ok(value)) => unsafe { describe(&value) },
            Some(Err(error)) => error.message().to_owned(),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn integers_are_exact_or_refused() {
        assert_eq!(shown(integer("-5")), "int64 -5");
        assert_eq!(shown(integer("-0x8000000000000000")), "int64 -9223372036854775808");
        assert_eq!(shown(integer("18446744073709551615")), "uint64 18446744073709551615");
        assert!(shown(integer("18446744073709551616")).contains("64 bits"));
        assert!(shown(integer("-9223372036854775809")).contains("64 bits"));
        assert!(shown(integer(&"9".repeat(60))).contains("64 bits"));
        for none in ["", "-", "0x", "--5", "+5", "5.0", "0x-5", "1e3", "five"] {
            assert_eq!(shown(integer(none)), "none", "{none}");
        }
    }

    #[test]
    fn floats_round_as_source_code_does() {
        assert_eq!(shown(float64("-1.5e3")), "float64 -1500.0");
        assert_eq!(shown(float64("-inf")), "float64 -inf");
        assert_eq!(shown(float64("NaN")), "float64 NaN");
        assert!(shown(float64("1e999")).contains("out of range"));
        assert!(shown(float32("1e39")).contains("out of range"));
        assert_eq!(shown(float32("0.1")), shown(Some(Ok(0.1_f32.into()))));
        assert_eq!(shown(float64("one")), "none");
    }
}
