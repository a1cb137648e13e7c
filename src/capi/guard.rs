//! What every exported function runs in.

use std::ptr::NonNull;

use crate::abi::{metaffi_error, metaffi_status};
use crate::call::guarded;
pub(crate) use crate::call::report;
use crate::error::{Error, Result};

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

/// The same for a body that makes the output at `place`, which has the given name.
pub(crate) fn guard_into<T>(
    error: *mut *mut metaffi_error,
    place: *mut T,
    name: &str,
    body: impl FnOnce() -> Result<T>,
) -> metaffi_status {
    guard(error, || {
        let place = out(place, name)?;
        place.set(body()?);
        Ok(())
    })
}

/// A place for an output, if it is wanted.
pub(crate) struct Out<T>(Option<NonNull<T>>);

impl<T> Out<T> {
    /// Writes the output.
    pub(crate) fn set(self, value: T) {
        if let Some(place) = self.0 {
            // SAFETY: `optional` took a place for a `T`.
            unsafe { place.write(value) }
        }
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.0.is_some()
    }
}

/// The output at `place`, zeroed.
pub(crate) fn out<T>(place: *mut T, name: &str) -> Result<Out<T>> {
    let out = optional(place);
    match out.is_wanted() {
        true => Ok(out),
        false => Err(Error::invalid(format!("{name} is NULL, but it is where the result goes"))),
    }
}

/// The output at `place`, zeroed; NULL if it is not wanted.
pub(crate) fn optional<T>(place: *mut T) -> Out<T> {
    let place = NonNull::new(place);
    if let Some(place) = place {
        // SAFETY: outputs of the C API are plain data, of which all zeroes is a value.
        unsafe { place.write_bytes(0, 1) };
    }
    Out(place)
}
