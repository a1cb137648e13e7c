//! From C to slots: values of the types that kinds are mapped to.

use std::ffi::c_void;

use super::strings;
use crate::abi::{metaffi_slot, metaffi_value};
use crate::signature::Kind;

/// Reads a C value of the type that the kind is mapped to at `from` into its slots.
///
/// # Safety
/// `from` points to such a value, aligned; `slots` to as many slots as the kind takes. The text of
/// a string stays where it is.
#[inline(always)]
pub unsafe fn load(kind: Kind, from: *const c_void, slots: *mut metaffi_slot) {
    // SAFETY: `from` points to such a value, aligned; `slots` to as many slots as the kind takes.
    // The text of a string stays where it is.
    unsafe {
        if is_word(kind) {
            *slots = from.cast::<u64>().read();
            return;
        }
        *slots = match kind {
            Kind::Int64 | Kind::Uint64 | Kind::Float64 => from.cast::<u64>().read(),
            Kind::Int32 => from.cast::<i32>().read() as i64 as u64,
            Kind::Uint32 | Kind::Char32 | Kind::Float32 => u64::from(from.cast::<u32>().read()),
            Kind::Int8 => from.cast::<i8>().read() as i64 as u64,
            Kind::Int16 => from.cast::<i16>().read() as i64 as u64,
            Kind::Uint8 | Kind::Bool | Kind::Char8 => u64::from(from.cast::<u8>().read()),
            Kind::Uint16 | Kind::Char16 => u64::from(from.cast::<u16>().read()),
            Kind::String8 | Kind::String16 | Kind::String32 => {
                let text = from.cast::<*const c_void>().read();
                *slots.add(1) = strings::length(kind, text) as u64;
                text.addr() as u64
            }
            Kind::Any => return load_any(from.cast::<*const metaffi_value>().read(), slots),
            // A word or a pointer.
            _ => from.cast::<usize>().read() as u64,
        };
    }
}

/// Whether the kind is mapped to eight bytes that are the slot: one test, where telling all
/// kinds apart takes a jump.
#[inline(always)]
pub(super) const fn is_word(kind: Kind) -> bool {
    const WORDS: u64 = Kind::Int64 as u64 | Kind::Uint64 as u64 | Kind::Float64 as u64;
    kind as u64 & WORDS != 0
}

unsafe fn load_any(value: *const metaffi_value, slots: *mut metaffi_slot) {
    // SAFETY: NULL or a value, and three slots.
    unsafe {
        let to = slots.cast::<metaffi_value>();
        match value.is_null() {
            true => slots.write_bytes(0, 3),
            false => to.write(value.read()),
        }
    }
}
