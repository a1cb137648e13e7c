//! Names of attributes and arguments, interned.

use std::ffi::c_char;
use std::ptr;

use super::guard::guard_into;
use super::input;
use crate::abi::{metaffi_error, metaffi_name, metaffi_status};
use crate::object::{CallName, InternedName};

/// The name of an attribute or an argument, made once for many uses: looking it up again makes no
/// text. The same text is the same name, on all threads, as long as the process lives; so a name is
/// not freed, and is meant for those that a program's text has.
///
/// @param text NUL-terminated UTF-8, borrowed for the call.
/// @param name The name.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `text` is NULL or NUL-terminated; `name` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_name_intern(
    text: *const c_char,
    name: *mut *const metaffi_name,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, name, "name", || {
        // SAFETY: `text` is NULL or NUL-terminated.
        let text = unsafe { input::name(text, "text") }?;
        InternedName::intern(text).map(ptr::without_provenance)
    })
}

/// The text of a name.
///
/// @param length How many bytes it has; NULL if nobody wants to know.
/// @return NUL-terminated UTF-8, which is there as long as the name: that of metaffi_name_intern as long as
///         the process, one that a function of a host is called with as long as the call. NULL if `name`
///         is no name.
///
/// # Safety
/// `length` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_name_text(
    name: *const metaffi_name,
    length: *mut usize,
) -> *const c_char {
    let name = CallName::of(name.addr());
    let text = name.as_ref().map(CallName::text);
    if !length.is_null() {
        // SAFETY: `length` is NULL or writable.
        unsafe { length.write(text.as_ref().map_or(0, |text| text.len())) };
    }
    text.map_or(ptr::null(), |text| text.as_ptr().cast())
}
