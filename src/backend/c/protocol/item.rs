//! Elements of arrays, and of what pointers point to, as items.

use super::part;
use crate::abi::metaffi_value;
use crate::backend::c::convert::access;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::Representation;
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::handle::{self, Key};
use crate::object::{self, Capabilities, refuse, refuse_slice};
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// What an array can do whose length is known.
pub(super) const COUNTED: Capabilities =
    Capabilities::LENGTH.with(Capabilities::CONTAIN).with(Capabilities::ITERATE);

/// The position that a key is, of an object that can do one of `wanted`; a text is the key of an entry,
/// which C's data has none of.
pub(super) fn position(object: Key, key: &metaffi_value, wanted: Capabilities) -> Result<i64> {
    const ENTRIES: Capabilities = Capabilities::READ_ENTRIES
        .with(Capabilities::WRITE_ENTRIES)
        .with(Capabilities::DELETE_ENTRIES);
    let kind = value::kind_of(key)?;
    if kind.is_text() {
        return Err(refuse(object, wanted.within(ENTRIES)));
    }
    match value::number::convert(key, Kind::Int64.into()) {
        // SAFETY: converted to that.
        Ok(number) if kind != Kind::Bool => Ok(unsafe { number.data.int64 }),
        _ => {
            if !object::of(object)?.capabilities(object)?.has_any(wanted) {
                return Err(refuse(object, wanted));
            }
            let named = handle::describe_object(object, |object| object.type_name())?;
            if kind.is_wide_integer() {
                return Err(Error::not_found(format!("{named} has no item beyond int64")));
            }
            let kind = crate::signature::Type::from(kind);
            Err(Error::mismatch(format!(
                "items of {named} are found by their position, which {kind} is not"
            )))
        }
    }
}

/// The item at a position, or that there is none.
#[inline(always)]
fn find<'a>(scope: &'a CallScope, data: BorrowedCData<'a>, index: i64) -> Result<Lvalue<'a>> {
    Lvalue::item(scope, data, index as isize).map_err(|error| match error.status() {
        Status::OutOfRange => error.with_status(Status::NotFound),
        _ => error,
    })
}

/// Reads one.
#[inline]
pub(super) fn get(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    index: i64,
) -> Result<OwnedValue> {
    if part::element(data.data().ctype().latest()).is_none() {
        return Err(refuse(object, Capabilities::READ_ITEMS));
    }
    let lvalue = find(scope, data, index)?;
    // SAFETY: what a pointer points to is there, which is its owner's word.
    unsafe { access::read_object_at(&lvalue) }
}

/// Writes one; none is deleted.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn set(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    index: i64,
    value: Option<&metaffi_value>,
) -> Result<()> {
    let Some(value) = value else { return Err(refuse(object, Capabilities::DELETE_ITEMS)) };
    match part::element(data.data().ctype().latest()) {
        Some(element) if !element.constant => {}
        _ => return Err(refuse(object, Capabilities::WRITE_ITEMS)),
    }
    let lvalue = find(scope, data, index)?;
    // SAFETY: what a pointer points to is there; the value is what its type says.
    unsafe { access::write_at(scope, &lvalue, value) }
        .map_err(|error| error.context(format_args!("item {index}")))
}

/// The array itself, and how many elements it has.
pub(super) fn counted<'a>(
    scope: &'a CallScope,
    data: BorrowedCData<'a>,
    object: Key,
    wanted: Capabilities,
) -> Result<(Lvalue<'a>, usize)> {
    let lvalue = Lvalue::whole(scope, data)?;
    if let Representation::Array(_) = lvalue.ctype.class
        && let (_, Some(length)) = lvalue.elements()?
    {
        return Ok((lvalue, length));
    }
    Err(refuse(object, wanted))
}

/// How many elements an array has.
pub(super) fn length(scope: &CallScope, data: BorrowedCData<'_>, object: Key) -> Result<usize> {
    counted(scope, data, object, Capabilities::LENGTH).map(|(_, length)| length)
}

/// Whether one of an array's elements is equal to a value.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn contains(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    value: &metaffi_value,
) -> Result<bool> {
    let (array, length) = counted(scope, data, object, Capabilities::CONTAIN)?;
    for index in 0..length {
        // SAFETY: the element is read as what it is; the value is what its type says.
        let is_it = unsafe {
            let element = access::read_object_at(&array.element_at(index.cast_signed())?)?;
            super::compare::equal(scope, &element, value)?
        };
        if is_it {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The elements between two positions, as an array that shares their memory. C counts from the start
/// alone, and every one.
pub(super) fn slice(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    (start, stop, step): (Option<i64>, Option<i64>, Option<i64>),
) -> Result<Key> {
    let ctype = data.data().ctype().latest();
    let Some(element) = part::element(ctype) else {
        return Err(refuse_slice(object));
    };
    let spelled = || ctype.spell();
    if step.is_some_and(|step| step != 1) {
        return Err(Error::unsupported(format!(
            "a slice of {} has every element; leave out the step",
            spelled()
        )));
    }
    let length = match ctype.class {
        Representation::Array(_) => Lvalue::whole(scope, data)?.elements()?.1,
        _ => None,
    };
    let length = length.map(|length| length as i64);
    let Some(stop) = stop.or(length) else {
        return Err(Error::invalid(format!(
            "nobody knows how many elements {} has; say where the slice stops",
            spelled()
        )));
    };
    let start = start.unwrap_or(0);
    let is_array = matches!(ctype.class, Representation::Array(_));
    let is_inside =
        start <= stop && (!is_array || start >= 0) && length.is_none_or(|length| stop <= length);
    if !is_inside {
        let length = length.map_or(String::new(), |length| format!(" of {length} elements"));
        return Err(Error::out_of_range(format!(
            "the slice from {start} to {stop} is outside of `{}`{length}",
            spelled()
        )));
    }
    let types = &ctype.types;
    let count = stop.abs_diff(start) as usize;
    let slice = types.passing(|| types.array(element.id, Some(count)))?;
    let mut first = part::first(scope, data)?;
    let offset = (start as isize).checked_mul(element.size as isize);
    first.address = offset.map_or(std::ptr::null_mut(), |by| first.address.wrapping_offset(by));
    if !first.region.contains(first.address, slice.size) {
        return Err(Error::out_of_range(format!(
            "the slice from {start} to {stop} is outside of what `{}` points into",
            spelled()
        )));
    }
    Ok(access::view_as(&first, slice)?.into_handle()?.addr())
}
