//! [`TypeTable`]: numbers of types by the names of annotations, which a program may add to.

use std::ffi::CStr;
use std::ptr;

use crate::error::Result;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// The module that has the table, and its name in there.
const PLACE: (&CStr, &str) = (c"metaffi.metaffi_types", "pytype_to_metaffi_type_dict");

/// What a table says of some names.
pub(in crate::host::python) struct TypeTable {
    /// The dict of the module.
    module: PyRef,
    name: PyRef,
    entries: Box<[(PyRef, Option<PyRef>)]>,
}

impl TypeTable {
    /// What the table says now.
    pub(in crate::host::python) fn of(gil: &Gil, names: Vec<PyRef>) -> Result<TypeTable> {
        let module = PyRef::import(gil, PLACE.0)?;
        // SAFETY: a module under the GIL, which has its dict.
        let module =
            unsafe { PyRef::new_reference(gil, (gil.api.PyModule_GetDict)(module.as_ptr())) };
        let name = support::interned(gil, PLACE.1)?;
        let mut table = TypeTable { module, name, entries: Box::default() };
        let entry = |name: PyRef| {
            let found = table.get(gil, &name).filter(|found| !found.is_null());
            // SAFETY: what the table has is alive, and kept at once.
            let found = found.map(|found| unsafe { PyRef::new_reference(gil, found) });
            (name, found)
        };
        table.entries = names.into_iter().map(entry).collect();
        Ok(table)
    }

    /// Whether the table still says so.
    pub(super) fn is_same(&self, gil: &Gil) -> bool {
        self.entries.iter().all(|(name, said)| {
            let said = said.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr);
            self.get(gil, name) == Some(said)
        })
    }

    /// What the table has for a name, borrowed, or NULL; `None` if it is no dict.
    fn get(&self, gil: &Gil, name: &PyRef) -> Option<Object> {
        let (api, get) = (gil.api, gil.api.PyDict_GetItemWithError);
        // SAFETY: live objects under the GIL; the module has the table.
        unsafe {
            let table = get(self.module.as_ptr(), self.name.as_ptr());
            let is_dict = !table.is_null() && api.type_of(table) == api.PyDict_Type;
            is_dict.then(|| get(table, name.as_ptr()))
        }
    }
}
