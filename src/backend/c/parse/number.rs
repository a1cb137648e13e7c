//! Numbers as written: integer and floating constants, 6.4.4.1 and 6.4.4.2.

/// Why a spelling is no constant.
pub(crate) type Problem = String;

/// How wide the literal's suffix or value makes an integer constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Width {
    Int,
    Long,
    LongLong,
    Int128,
}

/// An integer constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Integer {
    pub(crate) value: u128,
    pub(crate) width: Width,
    pub(crate) unsigned: bool,
}

/// The type that the suffix gives a floating constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FloatSuffix {
    Float,
    Double,
    LongDouble,
    Float16,
    Float32,
    Float64,
    Float128,
    Float32x,
    Float64x,
}

/// A floating constant.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Float {
    pub(crate) value: f64,
    pub(crate) suffix: FloatSuffix,
    /// Whether the value is that of the digits.
    pub(crate) exact: bool,
}

/// What a preprocessing number is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum NumberLiteral {
    Integer(Integer),
    Float(Float),
}

/// Reads a preprocessing number.
pub(crate) fn number(spelling: &str) -> Result<NumberLiteral, Problem> {
    let digits: String;
    let spelling = if spelling.contains('\'') {
        digits = without_separators(spelling)?;
        &digits
    } else {
        spelling
    };
    let bytes = spelling.as_bytes();
    let hexadecimal = matches!(bytes, [b'0', b'x' | b'X', ..]);
    let floating = if hexadecimal {
        spelling.contains(['.', 'p', 'P'])
    } else {
        spelling.contains(['.', 'e', 'E'])
    };
    if floating && !matches!(bytes, [b'0', b'b' | b'B', ..]) {
        float(spelling, hexadecimal).map(NumberLiteral::Float)
    } else {
        integer(spelling).map(NumberLiteral::Integer)
    }
}

fn without_separators(spelling: &str) -> Result<String, Problem> {
    let bytes = spelling.as_bytes();
    let between_digits = |at: usize| {
        at > 0
            && bytes[at - 1].is_ascii_hexdigit()
            && bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit)
    };
    let misplaced = (0..bytes.len()).any(|at| bytes[at] == b'\'' && !between_digits(at));
    if misplaced {
        return Err(format!("a digit separator in '{spelling}' is not between two digits"));
    }
    Ok(spelling.replace('\'', ""))
}

fn integer(spelling: &str) -> Result<Integer, Problem> {
    let (radix, digits) = match spelling.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &spelling[2..]),
        [b'0', b'b' | b'B', ..] => (2, &spelling[2..]),
        [b'0', _, ..] => (8, &spelling[1..]),
        _ => (10, spelling),
    };
    let length = digits.bytes().take_while(|&byte| char::from(byte).is_digit(radix)).count();
    let (digits, suffix) = digits.split_at(length);
    let Some((unsigned, width)) = integer_suffix(suffix) else {
        return Err(match suffix.bytes().next() {
            Some(digit @ b'0'..=b'9') => {
                format!("'{}' is no digit of '{spelling}', base {radix}", char::from(digit))
            }
            _ => format!("'{suffix}' is no suffix of an integer constant"),
        });
    };
    if digits.is_empty() && radix != 8 {
        return Err(format!("'{spelling}' has no digits"));
    }
    let value = if digits.is_empty() { Ok(0) } else { u128::from_str_radix(digits, radix) };
    let value = value.map_err(|_| format!("'{spelling}' does not fit in 128 bits"))?;
    typed(value, width, unsigned, radix == 10)
        .ok_or_else(|| format!("'{spelling}' does not fit in any integer type"))
}

fn integer_suffix(suffix: &str) -> Option<(bool, Width)> {
    Some(match suffix {
        "" => (false, Width::Int),
        "u" | "U" => (true, Width::Int),
        "l" | "L" => (false, Width::Long),
        "ul" | "uL" | "Ul" | "UL" | "lu" | "lU" | "Lu" | "LU" => (true, Width::Long),
        "z" | "Z" => (false, Width::Long),
        "uz" | "uZ" | "Uz" | "UZ" | "zu" | "zU" | "Zu" | "ZU" => (true, Width::Long),
        "ll" | "LL" => (false, Width::LongLong),
        "ull" | "uLL" | "Ull" | "ULL" | "llu" | "llU" | "LLu" | "LLU" => (true, Width::LongLong),
        _ => return None,
    })
}

/// The first type of 6.4.4.1 that holds the value; beyond `long long`, `__int128` as gcc.
fn typed(value: u128, least: Width, unsigned: bool, decimal: bool) -> Option<Integer> {
    const WIDTHS: [(Width, u32); 4] =
        [(Width::Int, 32), (Width::Long, 64), (Width::LongLong, 64), (Width::Int128, 128)];
    let needed = 128 - value.leading_zeros();
    let first = WIDTHS.iter().position(|&(width, _)| width == least)?;
    for &(width, bits) in &WIDTHS[first..] {
        if !unsigned && needed < bits {
            return Some(Integer { value, width, unsigned: false });
        }
        if (unsigned || !decimal) && needed <= bits {
            return Some(Integer { value, width, unsigned: true });
        }
    }
    None
}

fn float(spelling: &str, hexadecimal: bool) -> Result<Float, Problem> {
    let length = if hexadecimal { hexadecimal_length(spelling) } else { decimal_length(spelling) };
    let (digits, suffix) = spelling.split_at(length);
    let suffix = float_suffix(suffix)
        .ok_or_else(|| format!("'{suffix}' is no suffix of a floating constant"))?;
    let value = if hexadecimal { hexadecimal_float(digits) } else { digits.parse().ok() };
    let value: f64 = value.ok_or_else(|| format!("'{spelling}' is no floating constant"))?;
    let value = match suffix {
        // Rounded once, from the digits: by way of double it would be rounded twice.
        FloatSuffix::Float | FloatSuffix::Float32 if !hexadecimal => {
            digits.parse::<f32>().map_or(value, f64::from)
        }
        FloatSuffix::Float | FloatSuffix::Float32 => f64::from(value as f32),
        _ => value,
    };
    let exact = match hexadecimal {
        true => hexadecimal_bits(digits)
            .is_some_and(|(bits, exponent)| is_scaled(value, bits, exponent)),
        false => value.is_finite() && decimal(digits) == decimal(&format!("{value:.*e}", EXACT)),
    };
    Ok(Float { value, suffix, exact })
}

/// More digits than any double has.
const EXACT: usize = 1100;

/// The digits of a decimal float that count, and the exponent of the first.
fn decimal(spelling: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = spelling.split_once(['e', 'E']).unwrap_or((spelling, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let Some(first) = digits.find(|digit| digit != '0') else { return Some((String::new(), 0)) };
    let exponent: i64 = exponent.parse().ok()?;
    let place = whole.len() as i64 - first as i64;
    Some((digits[first..].trim_end_matches('0').to_owned(), exponent.checked_add(place)?))
}

/// Whether a double is `bits` × 2^`exponent`.
fn is_scaled(value: f64, bits: u128, exponent: i64) -> bool {
    if bits == 0 || !value.is_normal() {
        return bits == 0;
    }
    let zeros = i64::from(bits.trailing_zeros());
    let raw = value.to_bits();
    let fraction = raw & ((1 << 52) - 1) | 1 << 52;
    let last = (raw >> 52 & 0x7ff) as i64 - 1075 + i64::from(fraction.trailing_zeros());
    bits >> zeros == u128::from(fraction >> fraction.trailing_zeros()) && exponent + zeros == last
}

fn float_suffix(suffix: &str) -> Option<FloatSuffix> {
    Some(match suffix {
        "" | "d" | "D" => FloatSuffix::Double,
        "f" | "F" => FloatSuffix::Float,
        "l" | "L" => FloatSuffix::LongDouble,
        "f16" | "F16" => FloatSuffix::Float16,
        "f32" | "F32" => FloatSuffix::Float32,
        "f64" | "F64" => FloatSuffix::Float64,
        "f128" | "F128" | "q" | "Q" => FloatSuffix::Float128,
        "f32x" | "F32x" => FloatSuffix::Float32x,
        "f64x" | "F64x" | "w" | "W" => FloatSuffix::Float64x,
        _ => return None,
    })
}

fn decimal_length(spelling: &str) -> usize {
    let digits = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    float_length(spelling.as_bytes(), 0, digits, b'e')
}

fn hexadecimal_length(spelling: &str) -> usize {
    let digits = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b'.';
    float_length(spelling.as_bytes(), 2, digits, b'p')
}

/// Where the suffix begins: behind the prefix, the digits, and what there is of an exponent.
fn float_length(bytes: &[u8], prefix: usize, digits: impl Fn(&&u8) -> bool, mark: u8) -> usize {
    let mut at = prefix + bytes[prefix..].iter().take_while(digits).count();
    if bytes.get(at).is_some_and(|byte| byte.to_ascii_lowercase() == mark) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    at
}

/// `0x1.8p3`; the exponent is required.
fn hexadecimal_float(digits: &str) -> Option<f64> {
    hexadecimal_bits(digits).map(|(bits, exponent)| scale(bits, exponent))
}

/// The digits as a number, of which the last bit may stand for many, and the exponent.
fn hexadecimal_bits(digits: &str) -> Option<(u128, i64)> {
    let (mantissa, exponent) = digits[2..].split_once(['p', 'P'])?;
    let mut exponent = hexadecimal_exponent(exponent)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let mut bits: u128 = 0;
    for (at, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u128::from(digit.to_digit(16)?);
        let scale = if at >= whole.len() { -4 } else { 0 };
        if bits >> 120 == 0 {
            bits = bits << 4 | digit;
            exponent = exponent.saturating_add(scale);
        } else {
            bits |= u128::from(digit != 0);
            exponent = exponent.saturating_add(scale + 4);
        }
    }
    Some((bits, exponent))
}

/// The exponent, or one as far from every number if it has too many digits.
fn hexadecimal_exponent(digits: &str) -> Option<i64> {
    const FAR: i64 = 1 << 40;
    let magnitude = digits.trim_start_matches(['+', '-']);
    if magnitude.is_empty() {
        return None;
    }
    let magnitude = magnitude.parse().map_or(FAR, |magnitude: i64| magnitude.min(FAR));
    Some(if digits.starts_with('-') { -magnitude } else { magnitude })
}

/// `bits` × 2^`exponent`, rounded once to nearest even.
fn scale(bits: u128, exponent: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = i64::from(128 - bits.leading_zeros());
    // The exponent of the last bit kept: 53 bits, or fewer where the number is subnormal.
    let last = (exponent + length - 53).max(-1074);
    let drop = last.saturating_sub(exponent);
    let rounded = match drop {
        ..=0 => bits << (-drop).min(127),
        1..=127 => {
            let half = 1u128 << (drop - 1);
            let kept = bits >> drop;
            let rest = bits & ((half << 1) - 1);
            kept + u128::from(rest > half || (rest == half && kept & 1 == 1))
        }
        _ => 0,
    };
    if last > 1100 {
        return f64::INFINITY;
    }
    // Two exact steps: the power of a subnormal is itself below the range of one factor.
    let half = last as i32 / 2;
    rounded as f64 * 2f64.powi(half) * 2f64.powi(last as i32 - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(spelling: &str) -> (u128, Width, bool) {
        match number(spelling) {
            Ok(NumberLiteral::Integer(integer)) => (integer.value, integer.width, integer.unsigned),
            other => panic!("{spelling}: {other:?}"),
        }
    }

    fn double(spelling: &str) -> f64 {
        match number(spelling) {
            Ok(NumberLiteral::Float(float)) => float.value,
            other => panic!("{spelling}: {other:?}"),
        }
    }

    #[test]
    fn integers_have_the_type_that_c_gives_them() {
        assert_eq!(value("0"), (0, Width::Int, false));
        assert_eq!(value("2147483647"), (0x7fff_ffff, Width::Int, false));
        assert_eq!(value("2147483648"), (0x8000_0000, Width::Long, false));
        assert_eq!(value("0x80000000"), (0x8000_0000, Width::Int, true));
        assert_eq!(value("0x100000000"), (1 << 32, Width::Long, false));
        assert_eq!(value("0xffffffffffffffff"), (u64::MAX.into(), Width::Long, true));
        assert_eq!(value("18446744073709551615"), (u64::MAX.into(), Width::Int128, false));
        assert_eq!(value("017"), (15, Width::Int, false));
        assert_eq!(value("0b1010u"), (10, Width::Int, true));
        assert_eq!(value("1'000'000LLU"), (1_000_000, Width::LongLong, true));
        assert_eq!(value("0xFF'FFul"), (0xffff, Width::Long, true));
    }

    #[test]
    fn floats_are_rounded_once() {
        assert_eq!(double("1e3"), 1000.0);
        assert_eq!(double(".5"), 0.5);
        assert_eq!(double("1."), 1.0);
        assert_eq!(double("0x1.8p3"), 12.0);
        assert_eq!(double("0x.8p1L"), 1.0);
        assert_eq!(double("0x1p-1074"), 5e-324);
        assert_eq!(double("0x1p99999999999"), f64::INFINITY);
        assert_eq!(double("0x1p9223372036854775807"), f64::INFINITY);
        assert_eq!(double("0x1p+99999999999999999999"), f64::INFINITY);
        assert_eq!(double("0x1p-99999999999999999999"), 0.0);
        assert_eq!(double("0x1.fffffffffffff8p0"), 2.0);
        assert_eq!(double("0x1.00000000000008p0"), 1.0);
        assert_eq!(double("0.1f"), f64::from(0.1f32));
        assert_eq!(double("1.5F64x"), 1.5);
    }

    #[test]
    fn floats_are_exact_where_a_double_has_the_digits() {
        let exact = |spelling: &str| match number(spelling) {
            Ok(NumberLiteral::Float(float)) => float.exact,
            other => panic!("{spelling}: {other:?}"),
        };
        for spelling in [
            "1.5L",
            "0.0L",
            "1e22L",
            "0.125L",
            "00.50e1L",
            "0x1.8p3L",
            "0x1p1000L",
            "1e0L",
            "100.L",
        ] {
            assert!(exact(spelling), "{spelling}");
        }
        for spelling in [
            "0.1L",
            "3.141592653589793238462643383279502884L",
            "1.18973149535723176502126385303097021e+4932L",
            "3.36210314311209350626267781732175260e-4932L",
            "0x1.00000000000000001p0L",
            "0x1p2000L",
            "0x1p-2000L",
            "9007199254740993.0L",
        ] {
            assert!(!exact(spelling), "{spelling}");
        }
    }

    #[test]
    fn numbers_that_are_none_say_why() {
        for (spelling, problem) in [
            ("08", "'8' is no digit"),
            ("0x", "no digits"),
            ("0b2", "'2' is no digit"),
            ("12abc", "no suffix of an integer"),
            ("1.5xyz", "no suffix of a floating"),
            ("1'", "separator"),
            ("0x1.8", "no floating constant"),
            ("1.2.3", "no floating constant"),
            ("1e", "no floating constant"),
            ("999999999999999999999999999999999999999999", "128 bits"),
        ] {
            let found = number(spelling).unwrap_err();
            assert!(found.contains(problem), "{spelling}: {found}");
        }
    }
}
