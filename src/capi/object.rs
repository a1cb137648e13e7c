//! Objects: things that live in a runtime.

use std::ffi::c_char;

use super::guard::guard_into;
use super::{handle, text};
use crate::abi::{metaffi_error, metaffi_object, metaffi_status};
use crate::backend::registry;
use crate::handle::{self as handles, HandleKind};

/// Another handle for the same object.
///
/// @param clone The new handle, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_object_clone(
    object: *const metaffi_object,
    clone: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Object, object, clone, error)
}

/// Frees a handle of an object, on any thread. NULL is fine.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no object or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_object_free(object: *mut metaffi_object) -> metaffi_status {
    handle::free(HandleKind::Object, object)
}

/// The name of the runtime that an object lives in.
///
/// @return Static text; NULL if `object` is no object.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_object_runtime(object: *const metaffi_object) -> *const c_char {
    let index = handles::describe_object(object.addr(), |object| {
        registry::all().iter().position(|backend| backend.name() == object.runtime())
    });
    match index {
        Ok(Some(index)) => super::runtime::metaffi_runtime_name_at(index),
        _ => std::ptr::null(),
    }
}

/// The name of an object's type, as its language prints it.
///
/// @param name Owned by the caller: metaffi_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `name` is
///         NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `name` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_object_type_name(
    object: *const metaffi_object,
    name: *mut *mut c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, name, "name", || {
        let name = handles::describe_object(object.addr(), |object| object.type_name())?;
        text::give(&name)
    })
}

/// A number that two objects share exactly if they are the same thing in the same runtime, while
/// both are alive. Of C data it is the address; of C pointers, the address they hold.
///
/// @param identity The number.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `identity` is NULL.
///
/// # Safety
/// `identity` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_object_identity(
    object: *const metaffi_object,
    identity: *mut u64,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, identity, "identity", || {
        handles::describe_object(object.addr(), |object| object.identity())
    })
}
