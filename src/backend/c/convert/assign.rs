//! Writing a value where C keeps one.

use super::to_c::of_type;
use super::{Direction, aggregate, check, store_word, to_c};
use crate::abi::{metaffi_slot, metaffi_string, metaffi_value};
use crate::backend::c::data::ctype::{CType, Pointee, PointeeKind, Representation};
use crate::call;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Type};
use crate::value::text;

/// Writes what is in `slots` to `to`. Nothing is written on failure but for arrays and structs,
/// which are written part by part.
///
/// What is written must last longer than the call: text and arrays are copied into C's arrays, but
/// not lent to its pointers.
///
/// # Safety
/// `slots` holds a value of that type; `to` has room for a value of the C type.
pub unsafe fn assign(
    scope: &CallScope,
    ctype: &CType,
    to: *mut u8,
    r#type: Type,
    slots: *const metaffi_slot,
) -> Result<()> {
    // SAFETY: `slots` holds a value of that type; `to` has room for a value of the C type.
    unsafe { assign_in(scope, ctype, to, ctype.size, r#type, slots) }
}

/// Like [`assign`], with `room` bytes for a value whose type leaves its size open; `usize::MAX` if
/// nobody knows how many there are.
///
/// # Safety
/// As for [`assign`]; `to` has that room.
pub unsafe fn assign_in(
    scope: &CallScope,
    ctype: &CType,
    to: *mut u8,
    room: usize,
    r#type: Type,
    slots: *const metaffi_slot,
) -> Result<()> {
    let kind = r#type.kind();
    // SAFETY: `slots` holds a value of that type; `to` has room for a value of the C type; `to` has
    // that room.
    unsafe {
        if kind == Kind::Any {
            let mut loaded = [0; 3];
            let r#type = call::load_as_is(&*slots.cast::<metaffi_value>(), loaded.as_mut_ptr())?;
            return assign_in(scope, ctype, to, room, r#type, loaded.as_ptr());
        }
        match (ctype.class, kind) {
            (Representation::Array(pointee), Kind::String8 | Kind::String16 | Kind::String32) => {
                characters(ctype, pointee, to, room, kind, slots)
            }
            (Representation::Array(_), Kind::Array) => {
                aggregate::elements(scope, ctype, to, room, array(slots))
            }
            (Representation::Record, Kind::Array) => {
                aggregate::members(scope, ctype, to, room, array(slots))
            }
            (Representation::Complex(format), Kind::Array) => {
                aggregate::complex(scope, ctype, format, to, array(slots))
            }
            (
                Representation::Pointer(_),
                Kind::String8 | Kind::String16 | Kind::String32 | Kind::Array,
            ) => Err(Error::mismatch(format!(
                "{type} given for C's {}: nobody would own its memory; make C data of it \
                         (metaffi_cdata_new) and give that",
                ctype.spell()
            ))),
            (
                Representation::Pointer(_)
                | Representation::Wide { .. }
                | Representation::Float(_)
                | Representation::Complex(_),
                Kind::Handle,
            ) => convert(scope, ctype, to, r#type, slots),
            (_, Kind::Handle) => copy_object(scope, ctype, to, *slots),
            _ => convert(scope, ctype, to, r#type, slots),
        }
    }
}

unsafe fn convert(
    scope: &CallScope,
    ctype: &CType,
    to: *mut u8,
    r#type: Type,
    slots: *const metaffi_slot,
) -> Result<()> {
    check(&r#type.into(), ctype, Direction::ToC)?;
    // SAFETY: `slots` are those of a value of the type, and `to` has room for one of the C type.
    unsafe {
        let word = to_c(scope, r#type, ctype, slots)?;
        store_word(ctype, word, to);
    }
    Ok(())
}

unsafe fn array(slots: *const metaffi_slot) -> *const crate::abi::metaffi_array {
    // SAFETY: the caller's slot holds an array.
    std::ptr::with_exposed_provenance(unsafe { *slots } as usize)
}

/// Text into an array of characters, with a NUL if there is room, as C initialises it.
unsafe fn characters(
    ctype: &CType,
    pointee: Pointee,
    to: *mut u8,
    room: usize,
    kind: Kind,
    slots: *const metaffi_slot,
) -> Result<()> {
    let Some(wanted) = text_kind(pointee) else {
        return Err(Error::mismatch(format!(
            "text given for C's {}, which has no characters",
            ctype.spell()
        )));
    };
    // SAFETY: the slots hold a string; the array has `room` bytes.
    unsafe {
        let given = metaffi_string {
            data: std::ptr::with_exposed_provenance(*slots as usize),
            length: *slots.add(1) as usize,
        };
        if kind == wanted {
            return put_characters(ctype, pointee.size, to, room, &given);
        }
        let converted = text::convert(&given, kind, wanted)?;
        let outcome = put_characters(ctype, pointee.size, to, room, &converted);
        text::free(converted);
        outcome
    }
}

/// The text whose code units an array of such elements can hold.
pub fn text_kind(pointee: Pointee) -> Option<Kind> {
    match (pointee.kind, pointee.size) {
        (PointeeKind::Integer, 1) => Some(Kind::String8),
        (PointeeKind::Integer, 2) => Some(Kind::String16),
        (PointeeKind::Integer, 4) => Some(Kind::String32),
        _ => None,
    }
}

unsafe fn put_characters(
    ctype: &CType,
    unit: usize,
    to: *mut u8,
    room: usize,
    text: &metaffi_string,
) -> Result<()> {
    if text.length > room / unit {
        return Err(Error::out_of_range(format!(
            "text of {} code units does not fit C's {}, which has room for {}",
            text.length,
            ctype.spell(),
            room / unit
        )));
    }
    let bytes = text.length * unit;
    // Where the room is not known, C's own rule holds: the text and its NUL.
    let zeroes = if room == usize::MAX { unit } else { room - bytes };
    // SAFETY: the caller has that text and that room.
    unsafe {
        to.copy_from(text.data.cast(), bytes);
        to.add(bytes).write_bytes(0, zeroes);
    }
    Ok(())
}

/// The value of an object of the same type.
unsafe fn copy_object(scope: &CallScope, ctype: &CType, to: *mut u8, key: u64) -> Result<()> {
    let object = of_type(scope, ctype, key, "which is no pointer")?;
    let memory = object.memory(scope)?;
    // SAFETY: both have the size of the type.
    unsafe { to.copy_from(memory.address(), ctype.size) };
    Ok(())
}
