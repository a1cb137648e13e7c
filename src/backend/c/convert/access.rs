//! Reading and writing C data by path.

use std::ffi::c_void;
use std::sync::Arc;

use super::assign::assign_in;
use super::{SlotNumber, from_c, half_float};
use crate::abi::metaffi_value;
use crate::backend::c::data::bits;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, PointeeKind, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::backend::c::types::{BitField, Qualifiers};
use crate::call;
use crate::error::{Error, Result};
use crate::handle::{self, pin::CallScope};
use crate::signature::{Kind, Type};
use crate::value::{self, OwnedValue};

/// The value at a path: a number as a number, a function pointer as a callable, another pointer as
/// an object that holds its value, anything else as an object that shares the memory. NULL is a
/// null reference.
///
/// # Safety
/// What pointers on the path point to is there.
pub unsafe fn read(object: &Arc<CData>, path: &str) -> Result<OwnedValue> {
    // SAFETY: what pointers on the path point to is there.
    handle::using(|scope| unsafe { read_in(scope, object.into(), path) })
}

/// The same in a call scope.
///
/// # Safety
/// As for [`read`].
#[inline]
pub unsafe fn read_in<'a>(
    scope: &'a CallScope,
    object: BorrowedCData<'a>,
    path: &str,
) -> Result<OwnedValue> {
    let lvalue = Lvalue::find(scope, object, path)?;
    lvalue.check().map_err(|error| named(path, error))?;
    // SAFETY: the lvalue is there, and holds a value of its type.
    unsafe {
        match (lvalue.ctype.number, lvalue.bits) {
            (Some(kind), None) => Ok(read_number(lvalue.ctype, kind, lvalue.address)),
            (_, Some(bits)) => read_bits(&lvalue, bits),
            (None, None) => read_other(scope, object, path, &lvalue),
        }
    }
}

/// A number of at most eight bytes, or a bool.
#[inline]
unsafe fn read_number(ctype: &CType, kind: Kind, from: *const u8) -> OwnedValue {
    // SAFETY: the caller has a value of the type there, aligned or not.
    unsafe {
        let bits = match (ctype.class, ctype.size) {
            (Representation::Float(Format::Half), _) => {
                let half = half_float::load(from.cast::<u16>().read_unaligned());
                u64::from((half as f32).to_bits())
            }
            (Representation::Bool, _) => u64::from(from.read() != 0),
            (_, 1) => u64::from(from.read()),
            (_, 2) => u64::from(from.cast::<u16>().read_unaligned()),
            (_, 4) => u64::from(from.cast::<u32>().read_unaligned()),
            _ => from.cast::<u64>().read_unaligned(),
        };
        // A payload begins with the number; what it owns is nothing.
        let mut value = value::zero(kind.into());
        value.data.uint64 = if cfg!(target_endian = "big") {
            bits.rotate_right(8 * ctype.size as u32)
        } else {
            bits
        };
        OwnedValue::from_raw(value)
    }
}

#[cold]
unsafe fn read_other<'a>(
    scope: &'a CallScope,
    object: BorrowedCData<'a>,
    path: &str,
    lvalue: &Lvalue<'a>,
) -> Result<OwnedValue> {
    let is_data = |pointee: PointeeKind| pointee != PointeeKind::Function;
    if let Representation::Pointer(pointee) = lvalue.ctype.class
        && is_data(pointee.kind)
        && let Some((value, kept)) = keeper(scope, object, path, lvalue)?
    {
        let kept = kept.to_arc();
        return object_value(CData::keeping(lvalue.ctype.clone(), value, &kept));
    }
    // SAFETY: the lvalue is there, and holds a value of its type.
    unsafe { read_part(lvalue) }
}

/// What is no number.
unsafe fn read_part(lvalue: &Lvalue<'_>) -> Result<OwnedValue> {
    let kind = match lvalue.ctype.class {
        Representation::Pointer(pointee) if pointee.kind == PointeeKind::Function => Kind::Callable,
        Representation::Pointer(_) => Kind::Handle,
        _ => return object_value(view(lvalue)?),
    };
    // SAFETY: the lvalue is there, and holds a value of its type.
    unsafe { converted(lvalue.ctype, lvalue.address, kind) }
}

/// The value of an lvalue, as [`read`] gives it.
///
/// # Safety
/// What pointers on the way to it point to is there.
pub unsafe fn read_at(lvalue: &Lvalue<'_>) -> Result<OwnedValue> {
    lvalue.check()?;
    // SAFETY: the lvalue is there, and holds a value of its type.
    unsafe {
        match (lvalue.ctype.number, lvalue.bits) {
            (Some(kind), None) => Ok(read_number(lvalue.ctype, kind, lvalue.address)),
            (_, Some(bits)) => read_bits(lvalue, bits),
            (None, None) => read_part(lvalue),
        }
    }
}

/// The same, but for pointers: NULL is null, any other is an object.
///
/// # Safety
/// As for [`read_at`].
#[inline]
pub unsafe fn read_object_at(lvalue: &Lvalue<'_>) -> Result<OwnedValue> {
    match lvalue.ctype.class {
        // SAFETY: what pointers on the way to the lvalue point to is there.
        Representation::Pointer(_) => unsafe { read_pointer(lvalue) },
        // SAFETY: as above.
        _ => unsafe { read_at(lvalue) },
    }
}

unsafe fn read_pointer(lvalue: &Lvalue<'_>) -> Result<OwnedValue> {
    lvalue.check()?;
    // SAFETY: the lvalue was checked; a pointer is there, aligned or not.
    let is_null = unsafe { lvalue.address.cast::<*const c_void>().read_unaligned().is_null() };
    if is_null {
        // SAFETY: null owns nothing.
        return Ok(unsafe { OwnedValue::from_raw(value::null()) });
    }
    // SAFETY: as above.
    unsafe { converted(lvalue.ctype, lvalue.address, Kind::Handle) }
}

/// What keeps alive what the pointer at an lvalue points to, if that is known.
fn keeper<'a>(
    scope: &'a CallScope,
    object: BorrowedCData<'a>,
    path: &str,
    lvalue: &Lvalue<'a>,
) -> Result<Option<(*mut c_void, BorrowedCData<'a>)>> {
    if !path.is_empty() {
        return Ok(None);
    }
    // SAFETY: the lvalue was checked; a pointer is there, aligned or not.
    let value = unsafe { lvalue.address.cast::<*mut c_void>().read_unaligned() };
    Ok(object.data().kept(scope)?.map(|kept| (value, kept)))
}

/// The value at an address, as [`read`] gives it.
///
/// # Safety
/// A value of the type is there as long as what is made of it, and what its pointers point to.
pub unsafe fn load(ctype: &CType, address: *mut u8) -> Result<OwnedValue> {
    let lvalue = Lvalue::unknown(ctype, address);
    // SAFETY: a value of the type is there.
    unsafe {
        match (ctype.number, ctype.class) {
            (Some(kind), _) => Ok(read_number(ctype, kind, address)),
            (None, Representation::Pointer(pointee)) => {
                let code = pointee.kind == PointeeKind::Function;
                converted(ctype, address, if code { Kind::Callable } else { Kind::Handle })
            }
            _ => object_value(view(&lvalue)?),
        }
    }
}

fn inferred(ctype: &CType) -> Kind {
    ctype.number.unwrap_or(Kind::Int64)
}

unsafe fn converted(ctype: &CType, from: *const u8, kind: Kind) -> Result<OwnedValue> {
    let mut slots = [0; 3];
    let mut value = value::null();
    // SAFETY: the caller has a value of the C type; the new value owns what is made for it.
    unsafe {
        from_c(ctype, from, kind.into(), slots.as_mut_ptr())?;
        call::store(slots.as_ptr(), &call::SlotLayout::of(kind.into()), &raw mut value);
        Ok(OwnedValue::from_raw(value))
    }
}

/// The number in a bit-field.
///
/// # Safety
/// The lvalue is [inside its object](Lvalue::check).
pub unsafe fn load_bits(lvalue: &Lvalue, bits: BitField) -> SlotNumber {
    let signed = matches!(lvalue.ctype.class, Representation::Integer { signed: true });
    // SAFETY: the caller checked the lvalue.
    SlotNumber::Integer(unsafe { bits::load(bits, signed, lvalue.address) })
}

unsafe fn read_bits(lvalue: &Lvalue, bits: BitField) -> Result<OwnedValue> {
    // SAFETY: the caller checked the lvalue.
    let number = unsafe { load_bits(lvalue, bits) };
    let kind = inferred(lvalue.ctype);
    let slot = number.into_slot(kind, &|| spell_bits(lvalue.ctype, bits))?;
    let mut value = value::null();
    // SAFETY: the slot holds a number of the kind, which owns nothing.
    unsafe {
        call::store(&raw const slot, &call::SlotLayout::of(kind.into()), &raw mut value);
        Ok(OwnedValue::from_raw(value))
    }
}

/// An object that shares the memory of an lvalue.
fn view(lvalue: &Lvalue) -> Result<CData> {
    view_as(lvalue, lvalue.ctype.clone())
}

/// The same, seen as a type.
pub(in crate::backend::c) fn view_as(lvalue: &Lvalue, ctype: CType) -> Result<CData> {
    match lvalue.owner {
        Some(owner) => CData::part(&owner.to_arc(), ctype, lvalue.address),
        None => {
            let address = lvalue.address.cast();
            // SAFETY: the pointer that led here is the caller's word for what is there.
            Ok(unsafe { CData::foreign(ctype, address, std::ptr::null_mut(), None) })
        }
    }
}

fn object_value(object: CData) -> Result<OwnedValue> {
    let handle = object.into_handle()?;
    // SAFETY: the new handle is nobody else's.
    Ok(unsafe { OwnedValue::from_raw(value::object(handle)) })
}

/// Writes the value at a path.
///
/// A pointer that is written keeps nothing alive: what it points to must outlive its use.
///
/// # Safety
/// What pointers on the path point to is there; the value is what its type says.
pub unsafe fn write(object: &Arc<CData>, path: &str, given: &metaffi_value) -> Result<()> {
    // SAFETY: what pointers on the path point to is there; the value is what its type says.
    handle::using(|scope| unsafe { write_in(scope, object.into(), path, given) })
}

/// The same in a call scope.
///
/// # Safety
/// As for [`write`].
#[inline]
pub unsafe fn write_in<'a>(
    scope: &'a CallScope,
    object: BorrowedCData<'a>,
    path: &str,
    given: &metaffi_value,
) -> Result<()> {
    let lvalue = Lvalue::find(scope, object, path)?;
    // SAFETY: what pointers on the path point to is there; the value is what its type says.
    unsafe { write_at(scope, &lvalue, given) }.map_err(|error| named(path, error))
}

/// Writes the value of an lvalue.
///
/// # Safety
/// As for [`write`].
#[inline]
pub unsafe fn write_at(scope: &CallScope, lvalue: &Lvalue, given: &metaffi_value) -> Result<()> {
    lvalue.check()?;
    if lvalue.constant {
        return Err(read_only(lvalue));
    }
    // SAFETY: the lvalue is there, and has room for its type; the value is what its type says.
    unsafe {
        match (lvalue.ctype.number, lvalue.bits) {
            (Some(kind), None) if is_image(lvalue, kind, given) => {
                let from = (&raw const given.data).cast::<u8>();
                lvalue.address.copy_from_nonoverlapping(from, lvalue.ctype.size);
                Ok(())
            }
            _ => write_other(scope, lvalue, given),
        }
    }
}

/// An error at a path; the object itself has no name.
#[cold]
fn named(path: &str, error: Error) -> Error {
    match path {
        "" => error,
        path => error.context(format_args!("path `{path}`")),
    }
}

/// Whether a value's payload begins with the bytes that C keeps.
#[inline]
fn is_image(lvalue: &Lvalue, kind: Kind, given: &metaffi_value) -> bool {
    let whole =
        !matches!(lvalue.ctype.class, Representation::Bool | Representation::Float(Format::Half));
    whole && given.r#type == Type::from(kind).number()
}

#[cold]
fn read_only(lvalue: &Lvalue) -> Error {
    Error::invalid(format!(
        "this {} is const; cast to a type without const if it may be written",
        lvalue.ctype.spell()
    ))
}

#[cold]
unsafe fn write_other(scope: &CallScope, lvalue: &Lvalue, given: &metaffi_value) -> Result<()> {
    let mut slots = [0; 3];
    // SAFETY: the caller's value is what its type says.
    let r#type = unsafe { call::load_as_is(given, slots.as_mut_ptr()) }?;
    if let Some(bits) = lvalue.bits {
        // SAFETY: the lvalue is there.
        return unsafe { write_bits(lvalue.ctype, bits, lvalue.address, r#type, slots[0]) };
    }
    let room = match lvalue.ctype.is_open_ended() {
        true => lvalue.room().unwrap_or(usize::MAX),
        false => lvalue.ctype.size,
    };
    // SAFETY: the lvalue is there, and has that room.
    unsafe { assign_in(scope, lvalue.ctype, lvalue.address, room, r#type, slots.as_ptr()) }
}

/// Writes a number to a bit-field, if it fits.
///
/// # Safety
/// The bit-field is at `to`.
pub unsafe fn write_bits(
    ctype: &CType,
    bits: BitField,
    to: *mut u8,
    r#type: Type,
    slot: u64,
) -> Result<()> {
    let what = || spell_bits(ctype, bits);
    let Some(number) = SlotNumber::of(r#type.kind(), slot) else {
        return Err(Error::mismatch(format!("{type} given for C's {}", what())));
    };
    let signed = matches!(ctype.class, Representation::Integer { signed: true });
    if bits.width > u64::BITS {
        return Err(Error::unsupported(format!("{}: more than 64 bits", what())));
    }
    let word = number.to_integer(bits.width, signed, &what)?;
    // SAFETY: the bit-field is at `to`.
    unsafe { bits::store(bits, i128::from(word), to) };
    Ok(())
}

/// How a bit-field is declared.
pub fn spell_bits(ctype: &CType, bits: BitField) -> String {
    format!("{} : {}", ctype.spell(), bits.width)
}

/// A pointer to the part at a path, which keeps its memory alive.
///
/// # Safety
/// What pointers on the path point to is there.
pub unsafe fn address_of(object: &Arc<CData>, path: &str) -> Result<CData> {
    handle::using(|scope| {
        let lvalue = Lvalue::find(scope, object.into(), path)?;
        if lvalue.bits.is_some() {
            return Err(Error::mismatch(format!("path `{path}`: a bit-field has no address")));
        }
        let types = &lvalue.ctype.types;
        let ctype = types.passing(|| {
            let mut target = lvalue.ctype.id;
            if lvalue.constant && !matches!(lvalue.ctype.class, Representation::Function) {
                target = types.qualified(target, Qualifiers::CONST)?;
            }
            types.shallow(types.pointer(target))
        })?;
        let address = lvalue.address.cast();
        Ok(match lvalue.owner {
            Some(owner) => CData::keeping(ctype, address, &owner.root(scope)?.to_arc()),
            None => CData::pointer(ctype, address),
        })
    })
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
