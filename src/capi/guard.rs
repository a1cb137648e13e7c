//! What every exported function runs in.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use crate::abi::{METAFFI_OK, metaffi_error, metaffi_status};
use crate::call::failure;
use crate::error::{Error, Result, Status};

/// Runs `body`; a failure or a panic becomes the status, and the error object if asked for.
pub(crate) fn guard(
    error: *mut *mut metaffi_error,
    body: impl FnOnce() -> Result<()>,
) -> metaffi_status {
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        Err(Error::new(Status::Internal, "a panic was stopped at the boundary; please report it"))
    });
    let (status, object) = match result {
        Ok(()) => (METAFFI_OK, None),
        Err(failed) => (failed.status().code(), Some(failed)),
    };
    if !error.is_null() {
        // SAFETY: not NULL, so a place for an error.
        unsafe { *error = object.map_or(std::ptr::null_mut(), failure::to_c) };
    }
    status
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
    let Some(place) = NonNull::new(place) else {
        return Err(Error::new(Status::InvalidArgument, format!("{name} is NULL")));
    };
    // SAFETY: outputs of the C API are plain data, of which all zeroes is a value.
    unsafe { place.write_bytes(0, 1) };
    Ok(Out(place))
}
