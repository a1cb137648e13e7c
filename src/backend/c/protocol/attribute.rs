//! Members of structs and unions as attributes.

use super::part;
use crate::abi::metaffi_value;
use crate::backend::c::convert::access;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{PointeeKind, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::Result;
use crate::handle::Key;
use crate::handle::pin::CallScope;
use crate::object::{AttributeName, Capabilities, MemberKind, ObjectMember, refuse};
use crate::value::OwnedValue;

/// Reads one.
#[inline]
pub(super) fn get(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    name: AttributeName<'_>,
) -> Result<OwnedValue> {
    require(data, object, Capabilities::READ_ATTRIBUTES)?;
    let lvalue = Lvalue::member(scope, data, name.text())?;
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
    name: AttributeName<'_>,
    value: Option<&metaffi_value>,
) -> Result<()> {
    let Some(value) = value else { return Err(refuse(object, Capabilities::DELETE_ATTRIBUTES)) };
    require(data, object, Capabilities::WRITE_ATTRIBUTES)?;
    let lvalue = Lvalue::member(scope, data, name.text())?;
    // SAFETY: what a pointer points to is there; the value is what its type says.
    unsafe { access::write_at(scope, &lvalue, value) }
        .map_err(|error| error.context(format_args!("attribute \"{}\"", name.text())))
}

/// All, in the order of their declaration.
pub(super) fn list(data: BorrowedCData<'_>, object: Key) -> Result<Vec<ObjectMember>> {
    require(data, object, Capabilities::LIST_MEMBERS)?;
    let record = part::record(data.data().ctype().latest());
    let parts = record.map_or(&[][..], |record| record.parts());
    let members = parts.iter().map(|part| {
        let kind = match part.ctype().class {
            Representation::Pointer(pointee) if pointee.kind == PointeeKind::Function => {
                MemberKind::Method
            }
            _ => MemberKind::Attribute,
        };
        ObjectMember { name: part.name.to_string(), kind }
    });
    Ok(members.collect())
}

/// Refuses what has no members.
#[inline(always)]
fn require(data: BorrowedCData<'_>, object: Key, wanted: Capabilities) -> Result<()> {
    match part::record(data.data().ctype().latest()) {
        Some(record) if wanted != Capabilities::WRITE_ATTRIBUTES || !record.constant => Ok(()),
        _ => Err(refuse(object, wanted)),
    }
}
