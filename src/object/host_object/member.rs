//! [`MemberList`]: the members that a class lists.

use std::ffi::{c_char, c_void};
use std::slice;

use super::outcome::{Asked, with_function};
use crate::abi::{
    METAFFI_MEMBER_ATTRIBUTE, METAFFI_MEMBER_METHOD, METAFFI_MEMBER_MODULE,
    METAFFI_MEMBER_PROPERTY, METAFFI_MEMBER_TYPE, METAFFI_OK, METAFFI_STATUS_INVALID_ARGUMENT,
    metaffi_member_kind, metaffi_status,
};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{Capabilities, MemberKind, ObjectMember};
use crate::value::text;

/// The members of an object.
pub(super) fn list(object: Key) -> Result<Vec<ObjectMember>> {
    const WANTED: Capabilities = Capabilities::LIST_MEMBERS;
    let mut list = MemberList::default();
    let sink = (&raw mut list).cast();
    let told = with_function!(object, members, WANTED, Asked::Itself, |host, members, error| {
        members(host.pointer(), Some(MemberList::add), sink, error)
    });
    // What could not be added is missing, whatever the function makes of that.
    list.failure.map_or(told, Err)?;
    Ok(list.members)
}

/// The members that a class lists.
#[derive(Default)]
struct MemberList {
    members: Vec<ObjectMember>,
    /// Why the first one could not be added.
    failure: Option<Error>,
}

impl MemberList {
    unsafe extern "C-unwind" fn add(
        sink: *mut c_void,
        name: *const c_char,
        length: usize,
        kind: metaffi_member_kind,
    ) -> metaffi_status {
        // SAFETY: NULL, or that of the call.
        let Some(list) = (unsafe { sink.cast::<MemberList>().as_mut() }) else {
            return METAFFI_STATUS_INVALID_ARGUMENT;
        };
        // SAFETY: the name is NULL or has so many bytes.
        match unsafe { member(name, length, kind) } {
            Ok(member) => list.members.push(member),
            Err(failure) => {
                let failure = failure.context(format_args!("member {}", list.members.len()));
                let status = failure.status().code();
                list.failure.get_or_insert(failure);
                return status;
            }
        }
        METAFFI_OK
    }
}

/// # Safety
/// `name` is NULL or has `length` bytes.
unsafe fn member(
    name: *const c_char,
    length: usize,
    kind: metaffi_member_kind,
) -> Result<ObjectMember> {
    if name.is_null() {
        return Err(Error::invalid("its name is NULL"));
    }
    let kind = match kind {
        METAFFI_MEMBER_ATTRIBUTE => MemberKind::Attribute,
        METAFFI_MEMBER_METHOD => MemberKind::Method,
        METAFFI_MEMBER_PROPERTY => MemberKind::Property,
        METAFFI_MEMBER_TYPE => MemberKind::Type,
        METAFFI_MEMBER_MODULE => MemberKind::Module,
        other => return Err(Error::invalid(format!("its kind, {other}, is not known"))),
    };
    // SAFETY: the name has so many bytes.
    let name = text::utf8(unsafe { slice::from_raw_parts(name.cast::<u8>(), length) })?;
    Ok(ObjectMember { name: name.to_owned(), kind })
}
