//! C data: read, written, and looked at.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::{borrowed, data};
use crate::abi::{
    metaffi_array, metaffi_ctype, metaffi_error, metaffi_object, metaffi_status, metaffi_value,
};
use crate::backend::c::convert::{access, buffer, text_view};
use crate::backend::c::{CData, Representation, TypeHandle};
use crate::capi::guard::{guard, guard_into, optional, out};
use crate::capi::{ctype, input};
use crate::error::{Error, Result};
use crate::handle as handles;
use crate::handle::pin::CallScope;

/// Reads a part of an object.
///
/// @param path NUL-terminated: "" is the object itself; "a.b[2].c" goes through members and
///        elements, "[3]" through the elements of an array or at a pointer, "*" to what a pointer
///        points to, "next->value" to a member of that. The parts of a complex number are [0] and
///        [1].
/// @param value The part, owned by the caller: metaffi_value_clear. Bools, integers up to 64 bits,
///        bit-fields, float and double are numbers of their width; a function pointer is a
///        callable; another pointer is an object that holds its value; anything else (struct,
///        union, array, long double, …) is an object that shares the memory and keeps it alive:
///        writing to it writes there. NULL is a null handle or callable.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such member;
///         METAFFI_STATUS_OUT_OF_RANGE for what lies outside of an array or of the object's memory;
///         METAFFI_STATUS_TYPE_MISMATCH for a step through what has no parts, or an object that is
///         no C data; METAFFI_STATUS_INVALID_ARGUMENT for a step through NULL, or an argument that
///         is NULL; METAFFI_STATUS_SYNTAX; METAFFI_STATUS_INVALID_HANDLE, also for memory that was
///         released.
///
/// # Safety
/// `path` is NULL or NUL-terminated, and what pointers on it point to is there; `value` and `error`
/// are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_read(
    object: *const metaffi_object,
    path: *const c_char,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        // SAFETY: `path` is NULL or NUL-terminated, and what pointers on it point to is there.
        let found = handles::using(|scope| unsafe {
            access::read_in(scope, borrowed(scope, object)?, input::name(path, "path")?)
        })?;
        Ok(found.into_raw())
    })
}

/// Writes a part of an object, as metaffi_cdata_new would initialise it.
///
/// A pointer that is written keeps nothing alive: what it points to must outlive its use.
///
/// @param path As for metaffi_cdata_read.
/// @param value Borrowed for the call.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT also for what is const; otherwise as
///         metaffi_cdata_read and metaffi_cdata_new. An array or a struct may have been written in
///         part.
///
/// # Safety
/// `path` is NULL or NUL-terminated, and what pointers on it point to is there; `value` is NULL or
/// what its type says; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_write(
    object: *const metaffi_object,
    path: *const c_char,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        // SAFETY: `path` is NULL or NUL-terminated, and what pointers on it point to is there;
        // `value` is NULL or what its type says.
        handles::using(|scope| unsafe {
            let (object, path) = (borrowed(scope, object)?, input::name(path, "path")?);
            access::write_in(scope, object, path, input::one(value, "value")?)
        })
    })
}

/// Where an object's value is.
///
/// @param address Its first byte, valid until the memory is released or its last handle freed. Of
///        a pointer, where the pointer is kept; metaffi_cdata_pointer gives what it holds.
/// @param size May be NULL. How many bytes are known to be there.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_TYPE_MISMATCH if it is no C
///         data; METAFFI_STATUS_INVALID_ARGUMENT if `address` is NULL.
///
/// # Safety
/// `address`, `size` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_address(
    object: *const metaffi_object,
    address: *mut *mut c_void,
    size: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let (place, size) = (out(address, "address")?, optional(size));
        let (found, known) = handles::using(|scope| {
            let memory = borrowed(scope, object)?.data().memory(scope)?;
            Ok::<_, Error>((memory.address(), memory.size()))
        })?;
        place.set(found.cast());
        size.set(known);
        Ok(())
    })
}

/// The address that an object stands for as an argument of a C function: what a pointer holds; the
/// address of an array, a struct or a union.
///
/// @param pointer The address, valid as long as what it points to; NULL if the pointer is.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a number, which is no pointer, or what is
///         no C data; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `pointer`
///         is NULL.
///
/// # Safety
/// `pointer` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_pointer(
    object: *const metaffi_object,
    pointer: *mut *mut c_void,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, pointer, "pointer", || {
        handles::using(|scope| pointed_to(scope, borrowed(scope, object)?.data()))
    })
}

fn pointed_to(scope: &CallScope, object: &CData) -> Result<*mut c_void> {
    match object.ctype().class {
        Representation::Pointer(_) => {
            object.kept(scope)?;
            object.pointer_value(scope)
        }
        Representation::Array(_)
        | Representation::Record
        | Representation::Function
        | Representation::Opaque => Ok(object.memory(scope)?.address().cast()),
        _ => Err(Error::mismatch(format!(
            "this `{}` is not a pointer; metaffi_cdata_address says where it is",
            object.ctype().spell()
        ))),
    }
}

/// The type of an object.
///
/// @param type A new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_TYPE_MISMATCH if it is no C
///         data; METAFFI_STATUS_INVALID_ARGUMENT if `type` is NULL.
///
/// # Safety
/// `type` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_type(
    object: *const metaffi_object,
    r#type: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, r#type, "type", || {
        ctype::give(TypeHandle::from(data(object)?.ctype().clone()))
    })
}

/// A copy of the text in an array of characters, or at a pointer to them.
///
/// @param max_length At most so many code units; SIZE_MAX for as many as there are. The text ends
///        before them at a NUL, and at the end of the array or of the memory that the pointer
///        points into, where that is known.
/// @param string The text, owned by the caller: metaffi_value_clear. A string8 for characters of
///        one byte, a string16 for those of two, a string32 for those of four.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for what has no characters;
///         METAFFI_STATUS_INVALID_TEXT if it is not UTF-8, UTF-16 or UTF-32, with the unit where;
///         METAFFI_STATUS_INVALID_ARGUMENT for a NULL pointer; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// Text at a pointer ends with a NUL or has `max_length` units; `string` and `error` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_string(
    object: *const metaffi_object,
    max_length: usize,
    string: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, string, "string", || {
        // SAFETY: text at a pointer ends with a NUL or has `max_length` units.
        Ok(unsafe { text_view::string(&data(object)?, max_length) }?.into_raw())
    })
}

/// The bytes of an object, or those that a pointer points to, as an array of uint8 that shares the
/// memory: what is written to it is written there.
///
/// The array keeps the memory alive until it is freed, and until then it cannot be released.
///
/// @param size How many bytes; SIZE_MAX for all of the object, or one value at a pointer.
/// @param bytes The array, owned by the caller: metaffi_array_free.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE for more bytes than there are;
///         METAFFI_STATUS_INVALID_ARGUMENT for SIZE_MAX where nobody knows how many there are, or a
///         NULL pointer; METAFFI_STATUS_TYPE_MISMATCH if it is no C data;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// So many bytes are at a pointer; `bytes` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_buffer(
    object: *const metaffi_object,
    size: usize,
    bytes: *mut *mut metaffi_array,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, bytes, "bytes", || {
        let object: Arc<CData> = data(object)?;
        // SAFETY: so many bytes are at a pointer.
        Ok(unsafe { buffer::buffer(&object, size) }?.into_raw())
    })
}
