//! Strings of C, which end with a NUL, and those in slots, which have a length.

use std::ffi::c_void;
use std::ptr;

use crate::abi::metaffi_slot;
use crate::error::Result;
use crate::signature::Kind;
use crate::value::memory;

/// Bytes in a code unit of a string kind.
pub(super) fn unit(kind: Kind) -> usize {
    match kind {
        Kind::String16 => 2,
        Kind::String32 => 4,
        _ => 1,
    }
}

/// The length of NUL-terminated text in code units; 0 for NULL.
///
/// # Safety
/// `text` is NULL or NUL-terminated text of that kind.
pub unsafe fn length(kind: Kind, text: *const c_void) -> usize {
    if text.is_null() {
        return 0;
    }
    // SAFETY: `text` is NULL or NUL-terminated text of that kind.
    unsafe {
        match kind {
            Kind::String16 => units(text.cast::<u16>()),
            Kind::String32 => units(text.cast::<u32>()),
            _ => libc::strlen(text.cast()),
        }
    }
}

unsafe fn units<T: PartialEq + Default + Copy>(text: *const T) -> usize {
    let mut length = 0;
    // SAFETY: NUL-terminated, so every unit up to the terminator can be read.
    while unsafe { *text.add(length) } != T::default() {
        length += 1;
    }
    length
}

/// A NUL-terminated copy of the string in two slots, allocated; NULL for no string.
///
/// # Safety
/// The slots hold a string of that kind.
pub(super) unsafe fn copy_terminated(
    kind: Kind,
    slots: *const metaffi_slot,
) -> Result<*mut c_void> {
    // SAFETY: the slots hold a string of that kind; the copy has room for one more unit.
    unsafe {
        let text = ptr::with_exposed_provenance::<u8>(*slots as usize);
        if text.is_null() {
            return Ok(ptr::null_mut());
        }
        let bytes = *slots.add(1) as usize * unit(kind);
        let copy = memory::alloc(bytes + unit(kind))?;
        copy.copy_from_nonoverlapping(text, bytes);
        copy.add(bytes).write_bytes(0, unit(kind));
        Ok(copy.cast())
    }
}

/// As [`copy_terminated`], and frees the original.
///
/// # Safety
/// The slots hold a string of that kind, allocated by [`memory::alloc`], that nobody else frees.
pub(super) unsafe fn terminate(kind: Kind, slots: *const metaffi_slot) -> Result<*mut c_void> {
    // SAFETY: the slots hold a string of that kind, allocated by `memory::alloc`, that nobody else
    // frees.
    unsafe {
        let copy = copy_terminated(kind, slots);
        memory::free(ptr::with_exposed_provenance_mut::<u8>(*slots as usize));
        copy
    }
}
