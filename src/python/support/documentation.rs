//! `__doc__` of types: of the type itself its text, of an object what is known of that.

use std::ffi::c_void;

use crate::call::guarded;
use crate::error::Result;
use crate::fork::Once;
use crate::python::api::{Api, Object};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{HeapType, HeapTypeSpec, TP_DEALLOC, TP_DESCR_GET};

/// What is known of an object, as text.
pub type DocumentationPage = fn(&Gil, &PyRef) -> Result<PyRef>;

/// What a descriptor has.
struct Documentation {
    /// The text of the type.
    text: PyRef,
    page: DocumentationPage,
}

static CLASS: Once<HeapType<Documentation>> = Once::new();

/// Has objects of a type documented by a page, which `help` shows; where that fails, by the type's text.
pub fn document(gil: &Gil, r#type: &PyRef, page: DocumentationPage) -> Result<()> {
    let text = r#type.attribute(gil, c"__doc__")?;
    let class = CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.documentation",
                doc: c"What is known of objects of a type.",
                flags: 0,
                slots: &[
                    (TP_DESCR_GET, get as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                ],
                methods: Vec::new(),
                attributes: &[],
                offsets: &[],
            },
        )
    })?;
    let made = class.instance(gil, Documentation { text, page })?;
    let set = gil.api.PyObject_SetAttrString;
    // SAFETY: live objects under the GIL.
    match unsafe { set(r#type.as_ptr(), c"__doc__".as_ptr(), made.as_ptr()) } {
        0 => Ok(()),
        _ => Err(error::fetch(gil)),
    }
}

unsafe extern "C-unwind" fn get(descriptor: Object, object: Object, _: Object) -> Object {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return std::ptr::null_mut() };
    // SAFETY: Python calls this with an instance, and an object or NULL, holding the GIL.
    unsafe {
        let (gil, known) = (Gil::assume(api), &*class.fields(descriptor));
        let page = || guarded(|| (known.page)(&gil, &PyRef::new_reference(&gil, object)));
        let made = if object.is_null() { None } else { error::quietly(&gil, page) };
        made.unwrap_or_else(|| known.text.clone_ref(&gil)).into_ptr()
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe { class.destroy(api, object) };
}
