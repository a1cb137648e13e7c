//! From slots to C: values of the types that kinds are mapped to.

use std::ffi::c_void;

use super::load::is_word;
use super::strings;
use crate::abi::{metaffi_slot, metaffi_value};
use crate::error::Result;
use crate::signature::Kind;
use crate::value::memory;

/// Where a C value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// The result of a closure: integers are widened to eight bytes.
    Result,
    /// A variable of the type.
    Variable,
}

/// Writes the value in `slots` as a C value of the type that the kind is mapped to. What it refers
/// to becomes the reader's.
///
/// # Safety
/// `slots` holds a value of that kind which nobody else will free; `to` has room for it.
#[inline(always)]
pub(super) unsafe fn store(
    kind: Kind,
    slots: *const metaffi_slot,
    to: *mut c_void,
    place: To,
) -> Result<()> {
    // SAFETY: `slots` holds a value of that kind which nobody else will free; `to` has room for it.
    unsafe {
        let slot = *slots;
        if is_word(kind) {
            to.cast::<u64>().write(slot);
            return Ok(());
        }
        match kind {
            Kind::String8 | Kind::String16 | Kind::String32 => {
                let text = strings::terminate(kind, slots)?;
                to.cast::<*mut c_void>().write(text);
            }
            Kind::Any => {
                let value = memory::alloc(size_of::<metaffi_value>())?.cast::<metaffi_value>();
                value.write(slots.cast::<metaffi_value>().read());
                to.cast::<*mut metaffi_value>().write(value);
            }
            Kind::Float32 => to.cast::<u32>().write(slot as u32),
            _ if place == To::Result => to.cast::<u64>().write(slot),
            Kind::Int8 | Kind::Uint8 | Kind::Bool | Kind::Char8 => {
                to.cast::<u8>().write(slot as u8);
            }
            Kind::Int16 | Kind::Uint16 | Kind::Char16 => to.cast::<u16>().write(slot as u16),
            Kind::Int32 | Kind::Uint32 | Kind::Char32 => to.cast::<u32>().write(slot as u32),
            Kind::Int64 | Kind::Uint64 | Kind::Float64 => to.cast::<u64>().write(slot),
            // A word or a pointer.
            _ => {
                to.cast::<usize>().write(slot as usize);
            }
        }
    }
    Ok(())
}
