use std::ffi::{CStr, c_void};
use std::mem::offset_of;
use std::ptr;

use super::cycle::{clear, traverse};
use super::introspection::{documentation, name, native_pointer, params, repr, returns, signature};
use super::{CallableFields, deallocate, made};
use crate::call::Callable;
use crate::error::Result;
use crate::fork::Once;
use crate::python::api::{Api, METH_NOARGS, METH_O, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::{
    HAVE_GC, HAVE_VECTORCALL, HeapType, HeapTypeSpec, PyGetter, TP_CALL, TP_CLEAR, TP_DEALLOC,
    TP_REPR, TP_TRAVERSE, method,
};
use crate::python::support;

static CLASS: Once<HeapType<CallableFields>> = Once::new();

/// The type, made the first time.
pub(super) fn get(gil: &Gil) -> Result<&'static HeapType<CallableFields>> {
    CLASS.get_or_make(|| make(gil))
}

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance.
#[inline(always)]
pub(super) unsafe fn fields(object: Object) -> *mut CallableFields {
    // SAFETY: an instance has a type, which was made before.
    unsafe { CLASS.get().unwrap_unchecked() }.fields(object)
}

/// The fields of an object, if it is an instance.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn fields_if_instance(api: &Api, object: Object) -> Option<*mut CallableFields> {
    let class = CLASS.get()?;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class.is(api, object) }.then(|| class.fields(object))
}

/// The callable of an instance; `None` before it is filled in.
///
/// # Safety
/// `object` is an instance that Python has a reference to for as long as the result is used.
#[inline(always)]
pub(super) unsafe fn callable<'a>(object: Object) -> Option<&'a Callable> {
    // SAFETY: `object` is an instance that Python has a reference to for as long as the result is
    // used.
    unsafe {
        let fields = fields(object);
        if (*fields).callable.is_null() && !(*fields).function.is_null() {
            made::fill(fields);
        }
        (*fields).callable.as_ref()
    }
}

/// Gives the memory of an instance back.
///
/// # Safety
/// Python has given up the last reference, and the GIL is held.
pub(super) unsafe fn destroy(api: &Api, object: Object) {
    // SAFETY: Python has given up the last reference, and the GIL is held; an instance has a type,
    // which was made before.
    unsafe { CLASS.get().unwrap_unchecked().destroy(api, object) }
}

fn make(gil: &Gil) -> Result<HeapType<CallableFields>> {
    let attributes: [(&CStr, PyGetter); 6] = [
        (c"__name__", name),
        (c"__qualname__", name),
        (c"__signature__", signature),
        (c"params", params),
        (c"returns", returns),
        (c"native_pointer", native_pointer),
    ];
    let description = HeapTypeSpec {
        name: c"metaffi.callable",
        doc: c"A callable of the program that hosts Python.",
        flags: HAVE_VECTORCALL | HAVE_GC,
        slots: &[
            (TP_CALL, gil.api.PyVectorcall_Call as *const c_void),
            (TP_CLEAR, clear as *const c_void),
            (TP_DEALLOC, deallocate as *const c_void),
            (TP_REPR, repr as *const c_void),
            (TP_TRAVERSE, traverse as *const c_void),
        ],
        methods: vec![
            method(c"__copy__", itself as *const c_void, METH_NOARGS, c"The callable itself."),
            method(c"__deepcopy__", itself as *const c_void, METH_O, c"The callable itself."),
        ],
        attributes: &attributes,
        offsets: &[(c"__vectorcalloffset__", offset_of!(CallableFields, vectorcall))],
    };
    let class = HeapType::new(gil, description)?;
    support::document(gil, class.object(), documentation)?;
    Ok(class)
}

/// As functions are copied.
unsafe extern "C-unwind" fn itself(object: Object, _: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { api.incref(object) };
    object
}
