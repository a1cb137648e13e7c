//! C data: typed memory as objects of runtime c. Made, cast, pointed to, released.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::ctype::known;
use super::guard::{guard, guard_into};
use super::{handle, input};
use crate::abi::{
    metaffi_ctype, metaffi_error, metaffi_finalizer, metaffi_object, metaffi_status, metaffi_value,
};
use crate::backend::c::convert::{access, cast, initialise};
use crate::backend::c::{BorrowedCData, CData};
use crate::error::{Error, Result};
use crate::handle::describe_object;
use crate::handle::pin::CallScope;

/// The C data that a handle stands for.
pub(super) fn data(object: *const metaffi_object) -> Result<Arc<CData>> {
    handle::get::<CData, _>(object).map_err(|error| not_data(object, error))
}

/// The same, borrowed for a call scope.
pub(super) fn borrowed<'a>(
    scope: &'a CallScope,
    object: *const metaffi_object,
) -> Result<BorrowedCData<'a>> {
    BorrowedCData::get(scope, object.addr()).map_err(|error| not_data(object, error))
}

#[cold]
fn not_data(object: *const metaffi_object, error: Error) -> Error {
    match describe_object(object.addr(), |object| object.runtime().to_owned()) {
        Ok(runtime) => Error::mismatch(format!(
            "this is an object of runtime {runtime}; only those of runtime c are C data"
        )),
        Err(_) => error,
    }
}

/// A new value of a C type, in memory of its own.
///
/// @param ctype The type. `T[]` gets the length of its initialiser, text with its NUL; a struct
///        that ends in one gets room for what is given for it.
/// @param init The initialiser, borrowed for the call; NULL, or a null value, for zeroes. A number
///        for a number; text for an array of characters, converted to their width; an array for an
///        array, the rest being zero; an array (of any, if they differ) of the members of a struct
///        in order, or of a union's first; an object of the same type. A pointer takes an address
///        as an integer, a callable, another pointer, or an object to point to; in the last two
///        cases it keeps alive what it points into.
/// @param object The new object, owned by the caller: metaffi_object_free, which frees the memory
///        when no pointer or part keeps it.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a type without a definition, or a value
///         that is not of the type; METAFFI_STATUS_OUT_OF_RANGE for one that does not fit;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
///         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `init` is NULL or a value that is what its type says; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_new(
    ctype: *const metaffi_ctype,
    init: *const metaffi_value,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, object, "object", || {
        let ctype = known(ctype)?;
        // SAFETY: `init` is NULL or a value that is what its type says.
        unsafe { initialise::new(ctype, init.as_ref()) }?.into_handle()
    })
}

/// A new array of zeroes, in memory of its own.
///
/// @param ctype The type of an element. Of an array without a length, `T[]`, the object is that
///        array with `length` elements; of a struct that ends in one, it is that struct with
///        `length` elements there.
/// @param length The number of elements.
/// @param object The new object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a type without a definition;
///         METAFFI_STATUS_OUT_OF_RANGE if it were larger than memory;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `object` is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_new_array(
    ctype: *const metaffi_ctype,
    length: usize,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, object, "object", || {
        initialise::new_array(known(ctype)?, length)?.into_handle()
    })
}

/// The value of a C type that is at an address, not copied.
///
/// @param ctype Its type. One without a definition is fine for what is only pointed to; accesses
///        to `T[]`, and to such an array at the end of a struct, are not checked against a length.
/// @param address Where it is; not NULL.
/// @param userdata Given to `finalizer`; the object owns it from success on.
/// @param finalizer Called once with `userdata`, on any thread, when nothing uses the memory any
///        more or it was released; may be NULL.
/// @param object The new object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `address` or `object` is NULL;
///         METAFFI_STATUS_TYPE_MISMATCH for `void`; METAFFI_STATUS_INVALID_HANDLE. On failure
///         `userdata` stays the caller's.
///
/// # Safety
/// A value of the type is at `address` until the finalizer is called, or as long as the object and
/// what keeps it are used; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_from_address(
    ctype: *const metaffi_ctype,
    address: *mut c_void,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, object, "object", || {
        let ctype = known(ctype)?;
        if address.is_null() {
            return Err(Error::invalid(
                "address is NULL; for a null pointer make a new pointer of it",
            ));
        }
        if ctype.class == crate::backend::c::Representation::Void {
            return Err(Error::mismatch(
                "there are no values of `void`; give the type of what is there",
            ));
        }
        // SAFETY: a value of the type is at `address` until the finalizer is called, or as long as
        // the object and what keeps it are used.
        unsafe { CData::foreign(ctype, address, userdata, finalizer) }.into_handle()
    })
}

/// The value of an object as another type, as C casts it.
///
/// Numbers convert: integers wrap, real numbers are rounded or lose their fraction. Pointers and
/// integers convert to each other, and an array is the pointer to its first element. To a struct,
/// a union or an array nothing is converted: the new object is the same memory, seen as that. A
/// pointer keeps alive what the original kept, or the array.
///
/// @param object Borrowed for the call.
/// @param ctype The type to cast to.
/// @param cast The new object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if C has no such cast;
///         METAFFI_STATUS_OUT_OF_RANGE for a real number that does not fit an integer type, or
///         memory that is too small; METAFFI_STATUS_UNSUPPORTED for `_Float128`;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `cast` is NULL.
///
/// # Safety
/// `cast` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_cast(
    object: *const metaffi_object,
    ctype: *const metaffi_ctype,
    cast: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, cast, "cast", || cast::cast(&data(object)?, known(ctype)?)?.into_handle())
}

/// A pointer to a part of an object, as C's `&` makes it. It keeps the object's memory alive.
///
/// @param path NUL-terminated: as for metaffi_cdata_read; "" for the object itself. What lies
///        behind another pointer is kept alive only if that pointer keeps it.
/// @param pointer The new object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a bit-field; otherwise as
///         metaffi_cdata_read.
///
/// # Safety
/// `path` is NULL or NUL-terminated, and what pointers on it point to is there; `pointer` and
/// `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_address_of(
    object: *const metaffi_object,
    path: *const c_char,
    pointer: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, pointer, "pointer", || {
        let object = data(object)?;
        // SAFETY: `path` is NULL or NUL-terminated, and what pointers on it point to is there.
        unsafe { access::address_of(&object, input::name(path, "path")?) }?.into_handle()
    })
}

/// Frees an object's memory now instead of with its last handle: every later use of it, of its
/// parts and of pointers that keep it is an error. A call that is using it on another thread keeps
/// it until it returns.
///
/// Of memory that is not the object's own, the finalizer is called. Of a part of another object,
/// only the part ends. Releasing once more does nothing; the handle is still freed as any other.
///
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT while an array of metaffi_cdata_buffer
///         views the memory; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_TYPE_MISMATCH if it is
///         no C data.
///
/// # Safety
/// C does not use the memory any more; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_cdata_release(
    object: *const metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || data(object)?.release())
}

pub mod members;
