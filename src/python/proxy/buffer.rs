//! The memory of an object, as others look at it.

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use super::status;
use crate::error::{Error, Status};
use crate::handle::pin;
use crate::python::api::{Object, Py_buffer};
use crate::python::convert;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::signature::TypeInfo;
use crate::value::array::OwnedArray;

const BUF_WRITABLE: c_int = 0x01;

/// `Py_bf_getbuffer`: what is given is the memory of an array, which ends with the last who looks.
pub(super) unsafe extern "C-unwind" fn get(
    object: Object,
    buffer: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: Python calls this with a proxy, and room for a buffer, holding the GIL.
    unsafe {
        (*buffer).obj = ptr::null_mut();
        status(object, |gil, fields| {
            let api = gil.api;
            let writable = flags & BUF_WRITABLE != 0;
            let array = fields
                .use_object(gil, |key, protocol| protocol.buffer(key, writable))
                .map_err(|failed| no_buffer(gil, failed))?;
            let Some(array) = NonNull::new(array) else {
                return Err(Error::new(Status::Foreign, "the object has given no array"));
            };
            let array = OwnedArray::from_raw(array);
            let value = array.into_value().into_raw();
            let info = TypeInfo::new(crate::signature::Type::new(value.r#type)?);
            let (scope, slots) =
                (pin::enter(), [value.data.array.expose_provenance() as u64, 0, 0]);
            let view = convert::give_python(gil, &scope, info.r#type, &info, slots.as_ptr())?;
            match (api.PyObject_GetBuffer)(view.as_ptr(), buffer, flags) {
                0 => Ok(()),
                _ => Err(error::fetch(gil)),
            }
        })
    }
}

/// That memory is not shown so is a `BufferError`.
#[cold]
pub(super) fn no_buffer(gil: &Gil, failed: Error) -> Error {
    if failed.status() == Status::Unsupported {
        let message = crate::call::errors::failure::c_string(failed.message());
        // SAFETY: NUL-terminated, under the GIL.
        unsafe { (gil.api.PyErr_SetString)(gil.api.PyExc_BufferError, message.as_ptr()) };
    }
    failed
}
