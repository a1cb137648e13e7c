//! Types of objects.

use std::ptr;

use super::give;
use crate::abi::{metaffi_array, metaffi_error, metaffi_object, metaffi_status};
use crate::error::Result;
use crate::handle::{self, HandleKind, Key};
use crate::object;
use crate::signature::Kind;
use crate::value::array::OwnedArray;

/// The type of an object, as an object.
///
/// @param type Owned by the caller: metaffi_object_free. Its name is metaffi_object_type_name of the
///        object.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the runtime has no objects for types;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `type` is NULL.
///
/// # Safety
/// `type` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_type(
    object: *const metaffi_object,
    r#type: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `type` and `error` are NULL or writable.
    unsafe {
        give(error, r#type, "type", move || object::of(object.addr())?.type_of(object.addr()))
    }
}

/// The types that a type is derived from directly.
///
/// @param parents An array of handles, owned by the caller, as are they: metaffi_array_free. NULL if
///        there are none.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if it is no type; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `parents` is NULL.
///
/// # Safety
/// `parents` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_parents(
    r#type: *const metaffi_object,
    parents: *mut *mut metaffi_array,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `parents` and `error` are NULL or writable.
    unsafe {
        super::answer(error, parents, "parents", move || {
            handles(object::of(r#type.addr())?.parents(r#type.addr())?)
        })
    }
}

/// The array of handles, which it then owns; they are freed if there is no room for it.
fn handles(keys: Vec<Key>) -> Result<*mut metaffi_array> {
    if keys.is_empty() {
        return Ok(ptr::null_mut());
    }
    let array = OwnedArray::new(Kind::Handle.into(), &[keys.len()]).inspect_err(|_| {
        keys.iter().for_each(|key| drop(handle::free(*key, HandleKind::Object)));
    })?;
    for (place, key) in array.view().addresses().zip(keys) {
        // SAFETY: the places of a new array of handles.
        unsafe { place.cast::<Key>().write(key) };
    }
    Ok(array.into_raw())
}

/// Whether an object is an instance of a type, or of one that is derived from it.
///
/// May run code of the type's, as metaffi_object_get.
///
/// @param answer The answer; false on failure.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if `type` is no type;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `answer` is NULL;
///         METAFFI_STATUS_FOREIGN if the type's code fails.
///
/// # Safety
/// `answer` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_is_instance(
    object: *const metaffi_object,
    r#type: *const metaffi_object,
    answer: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `answer` and `error` are NULL or writable.
    unsafe {
        super::answer(error, answer, "answer", move || {
            object::of(r#type.addr())?.is_instance(object.addr(), r#type.addr())
        })
    }
}
