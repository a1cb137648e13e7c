//! Calls of objects and of their members.

use std::slice;

use super::{into, named};
use crate::abi::{metaffi_error, metaffi_name, metaffi_object, metaffi_status, metaffi_value};
use crate::capi::input;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{self, AttributeName, CallArguments, CallName};

/// Calls an object.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param arguments `count` values, borrowed for the call: those that are given by position, then
///        those that are given by name.
/// @param names The `name_count` names of the last ones, interned: metaffi_name_intern. NULL for none.
/// @param returned What it gives, owned by the caller: metaffi_value_clear. As metaffi_object_get gives
///        it; zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be called;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL that is
///         needed, for a value that is none, for more names than arguments, or for a name that is
///         given twice; METAFFI_STATUS_FOREIGN if it fails, also because it takes other arguments.
///
/// # Safety
/// `arguments` is NULL or has `count` values that are what their types say; `names` is NULL or has
/// `name_count` names; `returned` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_call(
    object: *const metaffi_object,
    arguments: *const metaffi_value,
    count: usize,
    names: *const *const metaffi_name,
    name_count: usize,
    returned: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the arguments, their names and the places are as this function demands.
    unsafe {
        into(error, returned, move |to| {
            let arguments = given(arguments, count, names, name_count)?;
            object::of(object.addr())?.call(object.addr(), arguments, to)
        })
    }
}

/// Makes an instance of a type.
///
/// Runs code of the type's, as metaffi_object_get.
///
/// @param arguments As for metaffi_object_call.
/// @param names As for metaffi_object_call.
/// @param returned The instance, owned by the caller: metaffi_value_clear. As metaffi_object_get gives
///        it; zeroed on failure.
/// @return As metaffi_object_call; METAFFI_STATUS_UNSUPPORTED if it is no type, or one that has no
///         instances of its own.
///
/// # Safety
/// As for metaffi_object_call.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_construct(
    object: *const metaffi_object,
    arguments: *const metaffi_value,
    count: usize,
    names: *const *const metaffi_name,
    name_count: usize,
    returned: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the arguments, their names and the places are as this function demands.
    unsafe {
        into(error, returned, move |to| {
            let arguments = given(arguments, count, names, name_count)?;
            object::of(object.addr())?.construct(object.addr(), arguments, to)
        })
    }
}

/// Calls a member of an object. Of a method no object is made for that, as metaffi_object_get would.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param name The member's name, interned: metaffi_name_intern.
/// @param arguments As for metaffi_object_call.
/// @param names As for metaffi_object_call.
/// @param returned As for metaffi_object_call.
/// @return As metaffi_object_call; METAFFI_STATUS_NOT_FOUND if there is no such member;
///         METAFFI_STATUS_FOREIGN also if the member cannot be called.
///
/// # Safety
/// As for metaffi_object_call.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_invoke(
    object: *const metaffi_object,
    name: *const metaffi_name,
    arguments: *const metaffi_value,
    count: usize,
    names: *const *const metaffi_name,
    name_count: usize,
    returned: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the arguments, their names and the places are as this function demands.
    unsafe {
        into(error, returned, move |to| {
            let name = AttributeName::Interned(named(name)?);
            let arguments = given(arguments, count, names, name_count)?;
            object::of(object.addr())?.invoke(object.addr(), name, arguments, to)
        })
    }
}

/// The arguments of a call.
///
/// # Safety
/// Both are NULL or have so many, and live for `'a`.
#[inline(always)]
pub(in crate::capi) unsafe fn given<'a>(
    arguments: *const metaffi_value,
    count: usize,
    names: *const *const metaffi_name,
    name_count: usize,
) -> Result<CallArguments<'a>> {
    // SAFETY: both are NULL or have so many; the address of a name is its key.
    unsafe {
        let values = input::many(arguments, count, "arguments")?;
        let names: &[*const metaffi_name] = input::many(names, name_count, "names")?;
        let names = slice::from_raw_parts(names.as_ptr().cast::<Key>(), names.len());
        if !names.is_empty() {
            check(names, values.len())?;
        }
        Ok(CallArguments { values, names })
    }
}

/// Fails for more names than arguments, and for a name that is given twice.
fn check(names: &[Key], count: usize) -> Result<()> {
    let named = names.len();
    if named > count {
        return Err(Error::invalid(format!("{named} names are given for {count} arguments")));
    }
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            let name = CallName::of(*name)?;
            let name = name.text();
            return Err(Error::invalid(format!("the argument \"{name}\" is given twice")));
        }
    }
    Ok(())
}
