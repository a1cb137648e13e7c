//! Numbers, characters and UTF-8 text, which calls in both directions convert without looking further.

use std::ffi::c_int;

use super::number::exact;
use crate::abi::metaffi_slot;
use crate::python::api::{Api, Object};
use crate::signature::{Kind, TypeInfo};
use crate::value::memory;

/// How values of the type are held; null for scalars and text with an alias, which are more than
/// that.
pub fn plain_kind(info: &TypeInfo) -> Kind {
    let kind = info.r#type.kind();
    let plain = info.alias.is_none() || !(kind.is_scalar() || kind == Kind::String8);
    if plain { kind } else { Kind::Null }
}

/// A new reference to what a number, a character or UTF-8 text is in Python; NULL for every other kind, and if
/// that failed.
///
/// # Safety
/// `slots` holds a value of the kind; the GIL is held.
#[inline(always)]
pub unsafe fn to_python(api: &Api, kind: Kind, slots: *const metaffi_slot) -> Object {
    // SAFETY: `slots` holds a value of the kind; the GIL is held.
    unsafe {
        if kind != Kind::String8 {
            return number(api, kind, *slots);
        }
        if *slots == 0 {
            return std::ptr::null_mut();
        }
        let data = std::ptr::with_exposed_provenance(*slots as usize);
        api.new_utf8(data, *slots.add(1) as usize, c"strict".as_ptr())
    }
}

/// The same for numbers, bools and characters. Kinds are bits: a few comparisons tell the commonest, where
/// telling all apart takes a jump.
///
/// # Safety
/// As for [`to_python`].
#[inline(always)]
pub unsafe fn number(api: &Api, kind: Kind, slot: metaffi_slot) -> Object {
    use Kind::{Bool, Char8, Char16, Char32, Float32, Float64, Int8, Int16, Int32, Int64};
    use Kind::{Size, Uint8, Uint16, Uint32, Uint64};
    const SIGNED: u64 = Int64 as u64 | Int32 as u64 | Int16 as u64 | Int8 as u64;
    const UNSIGNED: u64 =
        Uint64 as u64 | Uint32 as u64 | Uint16 as u64 | Uint8 as u64 | Size as u64;
    // SAFETY: `slots` holds a value of the kind; the GIL is held.
    unsafe {
        if kind as u64 & SIGNED != 0 {
            return (api.PyLong_FromLongLong)(slot.cast_signed());
        }
        if kind == Float64 {
            return (api.PyFloat_FromDouble)(f64::from_bits(slot));
        }
        if kind as u64 & UNSIGNED != 0 {
            return (api.PyLong_FromUnsignedLongLong)(slot);
        }
        match kind {
            Float32 => (api.PyFloat_FromDouble)(f64::from(f32::from_bits(slot as u32))),
            Bool => {
                let object = if slot != 0 { api._Py_TrueStruct } else { api._Py_FalseStruct };
                api.incref(object);
                object
            }
            // Another unit of these is part of a character, or none.
            Char8 if (slot as u8) < 0x80 => (api.PyUnicode_FromOrdinal)((slot as u8).into()),
            Char16 | Char32 => match char::from_u32(unit(kind, slot)) {
                Some(character) => (api.PyUnicode_FromOrdinal)(character as c_int),
                None => std::ptr::null_mut(),
            },
            _ => std::ptr::null_mut(),
        }
    }
}

#[inline(always)]
fn unit(kind: Kind, slot: metaffi_slot) -> u32 {
    if kind == Kind::Char16 { (slot as u16).into() } else { slot as u32 }
}

/// Stores an exact `int`, `float`, `bool` or `str` that fits; false for anything else, possibly
/// with an exception set.
///
/// # Safety
/// `object` is borrowed, `slots` has room for the kind, and the GIL is held.
#[inline(always)]
pub unsafe fn from_python(api: &Api, kind: Kind, object: Object, slots: *mut metaffi_slot) -> bool {
    // SAFETY: `object` is borrowed, `slots` has room for the kind, and the GIL is held.
    unsafe {
        if kind == Kind::String8 {
            return api.type_of(object) == api.PyUnicode_Type && text(api, object, slots);
        }
        match exact(api, object, kind) {
            Some(slot) => *slots = slot,
            None => return false,
        }
    }
    true
}

#[inline(always)]
unsafe fn text(api: &Api, object: Object, slots: *mut metaffi_slot) -> bool {
    // SAFETY: the caller has a str and two slots; the text is the object's own until it ends.
    unsafe {
        let Some((data, length)) = api.utf8(object) else { return false };
        let Ok(copy) = memory::alloc(length + 1) else { return false };
        // With the zero behind it.
        copy.copy_from_nonoverlapping(data, length + 1);
        *slots = copy.expose_provenance() as u64;
        *slots.add(1) = length as u64;
    }
    true
}
