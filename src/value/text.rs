//! Text: validated, converted between UTF-8, UTF-16 and UTF-32, allocated.

use std::borrow::Cow;
use std::ffi::c_void;
use std::ptr;
use std::slice;

use super::{Kind, memory};
use crate::abi::metaffi_string;
use crate::error::{Error, Result, Status};

/// Refuses what is not UTF-8. Most text is ASCII, which is seen sooner.
pub fn utf8(bytes: &[u8]) -> Result<&str> {
    if is_ascii(bytes) {
        // SAFETY: ASCII is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let why =
            if error.error_len().is_none() { ", the text ends inside a character" } else { "" };
        invalid(format!("invalid UTF-8 at byte {at} ({:#04x}){why}", bytes[at]))
    })
}

/// Text that would be [where no process has memory](memory::is_failure).
#[cold]
pub fn nowhere<T>(address: *const T) -> Error {
    let address = address.addr();
    invalid(format!(
        "{address:#x} is the address of no text, but stands for a failure: load the value as a \
         handle, or as size, to get the address"
    ))
}

/// Whether all bytes are ASCII: in blocks, of which each compiler makes a few wide instructions, and
/// which are looked at together.
#[inline]
pub fn is_ascii(bytes: &[u8]) -> bool {
    const MANY: usize = 32;
    let Some(last) = bytes.last_chunk::<64>() else { return bytes.is_ascii() };
    let (blocks, _) = bytes.as_chunks::<64>();
    let are = |blocks: &[[u8; 64]]| {
        let mut all = [0; 64];
        for block in blocks {
            all.iter_mut().zip(block).for_each(|(all, byte)| *all |= byte);
        }
        all.is_ascii()
    };
    blocks.chunks(MANY).all(are) && are(slice::from_ref(last))
}

/// The characters of UTF-16; what is none is an error.
pub fn utf16(units: &[u16]) -> impl Iterator<Item = Result<char>> {
    let mut at = 0;
    char::decode_utf16(units.iter().copied()).map(move |unit| {
        let char = unit.map_err(|error| {
            let unit = error.unpaired_surrogate();
            invalid(format!(
                "invalid UTF-16 at unit {at} ({unit:#06x}): a surrogate without its pair"
            ))
        })?;
        at += char.len_utf16();
        Ok(char)
    })
}

/// The characters of UTF-32; what is none is an error.
pub fn utf32(units: &[u32]) -> impl Iterator<Item = Result<char>> {
    units.iter().enumerate().map(|(at, &unit)| {
        char::from_u32(unit).ok_or_else(|| {
            invalid(format!("invalid UTF-32 at unit {at} ({unit:#x}): not a Unicode character"))
        })
    })
}

/// The text of a string of the kind, validated; UTF-8 is not copied.
///
/// # Safety
/// `string.data` has `string.length` units of the kind's width, alive and unchanged for `'a`.
pub unsafe fn decode<'a>(string: &metaffi_string, kind: Kind) -> Result<Cow<'a, str>> {
    // SAFETY: `string.data` has `string.length` units of the kind's width, alive and unchanged for
    // `'a`.
    unsafe {
        match kind {
            // A unit of UTF-16 is at most three bytes of UTF-8, one of UTF-32 at most four.
            Kind::String16 => collect(utf16(units(string)?), 3 * string.length),
            Kind::String32 => collect(utf32(units(string)?), 4 * string.length),
            _ => utf8(units(string)?).map(Cow::Borrowed),
        }
    }
}

/// Characters as text of at most so many bytes.
fn collect<'a>(chars: impl Iterator<Item = Result<char>>, most: usize) -> Result<Cow<'a, str>> {
    let mut text = String::new();
    text.try_reserve_exact(most).map_err(|_| memory::exhausted(most))?;
    for char in chars {
        text.push(char?);
    }
    Ok(Cow::Owned(text))
}

/// The units of a string as C passed them; none for NULL.
///
/// # Safety
/// `string.data` is NULL or has `string.length` units of `T`, alive and unchanged for `'a`.
pub unsafe fn units<'a, T: Copy>(string: &metaffi_string) -> Result<&'a [T]> {
    let data: *const T = string.data.cast();
    let fault = |message| Err(Error::invalid(message));
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
        Kind::String16 => write(text.encode_utf16().count(), text.encode_utf16()),
        Kind::String32 => write(text.chars().count(), text.chars().map(u32::from)),
        _ => store(text.as_bytes()),
    }
}

/// Refuses a string that cannot be read: NULL with a length, not aligned, longer than memory.
///
/// # Safety
/// As for [`check`].
pub unsafe fn check_memory(string: &metaffi_string, kind: Kind) -> Result<()> {
    // SAFETY: `string.data` is NULL or has `string.length` units of the kind's width.
    unsafe {
        match kind {
            Kind::String16 => units::<u16>(string).map(drop),
            Kind::String32 => units::<u32>(string).map(drop),
            _ => units::<u8>(string).map(drop),
        }
    }
}

/// Refuses a string that is malformed.
///
/// # Safety
/// `string.data` is NULL or has `string.length` units of the kind's width.
pub unsafe fn check(string: &metaffi_string, kind: Kind) -> Result<()> {
    // SAFETY: `string.data` is NULL or has `string.length` units of the kind's width.
    unsafe {
        match kind {
            Kind::String16 => utf16(units(string)?).try_for_each(|char| char.map(drop)),
            Kind::String32 => utf32(units(string)?).try_for_each(|char| char.map(drop)),
            _ => utf8(units(string)?).map(drop),
        }
    }
}

/// A copy of a string, validated; an empty one of NULL.
///
/// # Safety
/// `string.data` is NULL or has `string.length` units of the kind's width.
pub unsafe fn copy(string: &metaffi_string, kind: Kind) -> Result<metaffi_string> {
    // SAFETY: `string.data` is NULL or has `string.length` units of the kind's width.
    unsafe {
        check(string, kind)?;
        match kind {
            Kind::String16 => store::<u16>(units(string)?),
            Kind::String32 => store::<u32>(units(string)?),
            _ => store::<u8>(units(string)?),
        }
    }
}

/// A copy of a string, validated and possibly of another width; NULL stays NULL.
///
/// # Safety
/// `string.data` is NULL or has `string.length` units of the width of `from`.
pub unsafe fn convert(string: &metaffi_string, from: Kind, to: Kind) -> Result<metaffi_string> {
    // SAFETY: `string.data` is NULL or has `string.length` units of the width of `from`.
    unsafe {
        if string.data.is_null() && string.length == 0 {
            Ok(NONE)
        } else if from == to {
            copy(string, from)
        } else {
            encode(&decode(string, from)?, to)
        }
    }
}

/// Gives a string's memory back.
///
/// # Safety
/// `string.data` is NULL or came from the boundary's allocator, and is not used again.
pub unsafe fn free(string: metaffi_string) {
    // SAFETY: `string.data` is NULL or came from the boundary's allocator, and is not used again.
    unsafe { memory::free(string.data.cast_mut()) }
}

/// No string.
pub const NONE: metaffi_string = metaffi_string { data: ptr::null(), length: 0 };

/// So many units in memory of their own, and a zero behind them.
fn write<T: Copy + Default>(
    length: usize,
    units: impl Iterator<Item = T>,
) -> Result<metaffi_string> {
    let data = memory::alloc((length + 1) * size_of::<T>())?.cast::<T>();
    for (index, unit) in units.chain([T::default()]).enumerate() {
        // SAFETY: there is room for the units and the zero.
        unsafe { data.add(index).write(unit) };
    }
    Ok(metaffi_string { data: data.cast_const().cast::<c_void>(), length })
}

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
#[path = "text_tests.rs"]
mod tests;
