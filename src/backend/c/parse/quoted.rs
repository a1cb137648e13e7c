//! Characters and strings as written, 6.4.4.4 and 6.4.5.

use super::number::Problem;

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
pub(crate) struct StringLiteral {
    pub(crate) units: Vec<u32>,
    pub(crate) encoding: Encoding,
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
pub(crate) fn text(spelling: &str) -> Result<StringLiteral, Problem> {
    let (encoding, body) = unquote(spelling, '"')?;
    Ok(StringLiteral { units: units(body, encoding)?, encoding })
}

/// Reads adjacent string literals as the one they make, 6.4.5.
pub(crate) fn texts<'a>(
    spellings: impl Iterator<Item = &'a str> + Clone,
) -> Result<StringLiteral, Problem> {
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
    Ok(StringLiteral { units, encoding })
}

/// A text as a string literal.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text with its quotes and backslashes escaped, as `#` of macros writes it.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
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
mod tests {
    use super::*;

    #[test]
    fn characters_are_their_codes() {
        for (spelling, expected) in [
            ("'a'", 97),
            (r"'\n'", 10),
            (r"'\0'", 0),
            (r"'\t'", 9),
            (r"'\\'", 92),
            (r"'\''", 39),
            (r"'\e'", 27),
            (r"'\377'", -1),
            (r"'\x41'", 65),
            (r"'\xff'", -1),
            ("'ab'", 24930),
            ("'abcde'", 0x6263_6465),
            (r"u8'\xff'", 255),
            (r"L'\xffffffff'", -1),
            (r"U'\U0001F600'", 0x1f600),
            (r"u'\u20ac'", 0x20ac),
            ("L'€'", 0x20ac),
        ] {
            assert_eq!(character(spelling).unwrap().0, expected, "{spelling}");
        }
        assert!(character("''").unwrap_err().contains("empty"));
        assert!(character(r"'\q'").unwrap_err().contains("escape"));
        assert!(character(r"'\x'").unwrap_err().contains("digit"));
        assert!(character(r"'\xfff'").unwrap_err().contains("range"));
        assert!(character(r"'\ud800'").unwrap_err().contains("D800"));
    }

    #[test]
    fn adjacent_strings_are_one() {
        let joined = texts([r#""a\0b""#, r#""é""#].into_iter()).unwrap();
        assert_eq!(joined.units, [97, 0, 98, 0xc3, 0xa9]);
        let wide = texts([r#""é""#, r#"L"x""#].into_iter()).unwrap();
        assert_eq!((wide.units.as_slice(), wide.encoding), (&[0xe9, 120][..], Encoding::Wide));
        assert!(texts([r#"u"a""#, r#"L"x""#].into_iter()).is_err());
        assert_eq!(text("u\"😀\"").unwrap().units, [0xd83d, 0xde00]);
    }
}
