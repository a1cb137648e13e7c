//! Memory of Python's objects, lent to a callee as it is.

use std::ffi::c_int;
use std::mem::MaybeUninit;

use crate::call::{Lendable, is_thread_ending, scratch};
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object, Py_buffer};
use crate::python::convert;
use crate::python::lifecycle::gil;
use crate::signature::Kind;

/// `PyBUF_C_CONTIGUOUS | PyBUF_FORMAT`.
const CONTIGUOUS: c_int = 0x3c;

/// The address of an object's elements, which stay where they are until the scope ends; `None` if it
/// has none that are lent, aligned one after the other, in so many dimensions (0: any). What is only to be
/// read is not lent for writing, and a date of numpy's is no bytes.
///
/// # Safety
/// `object` is alive as long as the scope; the GIL is held.
pub(in crate::host::python) unsafe fn elements(
    api: &'static Api,
    scope: &CallScope,
    object: Object,
    rank: usize,
    lent: &Lendable,
) -> Option<u64> {
    // SAFETY: `object` is alive as long as the scope; the GIL is held; the buffer is released once,
    // by the scope.
    unsafe {
        if (api.PyObject_CheckBuffer)(object) == 0 {
            return None;
        }
        let room = scratch(scope, size_of::<Py_buffer>()).ok()?.cast::<MaybeUninit<Py_buffer>>();
        let buffer = (*room).as_mut_ptr();
        if (api.PyObject_GetBuffer)(object, buffer, CONTIGUOUS) != 0 {
            (api.PyErr_Clear)();
            return None;
        }
        scope.defer(buffer.cast(), release);
        let memory = &*buffer;
        let dimensions = memory.ndim.cast_unsigned() as usize;
        let is_lent = |kind: Kind| lent.arrays & kind as u64 != 0;
        let fits = dimensions != 0
            && (rank == 0 || rank == dimensions)
            && (lent.constant || memory.readonly == 0)
            && convert::format_kind(memory).is_some_and(is_lent)
            && !(memory.readonly != 0
                && memory.itemsize == 1
                && convert::is_number_object(api, object))
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
