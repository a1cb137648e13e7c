//! Comparing objects.

use super::answer;
use crate::abi::{
    METAFFI_EQUAL, METAFFI_GREATER, METAFFI_GREATER_OR_EQUAL, METAFFI_LESS, METAFFI_LESS_OR_EQUAL,
    METAFFI_NOT_EQUAL, metaffi_comparison, metaffi_error, metaffi_object, metaffi_status,
    metaffi_value,
};
use crate::capi::input;
use crate::error::{Error, Result};
use crate::object::{self, Comparison};

/// Compares an object with a value.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param comparison One of METAFFI_LESS to METAFFI_GREATER_OR_EQUAL; any two things may be compared
///        for METAFFI_EQUAL and METAFFI_NOT_EQUAL.
/// @param with Borrowed for the call.
/// @param holds The answer; false on failure.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no order;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, `with`
///         is no value, or `comparison` is not known; METAFFI_STATUS_FOREIGN if the object's code
///         fails, also because the two have no order.
///
/// # Safety
/// `with` is NULL or what its type says; `holds` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_compare(
    object: *const metaffi_object,
    comparison: metaffi_comparison,
    with: *const metaffi_value,
    holds: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `with` is NULL or what its type says; `holds` and `error` are NULL or writable.
    unsafe {
        answer(error, holds, "holds", move || {
            let (with, comparison) = (input::one(with, "with")?, kind(comparison)?);
            object::compare_with(object.addr(), comparison, with)
        })
    }
}

fn kind(comparison: metaffi_comparison) -> Result<Comparison> {
    Ok(match comparison {
        METAFFI_LESS => Comparison::Less,
        METAFFI_LESS_OR_EQUAL => Comparison::LessOrEqual,
        METAFFI_EQUAL => Comparison::Equal,
        METAFFI_NOT_EQUAL => Comparison::NotEqual,
        METAFFI_GREATER => Comparison::Greater,
        METAFFI_GREATER_OR_EQUAL => Comparison::GreaterOrEqual,
        other => return Err(Error::invalid(format!("comparison {other} is not known"))),
    })
}

/// The hash of an object, which it has in common with whatever is equal to it in its language.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param hash The number; it may be another in another process.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has none;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `hash` is NULL;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `hash` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_hash(
    object: *const metaffi_object,
    hash: *mut u64,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `hash` and `error` are NULL or writable.
    unsafe { answer(error, hash, "hash", move || object::of(object.addr())?.hash(object.addr())) }
}

/// Whether an object counts as true where its language asks, as in Python's `if`.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param truth The answer; false on failure.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `truth` is
///         NULL; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `truth` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_truth(
    object: *const metaffi_object,
    truth: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `truth` and `error` are NULL or writable.
    unsafe {
        answer(error, truth, "truth", move || object::of(object.addr())?.truth(object.addr()))
    }
}
