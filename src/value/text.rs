//! Text: validated, converted between UTF-8, UTF-16 and UTF-32, allocated.

use std::borrow::Cow;
use std::ffi::c_void;
use std::ptr;
use std::slice;

use super::{Kind, memory};
use crate::abi::metaffi_string;
use crate::error::{Error, Result, Status};

/// Refuses what is not UTF-8.
pub fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let why =
            if error.error_len().is_none() { ", the text ends inside a character" } else { "" };
        invalid(format!("invalid UTF-8 at byte {at} ({:#04x}){why}", bytes[at]))
    })
}

/// Refuses what is not UTF-16.
pub fn utf16(units: &[u16]) -> Result<String> {
    let mut at = 0;
    let chars = char::decode_utf16(units.iter().copied()).map(|unit| {
        let char = unit.map_err(|error| {
            let unit = error.unpaired_surrogate();
            invalid(format!(
                "invalid UTF-16 at unit {at} ({unit:#06x}): a surrogate without its pair"
            ))
        })?;
        at += char.len_utf16();
        Ok(char)
    });
    chars.collect()
}

/// Refuses what is not UTF-32.
pub fn utf32(units: &[u32]) -> Result<String> {
    let chars = units.iter().enumerate().map(|(at, &unit)| {
        char::from_u32(unit).ok_or_else(|| {
            invalid(format!("invalid UTF-32 at unit {at} ({unit:#x}): not a Unicode character"))
        })
    });
    chars.collect()
}

/// The text of a string of the kind, validated; UTF-8 is not copied.
///
/// # Safety
/// `string.data` has `string.length` units of the kind's width, alive and unchanged for `'a`.
pub unsafe fn decode<'a>(string: &metaffi_string, kind: Kind) -> Result<Cow<'a, str>> {
    // SAFETY: the caller's promise.
    unsafe {
        match kind {
            Kind::String16 => utf16(units(string)?).map(Cow::Owned),
            Kind::String32 => utf32(units(string)?).map(Cow::Owned),
            _ => utf8(units(string)?).map(Cow::Borrowed),
        }
    }
}

/// The units of a string as C passed them; none for NULL.
///
/// # Safety
/// `string.data` is NULL or has `string.length` units of `T`, alive and unchanged for `'a`.
pub unsafe fn units<'a, T: Copy>(string: &metaffi_string) -> Result<&'a [T]> {
    let data: *const T = string.data.cast();
    let fault = |message| Err(Error::new(Status::InvalidArgument, message));
    if data.is_null() {
        return match string.length {
            0 => Ok(&[]),
            length => fault(format!("the string is NULL, but its length is {length}; pass 0")),
        };
    }
    if string.length > isize::MAX as usize / size_of::<T>() {
        return fault(format!("a string of {} units is longer than memory", string.length));
    }
    if !data.is_aligned() {
        let size = size_of::<T>();
        return fault(format!(
            "the string at {data:p} is not aligned to its units of {size} bytes"
        ));
    }
    // SAFETY: not NULL, aligned, and as long as the caller promises.
    Ok(unsafe { slice::from_raw_parts(data, string.length) })
}

/// A new string of the kind's width, from the boundary's allocator, with a zero unit behind it.
pub fn encode(text: &str, kind: Kind) -> Result<metaffi_string> {
    match kind {
        Kind::String16 => store(&text.encode_utf16().collect::<Vec<_>>()),
        Kind::String32 => store(&text.chars().collect::<Vec<_>>()),
        _ => store(text.as_bytes()),
    }
}

/// A copy of a string, validated and possibly of another width; NULL stays NULL.
///
/// # Safety
/// `string.data` is NULL or has `string.length` units of the width of `from`.
pub unsafe fn convert(string: &metaffi_string, from: Kind, to: Kind) -> Result<metaffi_string> {
    if string.data.is_null() && string.length == 0 {
        return Ok(NONE);
    }
    // SAFETY: the caller's promise.
    encode(&unsafe { decode(string, from) }?, to)
}

/// Gives a string's memory back.
///
/// # Safety
/// `string.data` is NULL or came from the boundary's allocator, and is not used again.
pub unsafe fn free(string: metaffi_string) {
    // SAFETY: the caller's promise.
    unsafe { memory::free(string.data.cast_mut()) }
}

/// No string.
pub const NONE: metaffi_string = metaffi_string { data: ptr::null(), length: 0 };

/// Units in memory of their own; the zero behind them lets C read them as its own strings.
fn store<T: Copy>(units: &[T]) -> Result<metaffi_string> {
    let bytes = size_of_val(units);
    let data = memory::alloc(bytes + size_of::<T>())?;
    // SAFETY: new memory of that size.
    unsafe {
        ptr::copy_nonoverlapping(units.as_ptr().cast(), data, bytes);
        ptr::write_bytes(data.add(bytes), 0, size_of::<T>());
    }
    Ok(metaffi_string { data: data.cast::<c_void>(), length: units.len() })
}

#[cold]
fn invalid(message: String) -> Error {
    Error::new(Status::InvalidText, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTHS: [Kind; 3] = [Kind::String8, Kind::String16, Kind::String32];

    fn lent<T>(units: &[T]) -> metaffi_string {
        metaffi_string { data: units.as_ptr().cast(), length: units.len() }
    }

    fn message<T>(result: Result<T>) -> String {
        let Err(error) = result else { panic!("accepted") };
        assert_eq!(error.status(), Status::InvalidText);
        error.message().to_owned()
    }

    #[test]
    fn text_survives_every_width() {
        for text in ["", "plain", "a\0b", "é€😀", "\u{10ffff}\u{d7ff}\u{e000}"] {
            for from in WIDTHS {
                let first = encode(text, from).unwrap();
                for to in WIDTHS {
                    // SAFETY: strings of the kinds that they were made as, freed once.
                    unsafe {
                        let second = convert(&first, from, to).unwrap();
                        assert_eq!(decode(&second, to).unwrap(), text);
                        free(second);
                    }
                }
                // SAFETY: freed once.
                unsafe { free(first) }
            }
        }
    }

    #[test]
    fn lengths_count_units_and_a_zero_follows() {
        for (kind, length) in WIDTHS.into_iter().zip([8, 4, 3]) {
            let string = encode("é€\u{1f60}", kind).unwrap();
            assert_eq!(string.length, if kind == Kind::String8 { length } else { 3 });
            // SAFETY: at least one zero byte behind the units; freed once.
            unsafe { free(string) }
        }
        let string = encode("😀", Kind::String16).unwrap();
        assert_eq!(string.length, 2);
        // SAFETY: two units and the zero behind them; freed once.
        unsafe {
            let units = slice::from_raw_parts(string.data.cast::<u16>(), 3);
            assert_eq!(units, [0xd83d, 0xde00, 0]);
            free(string);
        }
    }

    #[test]
    fn malformed_text_says_where() {
        assert_eq!(message(utf8(b"abc\xff")), "invalid UTF-8 at byte 3 (0xff)");
        assert_eq!(
            message(utf8(b"ab\xe2\x82")),
            "invalid UTF-8 at byte 2 (0xe2), the text ends inside a character"
        );
        assert_eq!(message(utf8(b"\xed\xa0\x80")), "invalid UTF-8 at byte 0 (0xed)");
        let surrogate = message(utf16(&[97, 0xd83d, 0xde00, 98, 99, 0xdc00, 97]));
        assert_eq!(surrogate, "invalid UTF-16 at unit 5 (0xdc00): a surrogate without its pair");
        assert!(message(utf16(&[97, 0xd800])).contains("at unit 1 (0xd800)"));
        let point = message(utf32(&[97, 0xd800]));
        assert_eq!(point, "invalid UTF-32 at unit 1 (0xd800): not a Unicode character");
        assert!(message(utf32(&[0x11_0000])).contains("at unit 0 (0x110000)"));
    }

    #[test]
    fn malformed_text_is_not_converted() {
        // SAFETY: the units are lent.
        unsafe {
            message(convert(&lent(b"\xff"), Kind::String8, Kind::String8));
            message(convert(&lent(&[0xd800_u16]), Kind::String16, Kind::String8));
            message(convert(&lent(&[u32::MAX]), Kind::String32, Kind::String16));
        }
    }

    #[test]
    fn null_is_no_string_but_never_a_long_one() {
        // SAFETY: NULL.
        unsafe {
            assert_eq!(convert(&NONE, Kind::String8, Kind::String16).unwrap(), NONE);
            assert_eq!(decode(&NONE, Kind::String32).unwrap(), "");
            let error = units::<u8>(&metaffi_string { length: 3, ..NONE }).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            assert!(error.message().contains("its length is 3"), "{error}");
        }
    }

    #[test]
    fn impossible_strings_are_refused() {
        let data = [0_u32; 2];
        let long = metaffi_string { data: data.as_ptr().cast(), length: usize::MAX };
        let odd = metaffi_string { data: data.as_ptr().wrapping_byte_add(1).cast(), length: 1 };
        // SAFETY: refused before anything is read.
        unsafe {
            assert!(units::<u8>(&long).unwrap_err().message().contains("longer than memory"));
            assert!(units::<u16>(&odd).unwrap_err().message().contains("not aligned"));
            assert!(units::<u8>(&odd).is_ok());
        }
    }
}
