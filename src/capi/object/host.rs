//! Objects of the host.

use std::ffi::c_void;
use std::ptr;

use super::answer;
use crate::abi::{
    metaffi_error, metaffi_finalizer, metaffi_object, metaffi_object_class, metaffi_status,
};
use crate::object::HostObject;

/// Makes an object of the host's, which every runtime shows as one of its own: it can do there what
/// the functions of its class do. `metaffi_object_runtime` of it is "host".
///
/// An object that went through runtimes and comes back is itself: `metaffi_object_userdata` tells.
///
/// @param class What it is; not copied: it stays as it is until `finalizer` has been called.
/// @param userdata Given to each function of the class.
/// @param finalizer Called once with `userdata`, when nobody has the object any more, on whatever
///        thread gives it up; NULL for none. Not called if this fails.
/// @param object The object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `class` or `object` is NULL, or if the
///         class has no name or an impossible size; METAFFI_STATUS_INVALID_TEXT;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `class` is as described; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_new(
    class: *const metaffi_object_class,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `class` is as described; `object` and `error` are NULL or writable.
    unsafe {
        answer(error, object, "object", move || {
            let key = HostObject::create(class, userdata, finalizer)?;
            Ok(ptr::without_provenance_mut(key))
        })
    }
}

/// What an object of the host's was made with.
///
/// @return The `userdata` of metaffi_object_new, which is there as long as a handle of the object is;
///         NULL if `object` is none of that class, or no object.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_object_userdata(
    object: *const metaffi_object,
    class: *const metaffi_object_class,
) -> *mut c_void {
    HostObject::userdata(object.addr(), class).unwrap_or(ptr::null_mut())
}
