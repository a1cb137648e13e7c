//! The memory of Python's objects.

use crate::abi::metaffi_array;
use crate::error::Result;
use crate::python::api::Object;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;

/// The memory of an object as an array, which keeps it until the array is freed.
#[inline(always)]
pub(super) fn view(gil: &Gil, object: Object, writable: bool) -> Result<*mut metaffi_array> {
    // SAFETY: alive, under the GIL.
    unsafe { convert::view(gil, object, writable) }.map(|array| array.into_raw())
}

/// Whether the memory of an object can be an array, and whether that can be written.
pub(super) fn is_shown(gil: &Gil, object: Object) -> (bool, bool) {
    // SAFETY: alive, under the GIL.
    unsafe { convert::is_viewed(gil, object) }
}
