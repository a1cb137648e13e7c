//! Arrays that show no buffer, but are handed over by Arrow's protocols or DLPack's: read where they are.
//! What was handed over stays the capsules', which let it go.

use std::ffi::CStr;
use std::ptr;

use super::buffer::Buffer;
use super::{arrow, dlpack};
use crate::error::{Error, Result};
use crate::python::api::{Object, Py_buffer};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// A protocol by which arrays are handed over.
enum ExchangeProtocol {
    ArrowArray,
    ArrowStream,
    DlPack,
}

/// The protocol that an object's type knows.
unsafe fn protocol(gil: &Gil, object: Object) -> Option<ExchangeProtocol> {
    // SAFETY: the caller's object is alive, and the GIL is held.
    let has = |name: &CStr| unsafe {
        let r#type = gil.api.type_of(object).cast();
        (gil.api.PyObject_HasAttrString)(r#type, name.as_ptr()) != 0
    };
    match () {
        () if has(c"__arrow_c_array__") => Some(ExchangeProtocol::ArrowArray),
        () if has(c"__arrow_c_stream__") => Some(ExchangeProtocol::ArrowStream),
        () if has(c"__dlpack__") && has(c"__dlpack_device__") => Some(ExchangeProtocol::DlPack),
        () => None,
    }
}

/// Whether an object's type can hand over an array.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn exchanges(gil: &Gil, object: Object) -> bool {
    // SAFETY: as above.
    unsafe { protocol(gil, object).is_some() }
}

/// What an object hands over, or why it does not; `None` if it knows none of the protocols.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn exchanged(gil: &Gil, object: Object) -> Option<Result<Buffer>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let protocol = protocol(gil, object)?;
        let object = PyRef::new_reference(gil, object);
        Some(match protocol {
            ExchangeProtocol::ArrowArray => arrow::of_array(gil, &object),
            ExchangeProtocol::ArrowStream => arrow::of_stream(gil, &object),
            ExchangeProtocol::DlPack => dlpack::buffer(gil, &object),
        })
    }
}

/// Elements in memory, as a buffer has them.
pub(super) struct Elements<'a> {
    pub(super) data: *const u8,
    pub(super) format: &'static CStr,
    pub(super) size: isize,
    pub(super) shape: &'a mut [isize],
    /// In bytes.
    pub(super) strides: &'a mut [isize],
    pub(super) readonly: bool,
}

impl Elements<'_> {
    /// A buffer of them that keeps their owner.
    pub(super) unsafe fn buffer(self, gil: &Gil, owner: PyRef) -> Result<Buffer> {
        // Where nothing is there is still an address.
        let nowhere = ptr::without_provenance_mut(64);
        let data = if self.data.is_null() { nowhere } else { self.data.cast_mut() };
        let memory = Py_buffer {
            buf: data.cast(),
            obj: ptr::null_mut(),
            len: self.shape.iter().product::<isize>() * self.size,
            itemsize: self.size,
            readonly: self.readonly.into(),
            ndim: self.shape.len() as i32,
            format: self.format.as_ptr().cast_mut(),
            shape: self.shape.as_mut_ptr(),
            strides: self.strides.as_mut_ptr(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        };
        // SAFETY: the memoryview copies the lengths, and the format is there for ever.
        unsafe {
            let view = PyRef::owned(gil, (gil.api.PyMemoryView_FromBuffer)(&raw const memory))?;
            Buffer::kept(gil, &view, owner)
        }
    }
}

/// What a capsule of a name has.
///
/// # Safety
/// `capsule` is alive, and has such a thing if it has the name.
pub unsafe fn in_capsule<T>(gil: &Gil, capsule: &PyRef, name: &CStr) -> Option<*mut T> {
    // SAFETY: a live object under the GIL.
    unsafe {
        let is = (gil.api.PyCapsule_IsValid)(capsule.as_ptr(), name.as_ptr()) != 0;
        is.then(|| (gil.api.PyCapsule_GetPointer)(capsule.as_ptr(), name.as_ptr()).cast())
    }
}

/// Why something is not read.
pub(super) fn refused(why: &str) -> Error {
    Error::mismatch(why)
}
