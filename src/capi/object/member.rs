//! The members of objects.

use super::no_place;
use crate::abi::{
    METAFFI_MEMBER_ATTRIBUTE, METAFFI_MEMBER_METHOD, METAFFI_MEMBER_MODULE,
    METAFFI_MEMBER_PROPERTY, METAFFI_MEMBER_TYPE, metaffi_error, metaffi_member, metaffi_object,
    metaffi_status,
};
use crate::call::shielded;
use crate::error::Result;
use crate::object::{self, MemberKind, ObjectMember};
use crate::value::memory;

/// The members of an object, as its language lists them, with what each is. None of them is read for
/// that.
///
/// May run code of the object's, as metaffi_object_get.
///
/// @param members `count` of them, owned by the caller with their names: metaffi_free. NULL if there
///        are none.
/// @param count How many there are.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot list them;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `members`, `count` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_members(
    object: *const metaffi_object,
    members: *mut *mut metaffi_member,
    count: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let list = move || -> Result<()> {
        // SAFETY: `members` and `count` are NULL or writable.
        unsafe {
            let members = members.as_mut().ok_or_else(|| no_place("members"))?;
            let count = count.as_mut().ok_or_else(|| no_place("count"))?;
            (*members, *count) = (std::ptr::null_mut(), 0);
            let found = object::of(object.addr())?.members(object.addr())?;
            *members = packed(&found)?;
            *count = found.len();
            Ok(())
        }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, list) }
}

/// The members with their names behind them, as one allocation.
fn packed(found: &[ObjectMember]) -> Result<*mut metaffi_member> {
    if found.is_empty() {
        return Ok(std::ptr::null_mut());
    }
    let head = size_of_val(found).max(size_of::<metaffi_member>() * found.len());
    let texts: usize = found.iter().map(|member| member.name.len() + 1).sum();
    let members = memory::alloc(head + texts)?.cast::<metaffi_member>();
    // SAFETY: there is room for all of both.
    unsafe {
        let mut text = members.byte_add(head).cast::<u8>();
        for (index, member) in found.iter().enumerate() {
            let name = &member.name;
            text.copy_from_nonoverlapping(name.as_ptr(), name.len());
            text.add(name.len()).write(0);
            let kind = match member.kind {
                MemberKind::Attribute => METAFFI_MEMBER_ATTRIBUTE,
                MemberKind::Method => METAFFI_MEMBER_METHOD,
                MemberKind::Property => METAFFI_MEMBER_PROPERTY,
                MemberKind::Type => METAFFI_MEMBER_TYPE,
                MemberKind::Module => METAFFI_MEMBER_MODULE,
            };
            members.add(index).write(metaffi_member { name: text.cast(), kind });
            text = text.add(name.len() + 1);
        }
    }
    Ok(members)
}
