//! The memory of objects.

use super::answer;
use crate::abi::{metaffi_array, metaffi_error, metaffi_object, metaffi_status};
use crate::object;

/// The memory of an object as an array, without a copy: what either writes the other sees.
///
/// Objects of Python show it by the buffer protocol, or hand it over by DLPack or by Arrow's C
/// interface.
///
/// May run code of the object's, as metaffi_object_get.
///
/// @param writable Whether the array must be one that is written.
/// @param array The array, owned by the caller: metaffi_array_free. Until then it keeps the memory, and
///        Python's objects refuse to change their size.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object shows no memory that can be an array, or
///         none that can be written; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `array` is NULL; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code
///         fails.
///
/// # Safety
/// `array` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_buffer(
    object: *const metaffi_object,
    writable: bool,
    array: *mut *mut metaffi_array,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `array` and `error` are NULL or writable.
    unsafe {
        answer(error, array, "array", move || {
            object::of(object.addr())?.buffer(object.addr(), writable)
        })
    }
}
