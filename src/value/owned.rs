use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::slice;

use super::{clear, describe};
use crate::abi::metaffi_value;

/// A value that is cleared when dropped.
#[repr(transparent)]
pub struct OwnedValue(metaffi_value);

// SAFETY: what it holds is nobody else's, and values are read and cleared on any thread.
unsafe impl Send for OwnedValue {}

impl OwnedValue {
    /// Takes over a value.
    ///
    /// # Safety
    /// What the value holds is valid, is metaffi's, and belongs to nobody else.
    pub unsafe fn from_raw(value: metaffi_value) -> OwnedValue {
        OwnedValue(value)
    }

    /// Values as those that they own, for the time of a call.
    pub fn as_raw(values: &[OwnedValue]) -> &[metaffi_value] {
        // SAFETY: an owned value is laid out as the value it owns.
        unsafe { slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
    }

    /// The value, for somebody else to clear.
    pub fn into_raw(self) -> metaffi_value {
        ManuallyDrop::new(self).0
    }
}

impl Deref for OwnedValue {
    type Target = metaffi_value;

    fn deref(&self) -> &metaffi_value {
        &self.0
    }
}

impl Drop for OwnedValue {
    fn drop(&mut self) {
        // SAFETY: the value is ours alone, as promised to `from_raw`.
        unsafe { clear(&mut self.0) }
    }
}

impl fmt::Debug for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: the value is valid, as promised to `from_raw`.
        f.write_str(&unsafe { describe(&self.0) })
    }
}
