use std::ffi::CStr;
use std::ptr;

use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// The text of a `str`, which C can read where Python has it.
pub struct PyText {
    text: *const CStr,
    /// What has it.
    _owner: PyRef,
}

// SAFETY: a `str` does not change, and keeps its text as long as it lives.
unsafe impl Send for PyText {}
// SAFETY: as above.
unsafe impl Sync for PyText {}

impl PyText {
    /// The text of a `str`; the object again if there is a NUL or half of a surrogate pair in it.
    pub(super) fn new(gil: &Gil, owner: PyRef) -> Result<PyText, PyRef> {
        let mut length = 0;
        // SAFETY: a live `str` under the GIL, which keeps its UTF-8, with a NUL behind it.
        let text = unsafe {
            let data = (gil.api.PyUnicode_AsUTF8AndSize)(owner.as_ptr(), &mut length);
            if data.is_null() {
                (gil.api.PyErr_Clear)();
                return Err(owner);
            }
            CStr::from_ptr(data)
        };
        match text.count_bytes() == length.cast_unsigned() {
            true => Ok(PyText { text: ptr::from_ref(text), _owner: owner }),
            false => Err(owner),
        }
    }

    /// The text, which is UTF-8.
    pub fn get(&self) -> &CStr {
        // SAFETY: it lives as long as its owner.
        unsafe { &*self.text }
    }
}
