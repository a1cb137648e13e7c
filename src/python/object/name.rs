//! [`Name`]: the name of an attribute that is looked up often.

use std::ffi::CStr;

use super::PyRef;
use crate::error::Result;
use crate::fork::Once;
use crate::python::lifecycle::gil::Gil;

/// A name of ours that becomes an interned `str` when it is first used.
pub struct Name {
    text: &'static CStr,
    object: Once<PyRef>,
}

impl Name {
    /// A name.
    pub const fn new(text: &'static CStr) -> Name {
        Name { text, object: Once::new() }
    }

    /// Its `str`.
    pub fn get(&self, gil: &Gil) -> Result<&PyRef> {
        let intern = gil.api.PyUnicode_InternFromString;
        // SAFETY: NUL-terminated, under the GIL.
        self.object.get_or_make(|| unsafe { PyRef::owned(gil, intern(self.text.as_ptr())) })
    }
}
