//! Where Python's objects are written.

use crate::error::Result;
use crate::object::SourceLocation;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// The place of a function, a class, a module, or of what runs one.
pub(super) fn of(gil: &Gil, object: Object) -> Result<Option<SourceLocation>> {
    // SAFETY: alive, under the GIL; the line is an int.
    unsafe {
        let object = PyRef::new_reference(gil, object);
        let found = support::call(gil, &support::objects(gil)?.written, &[&object])?;
        if found.as_ptr() == gil.api._Py_NoneStruct {
            return Ok(None);
        }
        let file = text_of(gil, &support::item(gil, &found, 0)?)?;
        let line = (gil.api.PyLong_AsLongLong)(support::item(gil, &found, 1)?.as_ptr());
        Ok(Some(SourceLocation { file, line: u32::try_from(line).unwrap_or(0) }))
    }
}
