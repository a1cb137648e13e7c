//! Memory of Python's objects, lent to a callee as it is.

use std::ffi::c_int;
use std::mem::MaybeUninit;

use crate::call::is_thread_ending;
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object, Py_buffer};
use crate::python::convert;
use crate::python::lifecycle::gil;
use crate::signature::Kind;
use crate::value::array::align_of_element;

/// `PyBUF_C_CONTIGUOUS | PyBUF_FORMAT`.
const CONTIGUOUS: c_int = 0x3c;

/// The address of an object's elements, which stay where they are until the scope ends; `None` if it
/// has none of that kind, aligned one after the other, in so many dimensions (0: any). What is only to be
/// read is not lent for writing.
///
/// # Safety
/// `object` is alive as long as the scope; the GIL is held.
pub(in crate::host::python) unsafe fn elements(
    api: &'static Api,
    scope: &CallScope,
    object: Object,
    rank: usize,
    element: Kind,
    constant: bool,
) -> Option<u64> {
    // SAFETY: `object` is alive as long as the scope; the GIL is held; the buffer is released once,
    // by the scope.
    unsafe {
        let r#type = api.type_of(object);
        let is_list = r#type == api.PyList_Type || r#type == api.PyTuple_Type;
        if is_list || (api.PyObject_CheckBuffer)(object) == 0 {
            return None;
        }
        let room = scope.scratch(size_of::<Py_buffer>())?.cast::<MaybeUninit<Py_buffer>>();
        let buffer = (*room).as_mut_ptr();
        if (api.PyObject_GetBuffer)(object, buffer, CONTIGUOUS) != 0 {
            (api.PyErr_Clear)();
            return None;
        }
        scope.defer(buffer.cast(), release);
        let memory = &*buffer;
        let dimensions = memory.ndim.cast_unsigned() as usize;
        let fits = dimensions != 0
            && memory.buf.addr().is_multiple_of(align_of_element(element.into()))
            && (rank == 0 || rank == dimensions)
            && (constant || memory.readonly == 0)
            && convert::format_kind(memory) == Some(element)
            && memory.buf.addr().is_multiple_of(memory.itemsize.unsigned_abs().max(1));
        fits.then(|| memory.buf.expose_provenance() as u64)
    }
}

unsafe extern "C" fn release(buffer: *mut ()) {
    let Some(api) = Api::get() else { return };
    // A thread that the interpreter ends must not ask for the GIL: there is no second end, and no
    // way out of a cleanup.
    if is_thread_ending() && !gil::is_held(api) {
        return;
    }
    // After a call that was left without returning, whatever comes next may not have the GIL.
    let Ok(gil) = gil::enter(api) else { return };
    // SAFETY: `elements` filled it in, under the GIL.
    unsafe { (gil.api.PyBuffer_Release)(buffer.cast()) };
}
