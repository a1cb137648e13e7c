//! Reading and writing C data by path.

use std::ffi::c_void;
use std::sync::Arc;

use super::assign::assign_in;
use super::bits;
use super::cdata::CData;
use super::convert::{Direction, Number, from_c, infer};
use super::ctype::{CType, Class, Format, PointeeKind};
use super::place::Place;
use super::types::{BitField, Qualifiers};
use crate::abi::metaffi_value;
use crate::call;
use crate::error::{Error, Result, Status};
use crate::handle::{self, pin::Use};
use crate::signature::{Kind, Type};
use crate::value::{self, OwnedValue};

/// The value at a path: a number as a number, a function pointer as a callable, another pointer as
/// an object that holds its value, anything else as an object that shares the memory. NULL is a
/// null reference.
///
/// # Safety
/// What pointers on the path point to is there.
pub unsafe fn read(object: &Arc<CData>, path: &str) -> Result<OwnedValue> {
    handle::using(|span| {
        let place = Place::find(span, object, path)?;
        place.check()?;
        if let Some(bits) = place.bits {
            // SAFETY: the place is there.
            return unsafe { read_bits(&place, bits) };
        }
        let kind = match place.ctype.class {
            Class::Bool | Class::Integer { .. } => inferred(&place.ctype),
            Class::Float(Format::Half | Format::Single) => Kind::Float32,
            Class::Float(Format::Double) => Kind::Float64,
            Class::Pointer(pointee) if pointee.kind == PointeeKind::Function => Kind::Callable,
            Class::Pointer(_) => match keeper(span, object, path, &place)? {
                Some((value, kept)) => {
                    return object_value(CData::keeping(place.ctype, value, &kept));
                }
                None => Kind::Handle,
            },
            _ => return object_value(view(place)?),
        };
        // SAFETY: the place is there, and holds a value of its type.
        unsafe { converted(&place.ctype, place.address, kind) }
    })
}

/// What keeps alive what the pointer at a place points to, if that is known.
fn keeper(
    span: Use,
    object: &Arc<CData>,
    path: &str,
    place: &Place,
) -> Result<Option<(*mut c_void, Arc<CData>)>> {
    let Some(owner) = &place.owner else { return Ok(None) };
    // SAFETY: the place was checked; a pointer is there, aligned or not.
    let value = unsafe { place.address.cast::<*mut c_void>().read_unaligned() };
    let kept = match path.is_empty() {
        true => object.kept(span).unwrap_or(None),
        false => None,
    };
    let kept = match kept {
        None => owner.root()?.held_at(span, place.address, value.cast())?,
        kept => kept,
    };
    Ok(kept.map(|kept| (value, kept)))
}

fn inferred(ctype: &CType) -> Kind {
    infer(ctype, Direction::FromC).map_or(Kind::Int64, |info| info.r#type.kind())
}

unsafe fn converted(ctype: &CType, from: *const u8, kind: Kind) -> Result<OwnedValue> {
    let mut slots = [0; 3];
    let mut value = value::null();
    // SAFETY: the caller has a value of the C type; the new value owns what is made for it.
    unsafe {
        from_c(ctype, from, kind.into(), slots.as_mut_ptr())?;
        call::store(slots.as_ptr(), &call::Place::of(kind.into()), &raw mut value);
        Ok(OwnedValue::from_raw(value))
    }
}

unsafe fn read_bits(place: &Place, bits: BitField) -> Result<OwnedValue> {
    let signed = matches!(place.ctype.class, Class::Integer { signed: true });
    // SAFETY: the caller checked the place.
    let number = Number::Integer(unsafe { bits::load(bits, signed, place.address) });
    let kind = inferred(&place.ctype);
    let slot = number.into_slot(kind, &|| spell_bits(&place.ctype, bits))?;
    let mut value = value::null();
    // SAFETY: the slot holds a number of the kind, which owns nothing.
    unsafe {
        call::store(&raw const slot, &call::Place::of(kind.into()), &raw mut value);
        Ok(OwnedValue::from_raw(value))
    }
}

/// An object that shares the memory of a place.
fn view(place: Place) -> Result<CData> {
    match place.owner {
        Some(owner) => CData::part(&owner, place.ctype, place.address),
        // SAFETY: the pointer that led here is the caller's word for what is there.
        None => Ok(unsafe {
            CData::foreign(place.ctype, place.address.cast(), std::ptr::null_mut(), None)
        }),
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
    handle::using(|span| {
        let place = Place::find(span, object, path)?;
        place.check()?;
        if place.constant {
            return Err(Error::new(
                Status::InvalidArgument,
                format!(
                    "this {} is const; cast to a type without const if it may be written",
                    place.ctype.spell()
                ),
            ));
        }
        let mut slots = [0; 3];
        // SAFETY: the caller's value is what its type says.
        let r#type = unsafe { call::load_as_is(given, slots.as_mut_ptr()) }?;
        if let Some(bits) = place.bits {
            // SAFETY: the place is there.
            return unsafe { write_bits(&place.ctype, bits, place.address, r#type, slots[0]) };
        }
        let room = match place.ctype.is_open_ended() {
            true => place.room().unwrap_or(usize::MAX),
            false => place.ctype.size,
        };
        // SAFETY: the place is there, and has that room.
        unsafe { assign_in(span, &place.ctype, place.address, room, r#type, slots.as_ptr()) }
    })
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
    let Some(number) = Number::of(r#type.kind(), slot) else {
        return Err(Error::new(Status::TypeMismatch, format!("{type} given for C's {}", what())));
    };
    let signed = matches!(ctype.class, Class::Integer { signed: true });
    if bits.width > u64::BITS {
        return Err(Error::new(Status::Unsupported, format!("{}: more than 64 bits", what())));
    }
    let word = number.to_integer(bits.width, signed, &what)?;
    // SAFETY: the caller's promise.
    unsafe { bits::store(bits, i128::from(word), to) };
    Ok(())
}

fn spell_bits(ctype: &CType, bits: BitField) -> String {
    format!("{} : {}", ctype.spell(), bits.width)
}

/// A pointer to the part at a path, which keeps its memory alive.
///
/// # Safety
/// What pointers on the path point to is there.
pub unsafe fn address_of(object: &Arc<CData>, path: &str) -> Result<CData> {
    handle::using(|span| {
        let place = Place::find(span, object, path)?;
        if place.bits.is_some() {
            return Err(Error::new(
                Status::TypeMismatch,
                format!("path `{path}`: a bit-field has no address"),
            ));
        }
        let types = &place.ctype.types;
        let mut target = place.ctype.id;
        if place.constant && !matches!(place.ctype.class, Class::Function) {
            target = types.qualified(target, Qualifiers::CONST)?;
        }
        let ctype = CType::new(types, types.shallow(types.pointer(target))?);
        let address = place.address.cast();
        Ok(match &place.owner {
            Some(owner) => CData::keeping(ctype, address, &owner.root()?),
            None => CData::pointer(ctype, address),
        })
    })
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
