//! [`Answer`]: where a function of the C API gives what it was asked for, or why not.

use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::ValuePlace;
use crate::abi::{metaffi_error, metaffi_status, metaffi_value};
use crate::call::{report, shielded};
use crate::error::Result;

/// Where C wants the value that it asks for, or the error. Whoever is given it answers for the function
/// that was called, and so nothing is looked at again on the way back.
#[derive(Clone, Copy)]
pub struct Answer {
    value: NonNull<metaffi_value>,
    error: *mut *mut metaffi_error,
}

impl Answer {
    /// The answer of a function that has these places.
    ///
    /// # Safety
    /// `value` is writable, and `error` is or is NULL, until the answer is given.
    #[inline(always)]
    pub unsafe fn new(value: NonNull<metaffi_value>, error: *mut *mut metaffi_error) -> Answer {
        Answer { value, error }
    }

    /// Gives a value.
    #[inline(always)]
    pub fn give_value(self, value: metaffi_value) -> metaffi_status {
        // SAFETY: writable, and NULL or writable.
        unsafe {
            self.value.write(value);
            report(self.error, Ok(()))
        }
    }

    /// Gives what `body` writes; zero if it fails. A defect of ours is such a failure.
    #[inline(always)]
    pub fn give(self, body: impl FnOnce(ValuePlace<'_>) -> Result<()>) -> metaffi_status {
        /// Zeroes the place that nothing was written to.
        struct Unwritten(NonNull<metaffi_value>);
        impl Drop for Unwritten {
            fn drop(&mut self) {
                // SAFETY: a place that is writable; all zeroes is a value.
                unsafe { self.0.write_bytes(0, 1) };
            }
        }
        let value = self.value;
        let written = move || {
            let unwritten = Unwritten(value);
            // SAFETY: writable; any bits are a place that is not written yet.
            body(unsafe { value.cast::<MaybeUninit<metaffi_value>>().as_mut() })?;
            std::mem::forget(unwritten);
            Ok(())
        };
        // SAFETY: NULL or writable.
        unsafe { shielded(self.error, written) }
    }
}
