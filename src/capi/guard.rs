//! What every exported function runs in.

use std::ptr::NonNull;

use crate::abi::{metaffi_error, metaffi_status};
use crate::call::guarded;
pub(crate) use crate::call::report;
use crate::error::{Error, Result, Status};

/// Runs `body`; a failure or a panic becomes the status, and the error object if asked for.
///
/// Never runs guest code: functions that do use [`report`] after it.
pub(crate) fn guard(
    error: *mut *mut metaffi_error,
    body: impl FnOnce() -> Result<()>,
) -> metaffi_status {
    // SAFETY: NULL or a place for an error, as every exported function demands.
    unsafe { report(error, guarded(body)) }
}

/// A place for an output.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// Writes the output.
    pub(crate) fn set(self, value: T) {
        // SAFETY: `out` took a place for a `T`.
        unsafe { self.0.write(value) }
    }
}

/// The output at `place`, zeroed.
pub(crate) fn out<T>(place: *mut T, name: &str) -> Result<Out<T>> {
    optional(place).ok_or_else(|| {
        Error::new(
            Status::InvalidArgument,
            format!("{name} is NULL, but it is where the result goes"),
        )
    })
}

/// The output at `place`, zeroed, if it is wanted.
pub(crate) fn optional<T>(place: *mut T) -> Option<Out<T>> {
    let place = NonNull::new(place)?;
    // SAFETY: outputs of the C API are plain data, of which all zeroes is a value.
    unsafe { place.write_bytes(0, 1) };
    Some(Out(place))
}
