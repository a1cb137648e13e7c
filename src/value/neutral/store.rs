//! The memory of neutral values.

use std::ptr;

use crate::abi::{metaffi_string, metaffi_value};
use crate::error::Result;
use crate::signature::Kind;
use crate::value::{OwnedValue, memory, text, zero};

/// A value of a structure of the kind, which points to nothing.
pub(super) fn plain<T: Copy>(structure: T, kind: Kind) -> Result<OwnedValue> {
    with_bytes(&[], kind, |_| structure)
}

/// A value of the structure that `build` makes for the address of these bytes: a copy of them in the
/// same piece of memory, with a zero behind it.
pub(super) fn with_bytes<T: Copy>(
    bytes: &[u8],
    kind: Kind,
    build: impl FnOnce(*const u8) -> T,
) -> Result<OwnedValue> {
    let memory = memory::alloc(size_of::<T>() + bytes.len() + 1)?;
    let mut value = zero(kind.into());
    // SAFETY: memory for both, aligned for every type of C; every member of a payload that is a
    // pointer is read as any other.
    unsafe {
        let tail = memory.add(size_of::<T>());
        ptr::copy_nonoverlapping(bytes.as_ptr(), tail, bytes.len());
        tail.add(bytes.len()).write(0);
        memory.cast::<T>().write(build(tail));
        value.data.bigint = memory.cast();
        Ok(owned(value))
    }
}

/// The same for text.
pub(super) fn with_text<T: Copy>(
    content: &str,
    kind: Kind,
    build: impl FnOnce(metaffi_string) -> T,
) -> Result<OwnedValue> {
    with_bytes(content.as_bytes(), kind, |data| {
        build(metaffi_string { data: data.cast(), length: content.len() })
    })
}

/// The text of a member.
///
/// # Safety
/// What the string points to is valid for `'a`.
pub(super) unsafe fn read_text<'a>(string: &metaffi_string) -> Result<&'a str> {
    // SAFETY: what the string points to is valid for `'a`.
    text::utf8(unsafe { text::units(string) }?)
}

/// # Safety
/// What the value holds is new.
unsafe fn owned(value: metaffi_value) -> OwnedValue {
    // SAFETY: what the value holds is new.
    unsafe { OwnedValue::from_raw(value) }
}
