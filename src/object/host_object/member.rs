//! [`MemberList`]: the members that a class lists.

use std::ffi::{c_char, c_void};
use std::slice;

use super::outcome::{Asked, with_function};
use crate::abi::{
    METAFFI_OK, METAFFI_STATUS_INVALID_ARGUMENT, metaffi_member_kind, metaffi_status,
};
use crate::error::{Result, Status};
use crate::handle::Key;
use crate::object::{Capabilities, MemberKind, ObjectMember};

/// The members of an object.
pub(super) fn list(object: Key) -> Result<Vec<ObjectMember>> {
    const WANTED: Capabilities = Capabilities::LIST_MEMBERS;
    let mut list = MemberList::default();
    let sink = (&raw mut list).cast();
    with_function!(object, members, WANTED, Asked::Itself, |host, members, error| {
        members(host.pointer(), Some(MemberList::add), sink, error)
    })?;
    Ok(list.members)
}

/// The members that a class lists.
#[derive(Default)]
struct MemberList {
    members: Vec<ObjectMember>,
}

impl MemberList {
    unsafe extern "C-unwind" fn add(
        sink: *mut c_void,
        name: *const c_char,
        length: usize,
        kind: metaffi_member_kind,
    ) -> metaffi_status {
        if sink.is_null() || name.is_null() {
            return METAFFI_STATUS_INVALID_ARGUMENT;
        }
        // SAFETY: the sink is that of the call, and the name has so many bytes.
        let (list, name) = unsafe {
            (&mut *sink.cast::<MemberList>(), slice::from_raw_parts(name.cast::<u8>(), length))
        };
        let kind = match kind {
            1 => MemberKind::Method,
            2 => MemberKind::Property,
            3 => MemberKind::Type,
            4 => MemberKind::Module,
            _ => MemberKind::Attribute,
        };
        let Ok(name) = str::from_utf8(name) else { return Status::InvalidText.code() };
        list.members.push(ObjectMember { name: name.to_owned(), kind });
        METAFFI_OK
    }
}
