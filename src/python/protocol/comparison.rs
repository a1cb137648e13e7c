//! Comparing Python's objects.

use super::value;
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::object::Comparison;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Whether a comparison holds, as an `if` of Python sees it.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn compare(
    gil: &Gil,
    object: Object,
    comparison: Comparison,
    with: &metaffi_value,
) -> Result<bool> {
    // SAFETY: the value is what its type says; both alive, under the GIL.
    unsafe {
        let with = value::take(gil, with)?;
        let result = (gil.api.PyObject_RichCompare)(object, *with, comparison as i32);
        value::truth(gil, PyRef::owned(gil, result)?.as_ptr())
    }
}

/// The hash of an object.
pub(super) fn hash(gil: &Gil, object: Object) -> Result<u64> {
    // SAFETY: alive, under the GIL.
    match unsafe { (gil.api.PyObject_Hash)(object) } {
        -1 => Err(error::fetch(gil)),
        hash => Ok(hash as i64 as u64),
    }
}
