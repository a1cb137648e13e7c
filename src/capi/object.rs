//! Objects: things that live in a runtime.

pub mod asynchronous;
pub mod attribute;
pub mod awaited;
pub mod buffer;
pub mod call;
pub mod comparison;
pub mod context;
pub mod exchange;
pub mod host;
pub mod item;
pub mod iteration;
pub mod member;
pub mod number;
pub mod source;
pub mod text;
pub mod type_object;
pub mod visit;

#[cfg(test)]
mod tests;

use std::ffi::c_char;
use std::ptr::NonNull;

use super::guard::guard_into;
use super::{handle, input};
use crate::abi::{
    metaffi_capabilities, metaffi_error, metaffi_name, metaffi_object, metaffi_status,
    metaffi_value,
};
use crate::backend::registry;
use crate::call::{report, shielded};
use crate::error::{Error, Result};
use crate::handle::{self as handles, HandleKind, Key};
use crate::object::{self, Answer, AttributeName, HOST, InternedName, Protocol, ValuePlace};

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
/// @return Static text, "host" for an object of a host; NULL if `object` is no object.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_object_runtime(object: *const metaffi_object) -> *const c_char {
    let index = handles::describe_object(object.addr(), |object| match object.runtime() {
        HOST => Some(usize::MAX),
        name => registry::all().iter().position(|backend| backend.name() == name),
    });
    match index {
        Ok(Some(usize::MAX)) => c"host".as_ptr(),
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
        super::text::give(&name)
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

/// What an object can do. Objects of one type may differ in it: in what a number fits, in whether there
/// is memory and may be written, in whether a type can be made.
///
/// May run code of the object's type, on this thread.
///
/// @param capabilities The `METAFFI_CAN_…`, `METAFFI_IS_…` and `METAFFI_FITS_…` bits.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `capabilities` is NULL; METAFFI_STATUS_UNSUPPORTED for an object that can only be passed
///         on.
///
/// # Safety
/// `capabilities` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_capabilities(
    object: *const metaffi_object,
    capabilities: *mut metaffi_capabilities,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `capabilities` and `error` are NULL or writable.
    unsafe {
        let ask = move || Ok(object::of(object.addr())?.capabilities(object.addr())?.bits());
        answer(error, capabilities, "capabilities", ask)
    }
}

/// Runs what may run code of guests, and writes the value that it gives; zero if it fails.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[inline(always)]
pub(super) unsafe fn into(
    error: *mut *mut metaffi_error,
    value: *mut metaffi_value,
    body: impl FnOnce(ValuePlace<'_>) -> Result<()>,
) -> metaffi_status {
    // SAFETY: `error` is NULL or writable, and `value` is writable if it is not NULL.
    unsafe {
        match NonNull::new(value) {
            Some(place) => Answer::new(place, error).give(body),
            None => report(error, Err(no_place("value"))),
        }
    }
}

/// The same by `ask`, which is given the protocol of the object and where the answer goes.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[inline(always)]
unsafe fn asked(
    error: *mut *mut metaffi_error,
    value: *mut metaffi_value,
    object: *const metaffi_object,
    ask: impl FnOnce(&'static dyn Protocol, Key, Answer) -> Result<metaffi_status>,
) -> metaffi_status {
    let asked = || {
        let place = NonNull::new(value).ok_or_else(|| no_place("value"))?;
        // SAFETY: `value` and `error` are writable, or `error` is NULL.
        ask(object::of(object.addr())?, object.addr(), unsafe { Answer::new(place, error) })
    };
    match asked() {
        Ok(status) => status,
        // SAFETY: `value` and `error` are NULL or writable.
        Err(failure) => unsafe { refused(error, value, failure) },
    }
}

/// Says why something was not asked for; the value is zero.
#[cold]
#[inline(never)]
unsafe fn refused(
    error: *mut *mut metaffi_error,
    value: *mut metaffi_value,
    failure: Error,
) -> metaffi_status {
    // SAFETY: NULL or writable.
    unsafe { into(error, value, |_| Err(failure)) }
}

/// The same for what is no value: it has the given name.
///
/// # Safety
/// `place` and `error` are NULL or writable.
#[inline(always)]
unsafe fn answer<T>(
    error: *mut *mut metaffi_error,
    place: *mut T,
    name: &str,
    body: impl FnOnce() -> Result<T>,
) -> metaffi_status {
    // SAFETY: `place` and `error` are NULL or writable; outputs of the C API are plain data, of which all
    // zeroes is a value.
    unsafe {
        if place.is_null() {
            return report(error, Err(no_place(name)));
        }
        place.write_bytes(0, 1);
        shielded(error, move || body().map(|answer| place.write(answer)))
    }
}

/// The same for a handle of an object.
///
/// # Safety
/// As for [`answer`].
unsafe fn give(
    error: *mut *mut metaffi_error,
    place: *mut *mut metaffi_object,
    name: &str,
    body: impl FnOnce() -> Result<Key>,
) -> metaffi_status {
    // SAFETY: `place` and `error` are NULL or writable.
    unsafe { answer(error, place, name, move || body().map(std::ptr::without_provenance_mut)) }
}

#[cold]
fn no_place(name: &str) -> Error {
    Error::invalid(format!("{name} is NULL, but it is where the result goes"))
}

/// The name of a handle.
#[inline(always)]
fn named(name: *const metaffi_name) -> Result<&'static InternedName> {
    InternedName::of(name.addr())
}

/// A name that is text.
///
/// # Safety
/// `name` is NULL or has `length` bytes for as long as the result is used.
unsafe fn attribute_name<'a>(name: *const c_char, length: usize) -> Result<AttributeName<'a>> {
    // SAFETY: `name` is NULL or has `length` bytes.
    unsafe { input::utf8(name, length, "name") }.map(AttributeName::Text)
}
