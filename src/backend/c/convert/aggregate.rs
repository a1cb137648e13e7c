//! Arrays of values into C's arrays, structs, unions and complex numbers.

use super::access::write_bits;
use super::assign::assign_in;
use super::{Direction, infer};
use crate::abi::metaffi_array;
use crate::backend::c::data::ctype::{CType, Format};
use crate::backend::c::types::{BitField, Member, Primitive, RecordKind};
use crate::call;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::signature::Kind;
use crate::value::array::{self, View};

/// An array of values into an array of the same length, or a shorter one and zeroes.
///
/// # Safety
/// `given` is NULL or valid; `to` has `room` bytes, which is the type's size if it has one.
pub(in crate::backend::c) unsafe fn elements(
    scope: &CallScope,
    ctype: &CType,
    to: *mut u8,
    room: usize,
    given: *const metaffi_array,
) -> Result<()> {
    let Some(target) = ctype.target() else {
        return Err(Error::mismatch(format!("{} is no array", ctype.spell())));
    };
    target.require_complete()?;
    let known = room != usize::MAX;
    let length = ctype.length().or_else(|| room.checked_div(target.size)).unwrap_or(0);
    // SAFETY: `given` is NULL or valid; `to` has `room` bytes, which is the type's size if it has
    // one.
    unsafe {
        let view = View::new(given)?;
        let count = view.shape()[0];
        if count > length {
            return Err(Error::out_of_range(format!(
                "{count} elements do not fit C's {}, which has {length}",
                ctype.spell()
            )));
        }
        if is_image(&view, &target) {
            to.copy_from(view.data(), count * target.size);
        } else {
            for index in 0..count {
                item(scope, &target, to.add(index * target.size), target.size, given, index)
                    .map_err(|error| error.context(format_args!("element {index}")))?;
            }
        }
        if known {
            to.add(count * target.size).write_bytes(0, (length - count) * target.size);
        }
    }
    Ok(())
}

/// Whether the elements are, byte by byte, what C keeps.
fn is_image(view: &View, target: &CType) -> bool {
    let kind = view.element().kind();
    let number = kind.is_scalar() && kind != Kind::Bool;
    // Bytes are characters, whether or not C's have a sign.
    let same = |found: Kind| found == kind || (found, kind) == (Kind::Char8, Kind::Uint8);
    number
        && view.shape().len() == 1
        && view.is_contiguous()
        && infer(target, Direction::FromC).is_some_and(|info| same(info.r#type.kind()))
}

/// The values of an array into the members of a struct in order, or into the first of a union;
/// zeroes into the others.
///
/// # Safety
/// As for [`elements`].
pub(in crate::backend::c) unsafe fn members(
    scope: &CallScope,
    ctype: &CType,
    to: *mut u8,
    room: usize,
    given: *const metaffi_array,
) -> Result<()> {
    let Some(record) = ctype.types.record(ctype.id) else { return ctype.require_complete() };
    let members = match record.kind {
        RecordKind::Struct => record.members.as_slice(),
        RecordKind::Union => record.members.get(..1).unwrap_or_default(),
    };
    // SAFETY: the caller's array is valid.
    let count = values(unsafe { View::new(given) }?, ctype)?;
    if count > members.len() {
        let most = members.len();
        let message = format!("{count} values given for {}, which takes {most}", ctype.spell());
        return Err(Error::out_of_range(message));
    }
    for (index, member) in members.iter().enumerate() {
        let target = CType::new(&ctype.types, member.type_id);
        let left = if room == usize::MAX { room } else { room - member.offset };
        let room = if target.is_complete() { target.size } else { left };
        // SAFETY: the member is inside the record, and the array has `count` values.
        unsafe {
            let at = to.add(member.offset);
            match (index < count, member.bits) {
                (true, Some(bits)) => bit_field(&target, bits, at, given, index),
                (true, None) => item(scope, &target, at, room, given, index),
                (false, bits) => zero(&target, bits, at),
            }
            .map_err(|error| error.context(name(member, index)))?;
        }
    }
    if let (RecordKind::Union, Some(first)) = (record.kind, members.first()) {
        let used = ctype.types.size(first.type_id)?.min(ctype.size);
        // SAFETY: the union has that size.
        unsafe { to.add(used).write_bytes(0, ctype.size - used) };
    }
    Ok(())
}

/// The number of values in an array of one dimension.
fn values(view: View, ctype: &CType) -> Result<usize> {
    match view.shape() {
        [count] => Ok(*count),
        shape => Err(Error::mismatch(format!(
            "an array of {} dimensions given for {}; give one value for each member",
            shape.len(),
            ctype.spell()
        ))),
    }
}

fn name(member: &Member, index: usize) -> String {
    match &member.name {
        Some(name) => format!("member `{name}`"),
        None => format!("member {index}"),
    }
}

unsafe fn item(
    scope: &CallScope,
    target: &CType,
    to: *mut u8,
    room: usize,
    given: *const metaffi_array,
    index: usize,
) -> Result<()> {
    // SAFETY: the caller's array is valid, and its room that of the C type.
    unsafe {
        let item = array::get(given, &[index])?;
        let mut loaded = [0; 3];
        let r#type = call::load_as_is(&item, loaded.as_mut_ptr())?;
        assign_in(scope, target, to, room, r#type, loaded.as_ptr())
    }
}

unsafe fn bit_field(
    target: &CType,
    bits: BitField,
    to: *mut u8,
    given: *const metaffi_array,
    index: usize,
) -> Result<()> {
    // SAFETY: as for `item`.
    unsafe {
        let item = array::get(given, &[index])?;
        let mut loaded = [0; 3];
        let r#type = call::load_as_is(&item, loaded.as_mut_ptr())?;
        write_bits(target, bits, to, r#type, loaded[0])
    }
}

unsafe fn zero(target: &CType, bits: Option<BitField>, to: *mut u8) -> Result<()> {
    // SAFETY: the caller has a member of the type there.
    unsafe {
        match bits {
            Some(bits) => crate::backend::c::data::bits::store(bits, 0, to),
            None => to.write_bytes(0, target.size),
        }
    }
    Ok(())
}

/// Two numbers, real and imaginary.
///
/// # Safety
/// As for [`elements`].
pub(in crate::backend::c) unsafe fn complex(
    scope: &CallScope,
    ctype: &CType,
    format: Format,
    to: *mut u8,
    given: *const metaffi_array,
) -> Result<()> {
    let part = ctype.types.primitive(match format {
        Format::Single => Primitive::Float,
        Format::Double => Primitive::Double,
        _ => Primitive::LongDouble,
    });
    let part = CType::new(&ctype.types, part);
    // SAFETY: `given` is NULL or valid; `to` has `room` bytes, which is the type's size if it has
    // one; a complex number is two of its parts.
    unsafe {
        let count = values(View::new(given)?, ctype)?;
        if count != 2 {
            let message = format!("{count} values given for {}, which takes 2", ctype.spell());
            return Err(Error::out_of_range(message));
        }
        item(scope, &part, to, part.size, given, 0)?;
        item(scope, &part, to.add(part.size), part.size, given, 1)
    }
}
