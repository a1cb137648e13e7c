//! C's data as it is told to a visitor: numbers and text as such, arrays of numbers as they lie in
//! memory, other arrays as lists, structs as objects with fields, pointers as objects.
//!
//! What is in a value is inside its memory, so that nothing is met twice, and as deep as its type is
//! declared.

use super::{memory, text, type_object};
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_OBJECT, METAFFI_CONVERTER_FIRST,
    METAFFI_VISIT_FIELDS, METAFFI_VISIT_WITHOUT_NULLS,
};
use crate::backend::c::convert::access;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::Representation;
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::Result;
use crate::handle::OwnedHandle;
use crate::handle::pin::CallScope;
use crate::object::{Visit, visit_value};
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// Tells a visitor of data and all that is in it.
pub(super) fn visit(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    visit: &mut Visit<'_>,
) -> Result<()> {
    let asks = visit.begin_object();
    part(scope, &Lvalue::whole(scope, data)?, visit, asks)
}

/// Tells of a part of it; converters are asked about it or not.
fn part(scope: &CallScope, lvalue: &Lvalue<'_>, visit: &mut Visit<'_>, asks: bool) -> Result<()> {
    if lvalue.bits.is_some() || lvalue.ctype.number.is_some() {
        // SAFETY: the lvalue is there, as it was found; a number is what it says.
        return unsafe { visit_value(&*access::read_at(lvalue)?, visit) };
    }
    // SAFETY: as above.
    let itself = unsafe { access::read_object_at(lvalue) }?;
    if value::kind_of(&itself)? == Kind::Null {
        return visit.null();
    }
    let object = handle(itself);
    let is_of = |of_type| type_object::is_instance(object.key(), of_type);
    if asks && visit.is_converted(&object, METAFFI_CONVERTER_FIRST, is_of)? {
        return Ok(());
    }
    match lvalue.ctype.class {
        Representation::Array(pointee) => {
            if text::is_text(lvalue.ctype, pointee)
                && let Some(text) = text::of_array(lvalue)
            {
                // SAFETY: text is UTF-8.
                return unsafe { visit.visitor.text(text.as_ptr(), text.len()) };
            }
            if let Some(array) = memory::numbers(scope, lvalue)? {
                return visit.visitor.array(array);
            }
            match lvalue.elements()?.1 {
                Some(length) if !visit.is_full() => list(scope, lvalue, length, visit),
                _ => whole(object, visit, asks),
            }
        }
        Representation::Record
            if visit.options.has(METAFFI_VISIT_FIELDS)
                && lvalue.ctype.is_complete()
                && !visit.is_full() =>
        {
            fields(scope, lvalue, visit)
        }
        _ => whole(object, visit, asks),
    }
}

fn handle(value: OwnedValue) -> OwnedHandle {
    let raw = value.into_raw();
    // SAFETY: everything but a number and null is read as a handle, which is ours.
    OwnedHandle::new(unsafe { raw.data.object }.addr())
}

fn list(
    scope: &CallScope,
    lvalue: &Lvalue<'_>,
    length: usize,
    visit: &mut Visit<'_>,
) -> Result<()> {
    visit.open(METAFFI_CONTAINER_LIST, Some(length), None)?;
    for index in 0..length {
        part(scope, &lvalue.element_at(index.cast_signed())?, visit, true)?;
    }
    visit.close()
}

fn fields(scope: &CallScope, lvalue: &Lvalue<'_>, visit: &mut Visit<'_>) -> Result<()> {
    let parts = lvalue.ctype.parts();
    let spelled = lvalue.ctype.spell();
    visit.open(METAFFI_CONTAINER_OBJECT, Some(parts.len()), Some(&spelled))?;
    for field in parts {
        let inner = lvalue.part(field);
        inner.check()?;
        if visit.options.has(METAFFI_VISIT_WITHOUT_NULLS) && is_null(&inner) {
            continue;
        }
        // SAFETY: names are UTF-8.
        unsafe { visit.visitor.text(field.name.as_ptr(), field.name.len()) }?;
        part(scope, &inner, visit, true)?;
    }
    visit.close()
}

/// Whether it is a null pointer.
fn is_null(lvalue: &Lvalue<'_>) -> bool {
    matches!(lvalue.ctype.class, Representation::Pointer(_))
        // SAFETY: the lvalue was checked; a pointer is there, aligned or not.
        && unsafe { lvalue.address.cast::<usize>().read_unaligned() } == 0
}

/// What has no conversion.
fn whole(object: OwnedHandle, visit: &mut Visit<'_>, asks: bool) -> Result<()> {
    let key = object.key();
    visit.whole(object, asks, |of_type| type_object::is_instance(key, of_type))
}
