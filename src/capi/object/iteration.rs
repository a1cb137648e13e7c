//! Iterators and generators.

use super::{answer, give, into, no_place};
use crate::abi::{
    METAFFI_ITERATE_ENTRIES, METAFFI_ITERATE_ITSELF, METAFFI_ITERATE_KEYS, METAFFI_ITERATE_VALUES,
    METAFFI_SEND_CLOSE, METAFFI_SEND_ERROR, METAFFI_SEND_VALUE, metaffi_error, metaffi_iteration,
    metaffi_object, metaffi_send, metaffi_status, metaffi_value,
};
use crate::capi::{handle, input};
use crate::error::{Error, Failure};
use crate::object::{self, Iteration, Resumption};

/// An iterator over an object.
///
/// Runs code of the object's, as metaffi_object_get.
///
/// @param iteration One of `METAFFI_ITERATE_…`; all but METAFFI_ITERATE_ITSELF are for mappings.
/// @param iterator Owned by the caller: metaffi_object_free. Its values are got by
///        metaffi_object_next.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be iterated so;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `iterator` is NULL, or
///         `iteration` is not known; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `iterator` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_iterate(
    object: *const metaffi_object,
    iteration: metaffi_iteration,
    iterator: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let iteration = || match iteration {
        METAFFI_ITERATE_ITSELF => Ok(Iteration::Itself),
        METAFFI_ITERATE_KEYS => Ok(Iteration::Keys),
        METAFFI_ITERATE_VALUES => Ok(Iteration::Values),
        METAFFI_ITERATE_ENTRIES => Ok(Iteration::Entries),
        other => Err(Error::invalid(format!("iteration {other} is not known"))),
    };
    // SAFETY: `iterator` and `error` are NULL or writable.
    unsafe {
        give(error, iterator, "iterator", move || {
            object::of(object.addr())?.iterate(object.addr(), iteration()?)
        })
    }
}

/// The next values of an iterator: as many as there are, and there is room for, by one call.
///
/// Runs code of the iterator's, as metaffi_object_get. What it fails with after it has given values, the
/// next call with this handle fails with. An iterator over the items of an array of C's, or of a
/// sequence of a host that has no iterator of its own, goes on behind an item that failed.
///
/// @param values Room for values, which are written from the first on and then owned by the caller:
///        metaffi_value_clear. As metaffi_object_get gives them.
/// @param room For how many.
/// @param count How many were written. Fewer than there is room for: the end, and 0 from then on.
/// @return METAFFI_OK, also at the end; METAFFI_STATUS_UNSUPPORTED if the object is no iterator;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_FOREIGN if the iterator's code fails.
///
/// # Safety
/// `values` is NULL or has room for so many; `count` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_next(
    iterator: *const metaffi_object,
    values: *mut metaffi_value,
    room: usize,
    count: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `values` is NULL or has room for so many; `count` and `error` are NULL or writable.
    unsafe {
        answer(error, count, "count", move || {
            let room = input::many_mut(values.cast(), room, "values")?;
            object::of(iterator.addr())?.next(iterator.addr(), room)
        })
    }
}

/// Goes on with a generator: sends a value into it, raises an error in it, or closes it.
///
/// Runs code of the generator's, as metaffi_object_get.
///
/// @param kind One of `METAFFI_SEND_…`.
/// @param value What is sent, borrowed for the call; NULL sends null. Only for METAFFI_SEND_VALUE.
/// @param failure What is raised, borrowed for the call. Only for METAFFI_SEND_ERROR.
/// @param returned The value that it gives, or the result that it ends with, owned by the caller:
///        metaffi_value_clear. As metaffi_object_get gives it; zeroed on failure.
/// @param yielded Whether it has given a value; false if it has ended.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object is no generator;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL that is
///         needed, or `kind` is not known; METAFFI_STATUS_FOREIGN if the generator's code fails.
///
/// # Safety
/// `value` is NULL or what its type says; `returned`, `yielded` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_send(
    generator: *const metaffi_object,
    kind: metaffi_send,
    value: *const metaffi_value,
    failure: *const metaffi_error,
    returned: *mut metaffi_value,
    yielded: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `value` is NULL or what its type says; the places are NULL or writable.
    unsafe {
        into(error, returned, move |to| {
            let yielded = yielded.as_mut().ok_or_else(|| no_place("yielded"))?;
            *yielded = false;
            let null = crate::value::null();
            let raised;
            let with = match kind {
                METAFFI_SEND_VALUE => Resumption::Value(value.as_ref().unwrap_or(&null)),
                METAFFI_SEND_ERROR => {
                    raised = handle::get::<Failure, _>(failure)?.error();
                    Resumption::Error(&raised)
                }
                METAFFI_SEND_CLOSE => Resumption::Close,
                other => return Err(Error::invalid(format!("kind {other} is not known"))),
            };
            *yielded = object::of(generator.addr())?.send(generator.addr(), with, to)?;
            Ok(())
        })
    }
}
