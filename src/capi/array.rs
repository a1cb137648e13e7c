//! Arrays: made, borrowed, read, written, copied, freed.

use std::ffi::c_void;
use std::ptr;

use super::guard::{guard, guard_into};
use super::input;
use crate::abi::{
    metaffi_array, metaffi_error, metaffi_finalizer, metaffi_status, metaffi_type, metaffi_value,
};
use crate::error::{Error, Result};
use crate::signature::Type;
use crate::value::array::{self, OwnedArray, View};

/// A new array of zeroes, contiguous in C order: numbers 0, strings, handles, callables and rows
/// NULL, values of any null.
///
/// Its elements are metaffi's: what is put into them by metaffi_array_set, or directly, is freed
/// with the array. Text put in directly is allocated by metaffi_alloc.
///
/// @param element The type of one element; an array type makes a ragged array, whose elements are
///        arrays themselves.
/// @param shape `rank` extents, copied.
/// @param rank The number of dimensions, 1 to 32.
/// @param array The array, owned by the caller: metaffi_array_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or no array can have
///         that element, rank or shape; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `shape` is NULL or has `rank` extents; `array` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_new(
    element: metaffi_type,
    shape: *const usize,
    rank: usize,
    array: *mut *mut metaffi_array,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, array, "array", || {
        let element = Type::new(element).map_err(|error| error.context("element"))?;
        array::check_rank(rank)?;
        // SAFETY: `shape` is NULL or has `rank` extents.
        let shape = unsafe { input::many(shape, rank, "shape") }?;
        Ok(OwnedArray::new(element, shape)?.into_raw())
    })
}

/// An array of elements that stay in memory of yours.
///
/// What the elements point to stays yours as well: metaffi_array_set writes numbers, bools and
/// characters only.
///
/// @param data The first element, that is the one with index 0 in every dimension; NULL only if
///        there are none.
/// @param element The type of one element.
/// @param shape `rank` extents, copied.
/// @param strides `rank` distances in bytes, copied; they may be negative or zero. NULL:
///        contiguous in C order.
/// @param rank The number of dimensions, 1 to 32.
/// @param finalizer Called once with `userdata` when the array is freed, on whatever thread frees
///        it; until then the elements stay valid. Not called if this function fails. NULL: nobody
///        is told.
/// @param userdata For the finalizer.
/// @param array The array, owned by the caller: metaffi_array_free.
/// @return As metaffi_array_new.
///
/// # Safety
/// The elements are where `data`, `shape` and `strides` say; `array` and `error` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_borrow(
    data: *mut c_void,
    element: metaffi_type,
    shape: *const usize,
    strides: *const isize,
    rank: usize,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
    array: *mut *mut metaffi_array,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, array, "array", || {
        let descriptor = metaffi_array {
            data,
            element,
            rank,
            shape,
            strides,
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: the elements are where `data`, `shape` and `strides` say.
        Ok(unsafe { array::borrow(&descriptor, finalizer, userdata) }?.into_raw())
    })
}

/// A copy of what indices select.
///
/// One index per dimension selects an element; fewer, the sub-array of the dimensions that are
/// left, none at all the whole array; more, what the rest of them select in that row of a ragged
/// array. A row that was never set is null.
///
/// @param array Borrowed for the call.
/// @param indices `count` indices, from 0, outermost dimension first.
/// @param value The copy, owned by the caller: metaffi_value_clear.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if an index is out of bounds, or leads into a
///         row that was never set; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, the array
///         is not valid or has not that many dimensions; otherwise as metaffi_value_copy.
///
/// # Safety
/// `array` is NULL or an array whose elements are valid; `indices` is NULL or has `count` indices;
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_get(
    array: *const metaffi_array,
    indices: *const usize,
    count: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, value, "value", || {
        // SAFETY: `array` is NULL or an array whose elements are valid; `indices` is NULL or has
        // `count` indices.
        unsafe {
            let indices = input::many(indices, count, "indices")?;
            Ok(array::get(array, indices).map_err(in_array)?.into_raw())
        }
    })
}

/// Replaces an element by a copy of a value, converted as metaffi_value_convert does; what the
/// element owned is freed.
///
/// @param array Borrowed for the call; no other thread uses it meanwhile.
/// @param indices `count` indices, one per dimension, then those into the row of a ragged array.
/// @param value Borrowed for the call.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if an index is out of bounds or the number does
///         not fit; METAFFI_STATUS_TYPE_MISMATCH if the value is not of the element's type;
///         METAFFI_STATUS_UNSUPPORTED if the array is read-only, or is borrowed and its elements
///         own something;
///         otherwise as metaffi_array_get.
///
/// # Safety
/// As for metaffi_array_get; `value` is NULL or a value whose payload is that of its type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_set(
    array: *mut metaffi_array,
    indices: *const usize,
    count: usize,
    value: *const metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: there are so many indices; the value is what its type says.
    guard(error, || unsafe {
        let indices = input::many(indices, count, "indices")?;
        array::set(array, indices, input::one(value, "value")?).map_err(in_array)
    })
}

/// A deep copy of an array, contiguous in C order, whose elements are metaffi's.
///
/// @param array Borrowed for the call.
/// @param copy The copy, owned by the caller: metaffi_array_free.
/// @return As metaffi_value_copy.
///
/// # Safety
/// `array` is NULL or an array whose elements are valid; `copy` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_copy(
    array: *const metaffi_array,
    copy: *mut *mut metaffi_array,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, copy, "copy", || {
        // SAFETY: `array` is NULL or an array whose elements are valid.
        Ok(unsafe { array::copy(array) }.map_err(in_array)?.into_raw())
    })
}

/// The number of elements: the product of the extents.
///
/// @return The number; 0 also for NULL and for an array that is not valid.
///
/// # Safety
/// `array` is NULL or an array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_length(array: *const metaffi_array) -> usize {
    // SAFETY: `array` is NULL or an array.
    unsafe { View::new(array) }.map_or(0, |view| view.length())
}

/// Whether the elements of an array must not be written: those of a guest's immutable object, such
/// as Python's `bytes`, are seen where they are. A copy may be written.
///
/// @return 1 if they must not; 0 if they may, and for NULL and an array that is not valid.
///
/// # Safety
/// `array` is NULL or an array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_is_read_only(array: *const metaffi_array) -> bool {
    // SAFETY: `array` is NULL or an array.
    unsafe { View::new(array) }.is_ok_and(|view| view.is_read_only())
}

/// Frees an array by its `release`: one of metaffi's with all that its elements own, one that is
/// borrowed tells its finalizer. One without a `release` is left as it is.
///
/// @param array From metaffi, freed once; NULL is fine.
///
/// # Safety
/// `array` is NULL or an array that is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_array_free(array: *mut metaffi_array) {
    // SAFETY: `array` is NULL or an array that is not used again.
    unsafe {
        if let Some(release) = array::release_of_others(array) {
            return release(array);
        }
    }
    guard(ptr::null_mut(), || -> Result<()> {
        // SAFETY: as above.
        unsafe { array::free(array) };
        Ok(())
    });
}

#[cold]
fn in_array(error: Error) -> Error {
    error.context("array")
}
