//! Paths of files, as the text that they are for the system.

use crate::error::Result;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// The bytes of a path, as `os.fsencode` makes them; `None` if the object is none.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn path(gil: &Gil, object: Object) -> Option<Result<PyRef>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = gil.api.type_of(object).cast();
        let is_path = (gil.api.PyObject_HasAttrString)(r#type, c"__fspath__".as_ptr()) != 0;
        is_path.then(|| {
            let encode = PyRef::import(gil, c"os")?.attribute(gil, c"fsencode")?;
            encode.call1(gil, &PyRef::new_reference(gil, object))
        })
    }
}
