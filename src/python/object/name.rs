//! [`Name`]: the name of an attribute that is looked up often.

use std::ffi::CStr;

use super::PyRef;
use crate::error::Result;
use crate::fork::Once;
use crate::python::api::Object;
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

    /// Whether an object is its `str`, once that was used; another may have the same text.
    #[inline(always)]
    pub fn is(&self, object: Object) -> bool {
        self.object.get().is_some_and(|name| name.as_ptr() == object)
    }

    /// Its text as C has it.
    pub fn text_c(&self) -> &'static CStr {
        self.text
    }

    /// Its text.
    pub fn text(&self) -> &str {
        self.text.to_str().unwrap_or_default()
    }

    /// Its `str`.
    pub fn get(&self, gil: &Gil) -> Result<&PyRef> {
        let intern = gil.api.PyUnicode_InternFromString;
        // SAFETY: NUL-terminated, under the GIL.
        self.object.get_or_make(|| unsafe { PyRef::owned(gil, intern(self.text.as_ptr())) })
    }
}
