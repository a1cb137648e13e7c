//! [`KnownParts`]: what an object always has by the same names, as objects of Python that stay as long as
//! its proxy.

use std::cell::Cell;
use std::ptr;

use super::{class, fields};
use crate::error::Result;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// A dict of them, with a reference; NULL before there are any.
pub(super) struct KnownParts(Cell<Object>);

impl KnownParts {
    pub(super) fn none() -> KnownParts {
        KnownParts(Cell::new(ptr::null_mut()))
    }

    /// The one of a name, unless it has been released.
    ///
    /// # Safety
    /// `name` is a live `str`.
    #[inline(always)]
    pub(super) unsafe fn get(&self, gil: &Gil, name: Object) -> Option<PyRef> {
        let all = self.0.get();
        if all.is_null() {
            return None;
        }
        // SAFETY: a live dict and a live `str` under the GIL; what is found is borrowed.
        unsafe {
            let found = (gil.api.PyDict_GetItemWithError)(all, name);
            let is_there = !found.is_null() && !is_released(gil, found);
            is_there.then(|| PyRef::new_reference(gil, found))
        }
    }

    /// Keeps one.
    ///
    /// # Safety
    /// `name` is a live `str`.
    pub(super) unsafe fn put(&self, gil: &Gil, name: Object, part: &PyRef) -> Result<()> {
        // SAFETY: live objects under the GIL; a new dict.
        unsafe {
            if self.0.get().is_null() {
                self.0.set(PyRef::owned(gil, (gil.api.PyDict_New)())?.into_ptr());
            }
            match (gil.api.PyDict_SetItem)(self.0.get(), name, part.as_ptr()) {
                0 => Ok(()),
                _ => Err(error::fetch(gil)),
            }
        }
    }

    /// Lets go of all.
    pub(super) fn let_go(&self, gil: &Gil) {
        let all = self.0.replace(ptr::null_mut());
        if !all.is_null() {
            // SAFETY: its own reference, under the GIL.
            unsafe { gil.api.decref(all) };
        }
    }
}

/// Whether a part is a proxy that stands for nothing any more.
unsafe fn is_released(gil: &Gil, part: Object) -> bool {
    // SAFETY: a live object under the GIL.
    unsafe { class::is(gil.api, part) && fields(part).is_released() }
}
