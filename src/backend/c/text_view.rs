//! Text in C's memory.

use std::sync::Arc;

use super::assign::text_kind;
use super::cdata::CData;
use super::ctype::{Class, Pointee};
use super::place::Place;
use crate::abi::metaffi_string;
use crate::error::{Error, Result, Status};
use crate::handle;
use crate::signature::Kind;
use crate::value::{self, OwnedValue, text};

/// A copy of the text in an array of characters, or at a pointer to them: up to a NUL, `most` code
/// units, or the end of the memory.
///
/// # Safety
/// A pointer whose memory is not known points to text that ends with a NUL, or has `most` units.
pub unsafe fn string(object: &Arc<CData>, most: usize) -> Result<OwnedValue> {
    handle::using(|span| {
        let mut place = Place::whole(span, object)?;
        if let Class::Pointer(_) = place.ctype.class {
            place = Place::find(span, object, "*")?;
            let units = text_kind(Pointee::of(&place.ctype)).filter(|_| place.ctype.size > 0);
            let kind = units.ok_or_else(|| no_text(object))?;
            // SAFETY: the caller's promise.
            return unsafe { copied(&place, kind, place.ctype.size, most) };
        }
        let Class::Array(pointee) = place.ctype.class else { return Err(no_text(object)) };
        let kind = text_kind(pointee).ok_or_else(|| no_text(object))?;
        let most = place.ctype.length().unwrap_or(usize::MAX).min(most);
        // SAFETY: the caller's promise.
        unsafe { copied(&place, kind, pointee.size, most) }
    })
}

unsafe fn copied(place: &Place, kind: Kind, unit: usize, most: usize) -> Result<OwnedValue> {
    let most = place.room().map_or(most, |room| most.min(room / unit));
    let mut units = 0;
    // SAFETY: the memory has `most` units, or a NUL among them.
    unsafe {
        let is_nul = |index: usize| {
            let at = place.address.add(index * unit);
            (0..unit).all(|byte| at.add(byte).read() == 0)
        };
        while units < most && !is_nul(units) {
            units += 1;
        }
        let string = aligned(place.address, units, unit, kind)?;
        Ok(OwnedValue::from_raw(value::string(string, kind)))
    }
}

/// A validated copy; the units may lie anywhere.
unsafe fn aligned(
    from: *const u8,
    units: usize,
    unit: usize,
    kind: Kind,
) -> Result<metaffi_string> {
    let said = "text in C (read its elements or its bytes if it is none)";
    // SAFETY: the caller has so many units.
    unsafe {
        if from.addr().is_multiple_of(unit) {
            let lent = metaffi_string { data: from.cast(), length: units };
            return text::copy(&lent, kind).map_err(|error| error.context(said));
        }
        let mut copy = vec![0_u32; (units * unit).div_ceil(size_of::<u32>())];
        copy.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(from, units * unit);
        let lent = metaffi_string { data: copy.as_ptr().cast(), length: units };
        text::copy(&lent, kind).map_err(|error| error.context(said))
    }
}

#[cold]
fn no_text(object: &CData) -> Error {
    Error::new(
        Status::TypeMismatch,
        format!(
            "`{}` has no characters; text is in arrays of char, wchar_t, char16_t and char32_t, \
             and at pointers to them (cast a void pointer first)",
            object.ctype().spell()
        ),
    )
}
