//! Data of the package CFFI, all of which Python takes for something that can be called.

use crate::python::api::Object;
use crate::python::error::quietly;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of, type_name};

/// Whether an object is data of CFFI's, and no function.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[cold]
pub unsafe fn is_cffi_data(gil: &Gil, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = gil.api.type_of(object);
        if (gil.api.PyObject_HasAttrString)(r#type, c"__getitem__".as_ptr()) == 0
            || !type_name(gil, r#type).starts_with("_cffi_backend.")
        {
            return false;
        }
        let object = PyRef::new_reference(gil, object);
        let kind = quietly(gil, || {
            let r#type = PyRef::import(gil, c"_cffi_backend")?.attribute(gil, c"typeof")?;
            text_of(gil, &r#type.call1(gil, &object)?.attribute(gil, c"kind")?)
        });
        kind.is_some_and(|kind| kind != "function")
    }
}
