//! Items and entries of objects.

use super::{answer, asked, give, into, named};
use crate::abi::{metaffi_error, metaffi_name, metaffi_object, metaffi_status, metaffi_value};
use crate::call::shielded;
use crate::capi::input;
use crate::error::Result;
use crate::object::{self, AttributeName};

/// Reads an item of an object by its position, or an entry by its key.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param key Borrowed for the call. A number is a position where there are items, and a key where
///        there are entries; a text is always a key.
/// @param value The item, owned by the caller: metaffi_value_clear. As metaffi_object_get gives it;
///        zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such item or entry;
///         METAFFI_STATUS_UNSUPPORTED if the object has none that are read by such a key;
///         METAFFI_STATUS_TYPE_MISMATCH for another key than a number or a text where there are only
///         items; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `key` or `value`
///         is NULL, or `key` is no value; METAFFI_STATUS_FOREIGN if the object's code fails, as it does
///         for a key without a hash, and as Python's does for a position that is no integer.
///
/// # Safety
/// `key` is NULL or what its type says; `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_get_item(
    object: *const metaffi_object,
    key: *const metaffi_value,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `key` is NULL or what its type says; `value` and `error` are NULL or writable.
    unsafe {
        into(error, value, move |to| {
            let key = input::one(key, "key")?;
            object::of(object.addr())?.get_item(object.addr(), key, to)
        })
    }
}

/// Reads an item by its position; for loops.
///
/// @param index Below zero it counts from the end where the object's language does so.
/// @return As metaffi_object_get_item; METAFFI_STATUS_UNSUPPORTED of an object that has only entries.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_get_index(
    object: *const metaffi_object,
    index: i64,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `value` and `error` are NULL or writable.
    unsafe {
        asked(error, value, object, |protocol, object, answer| {
            Ok(protocol.answer_index(object, index, answer))
        })
    }
}

/// Reads an entry whose key is a text, which is interned: metaffi_name_intern. Other texts are values
/// for metaffi_object_get_item.
///
/// @return As metaffi_object_get_item.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_get_entry(
    object: *const metaffi_object,
    key: *const metaffi_name,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `value` and `error` are NULL or writable.
    unsafe {
        asked(error, value, object, |protocol, object, answer| {
            Ok(protocol.answer_entry(object, named(key)?, answer))
        })
    }
}

/// Writes an item by its position or an entry by its key, or deletes it.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param key As for metaffi_object_get_item, of which METAFFI_STATUS_TYPE_MISMATCH is the same.
/// @param value What it is from now on, borrowed for the call; NULL deletes it.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if the position is not there, or the key that is to be
///         deleted; METAFFI_STATUS_UNSUPPORTED if the object has none that are written, or deleted, by
///         such a key; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `key` is NULL,
///         or for a value that is none; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `key` and `value` are NULL or what their types say; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_set_item(
    object: *const metaffi_object,
    key: *const metaffi_value,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let set = move || -> Result<()> {
        // SAFETY: `key` and `value` are NULL or what their types say.
        unsafe {
            let key = input::one(key, "key")?;
            object::of(object.addr())?.set_item(object.addr(), key, value.as_ref())
        }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, set) }
}

/// Writes an item by its position, or deletes it; for loops.
///
/// @param index As for metaffi_object_get_index.
/// @return As metaffi_object_set_item; METAFFI_STATUS_UNSUPPORTED of an object that has only entries.
///
/// # Safety
/// `value` is NULL or what its type says; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_set_index(
    object: *const metaffi_object,
    index: i64,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let set = move || -> Result<()> {
        // SAFETY: `value` is NULL or what its type says.
        unsafe { object::of(object.addr())?.set_index(object.addr(), index, value.as_ref()) }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, set) }
}

/// Writes an entry whose key is a text, which is interned, or deletes it: metaffi_name_intern.
///
/// @return As metaffi_object_set_item.
///
/// # Safety
/// `value` is NULL or what its type says; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_set_entry(
    object: *const metaffi_object,
    key: *const metaffi_name,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let set = move || -> Result<()> {
        let key = AttributeName::Interned(named(key)?);
        // SAFETY: `value` is NULL or what its type says.
        unsafe { object::of(object.addr())?.set_entry(object.addr(), key, value.as_ref()) }
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, set) }
}

/// The items of a range of positions, as the object's language slices.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param start The first position, borrowed for the call; NULL for the beginning.
/// @param stop The position behind the last one, borrowed for the call; NULL for the end.
/// @param step Borrowed for the call; NULL for 1.
/// @param items What has them, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no items that are read;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `items` is NULL;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `start`, `stop` and `step` are NULL or numbers; `items` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_slice(
    object: *const metaffi_object,
    start: *const i64,
    stop: *const i64,
    step: *const i64,
    items: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `start`, `stop` and `step` are NULL or numbers; `items` and `error` are NULL or
    // writable.
    unsafe {
        give(error, items, "items", move || {
            let (start, stop, step) = (start.as_ref(), stop.as_ref(), step.as_ref());
            object::slice(object.addr(), start.copied(), stop.copied(), step.copied())
        })
    }
}

/// How many items or entries an object has.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param length The number; 0 on failure.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no length;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `length` is NULL;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `length` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_length(
    object: *const metaffi_object,
    length: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `length` and `error` are NULL or writable.
    unsafe {
        answer(error, length, "length", move || object::of(object.addr())?.length(object.addr()))
    }
}

/// Whether a value is among an object's items, or among its keys.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param value Borrowed for the call.
/// @param contains The answer; false on failure.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be asked;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or
///         `value` is none; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `value` is NULL or what its type says; `contains` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_contains(
    object: *const metaffi_object,
    value: *const metaffi_value,
    contains: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `value` is NULL or what its type says; `contains` and `error` are NULL or writable.
    unsafe {
        answer(error, contains, "contains", move || {
            let value = input::one(value, "value")?;
            object::of(object.addr())?.contains(object.addr(), value)
        })
    }
}
