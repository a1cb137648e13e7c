//! Constants as written: integers, floating numbers, characters and strings.

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
}

/// What a preprocessing number is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
    Integer(Integer),
    Float(Float),
}

/// The prefix of a character constant or string literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Plain,
    Utf8,
    Utf16,
    Utf32,
    Wide,
}

/// A string literal: its code units without the terminator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Text {
    pub(crate) units: Vec<u32>,
    pub(crate) encoding: Encoding,
}

/// Reads a preprocessing number.
pub(crate) fn number(spelling: &str) -> Result<Number, Problem> {
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
        float(spelling, hexadecimal).map(Number::Float)
    } else {
        integer(spelling).map(Number::Integer)
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
    Ok(Float { value, suffix })
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
    let bytes = spelling.as_bytes();
    let mut at = bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    at
}

fn hexadecimal_length(spelling: &str) -> usize {
    let bytes = spelling.as_bytes();
    let digit = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b'.';
    let mut at = 2 + bytes[2..].iter().take_while(digit).count();
    if matches!(bytes.get(at), Some(b'p' | b'P')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    at
}

/// `0x1.8p3`; the exponent is required.
fn hexadecimal_float(digits: &str) -> Option<f64> {
    let (mantissa, exponent) = digits[2..].split_once(['p', 'P'])?;
    let mut exponent: i64 = exponent.parse().ok()?;
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
    Some(scale(bits, exponent))
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

/// Reads a character constant with its prefix: the value, and the encoding that gives its type.
pub(crate) fn character(spelling: &str) -> Result<(i128, Encoding), Problem> {
    let (encoding, body) = unquote(spelling, '\'')?;
    let units = units(body, encoding)?;
    let last = *units.last().ok_or_else(|| String::from("a character constant is empty"))?;
    let value = match encoding {
        Encoding::Plain if units.len() == 1 => i128::from(last as u8 as i8),
        Encoding::Plain => {
            i128::from(units.iter().fold(0u32, |value, unit| value << 8 | unit) as i32)
        }
        Encoding::Utf8 => i128::from(last as u8),
        Encoding::Utf16 => i128::from(last as u16),
        Encoding::Utf32 => i128::from(last),
        Encoding::Wide => i128::from(last as i32),
    };
    Ok((value, encoding))
}

/// Reads one string literal with its prefix.
pub(crate) fn text(spelling: &str) -> Result<Text, Problem> {
    let (encoding, body) = unquote(spelling, '"')?;
    Ok(Text { units: units(body, encoding)?, encoding })
}

/// Reads adjacent string literals as the one they make, 6.4.5.
pub(crate) fn texts<'a>(spellings: impl Iterator<Item = &'a str> + Clone) -> Result<Text, Problem> {
    let mut encoding = Encoding::Plain;
    for spelling in spellings.clone() {
        let (next, _) = unquote(spelling, '"')?;
        if encoding != Encoding::Plain && next != Encoding::Plain && encoding != next {
            return Err(String::from("adjacent string literals have different prefixes"));
        }
        if next != Encoding::Plain {
            encoding = next;
        }
    }
    let mut units = Vec::new();
    for spelling in spellings {
        let (_, body) = unquote(spelling, '"')?;
        units.append(&mut self::units(body, encoding)?);
    }
    Ok(Text { units, encoding })
}

fn unquote(spelling: &str, quote: char) -> Result<(Encoding, &str), Problem> {
    let (prefix, rest) =
        spelling.split_once(quote).ok_or_else(|| format!("'{spelling}' is not quoted"))?;
    let body = rest.strip_suffix(quote).ok_or_else(|| format!("'{spelling}' is not closed"))?;
    let encoding = match prefix {
        "u8" => Encoding::Utf8,
        "u" => Encoding::Utf16,
        "U" => Encoding::Utf32,
        "L" => Encoding::Wide,
        _ => Encoding::Plain,
    };
    Ok((encoding, body))
}

/// The code units of what stands between the quotes.
fn units(body: &str, encoding: Encoding) -> Result<Vec<u32>, Problem> {
    let mut units = Vec::with_capacity(body.len());
    let mut rest = body.chars();
    while let Some(character) = rest.next() {
        if character == '\\' {
            escape(&mut rest, encoding, &mut units)?;
        } else {
            encode(character, encoding, &mut units);
        }
    }
    Ok(units)
}

fn encode(character: char, encoding: Encoding, units: &mut Vec<u32>) {
    match encoding {
        Encoding::Plain | Encoding::Utf8 => {
            let mut buffer = [0; 4];
            units.extend(character.encode_utf8(&mut buffer).bytes().map(u32::from));
        }
        Encoding::Utf16 => {
            let mut buffer = [0; 2];
            units.extend(character.encode_utf16(&mut buffer).iter().map(|&unit| u32::from(unit)));
        }
        Encoding::Utf32 | Encoding::Wide => units.push(u32::from(character)),
    }
}

/// An escape sequence, 6.4.4.4, after its backslash.
fn escape(
    rest: &mut std::str::Chars<'_>,
    encoding: Encoding,
    units: &mut Vec<u32>,
) -> Result<(), Problem> {
    let letter = rest.next().ok_or_else(|| String::from("a backslash ends the literal"))?;
    let unit = match letter {
        'a' => 7,
        'b' => 8,
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        'e' | 'E' => 27,
        '\'' | '"' | '?' | '\\' => u32::from(letter),
        '\n' => return Ok(()),
        '\r' if rest.as_str().starts_with('\n') => {
            rest.next();
            return Ok(());
        }
        '0'..='7' => return octal(letter, rest, encoding, units),
        'x' => hexadecimal(rest, encoding)?,
        'u' => return universal(rest, 4, encoding, units),
        'U' => return universal(rest, 8, encoding, units),
        _ => return Err(format!("'\\{letter}' is no escape sequence")),
    };
    units.push(unit);
    Ok(())
}

fn octal(
    first: char,
    rest: &mut std::str::Chars<'_>,
    encoding: Encoding,
    units: &mut Vec<u32>,
) -> Result<(), Problem> {
    let mut value = first.to_digit(8).unwrap_or(0);
    for _ in 0..2 {
        let Some(digit) = rest.as_str().chars().next().and_then(|digit| digit.to_digit(8)) else {
            break;
        };
        value = value << 3 | digit;
        rest.next();
    }
    units.push(in_unit(value, encoding, "octal")?);
    Ok(())
}

fn hexadecimal(rest: &mut std::str::Chars<'_>, encoding: Encoding) -> Result<u32, Problem> {
    let mut value: Option<u32> = None;
    while let Some(digit) = rest.as_str().chars().next().and_then(|digit| digit.to_digit(16)) {
        let so_far = value.unwrap_or(0);
        if so_far >> 28 != 0 {
            return Err(String::from("a hexadecimal escape sequence is out of range"));
        }
        value = Some(so_far << 4 | digit);
        rest.next();
    }
    let value = value.ok_or_else(|| String::from("'\\x' is followed by no hexadecimal digit"))?;
    in_unit(value, encoding, "hexadecimal")
}

fn in_unit(value: u32, encoding: Encoding, kind: &str) -> Result<u32, Problem> {
    let limit = match encoding {
        Encoding::Plain | Encoding::Utf8 => 0xff,
        Encoding::Utf16 => 0xffff,
        Encoding::Utf32 | Encoding::Wide => u32::MAX,
    };
    if value > limit {
        return Err(format!("the {kind} escape sequence {value:#x} is out of range"));
    }
    Ok(value)
}

fn universal(
    rest: &mut std::str::Chars<'_>,
    digits: usize,
    encoding: Encoding,
    units: &mut Vec<u32>,
) -> Result<(), Problem> {
    let mut value: u32 = 0;
    for _ in 0..digits {
        let digit = rest
            .next()
            .and_then(|digit| digit.to_digit(16))
            .ok_or_else(|| format!("a universal character name needs {digits} digits"))?;
        value = value << 4 | digit;
    }
    let character = char::from_u32(value)
        .ok_or_else(|| format!("U+{value:04X} is no universal character name"))?;
    encode(character, encoding, units);
    Ok(())
}

#[cfg(test)]
#[path = "literal_tests.rs"]
mod tests;
