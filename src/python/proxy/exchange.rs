//! What an object hands over by DLPack or Arrow's C data interface, in capsules.

use std::ffi::CStr;

use super::buffer::no_buffer;
use super::{ProxyFields, slot};
use crate::abi::{
    ArrowArray, ArrowArrayStream, ArrowSchema, DLDevice, DLManagedTensor, DLManagedTensorVersioned,
};
use crate::error::{Error, Result};
use crate::object::exchange::Tensor;
use crate::python::api::{Api, Object};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// What a capsule has, and how it is let go if nobody has taken it.
trait InCapsule: Sized {
    const NAME: &'static CStr;
    /// # Safety
    /// What a capsule of that name was made with, and still has.
    unsafe fn let_go(this: *mut Self);
}

macro_rules! in_capsule {
    ($T:ident, $name:literal, |$this:ident| $let_go:expr) => {
        impl InCapsule for $T {
            const NAME: &'static CStr = $name;
            unsafe fn let_go($this: *mut Self) {
                // SAFETY: what a capsule of that name was made with, and still has.
                unsafe { $let_go }
            }
        }
    };
}

in_capsule!(DLManagedTensorVersioned, c"dltensor_versioned", |this| {
    drop(Tensor::from_raw(this));
});
in_capsule!(DLManagedTensor, c"dltensor", |this| {
    drop(Tensor::from_unversioned(this));
});

macro_rules! arrow_in_capsule {
    ($T:ident, $name:literal) => {
        in_capsule!($T, $name, |this| {
            // Whoever takes it leaves it released.
            let mut left = Box::from_raw(this);
            if let Some(release) = left.release {
                release(&raw mut *left);
            }
        });
    };
}
arrow_in_capsule!(ArrowSchema, c"arrow_schema");
arrow_in_capsule!(ArrowArray, c"arrow_array");
arrow_in_capsule!(ArrowArrayStream, c"arrow_array_stream");

/// A capsule, which takes over what it is given, also if this fails.
///
/// # Safety
/// `of` is to be let go in the way of its type.
unsafe fn capsule<T: InCapsule>(gil: &Gil, of: *mut T) -> Result<PyRef> {
    unsafe extern "C-unwind" fn destroy<T: InCapsule>(capsule: Object) {
        let Some(api) = Api::get() else { return };
        // SAFETY: Python calls this with a capsule that was made below; one of another name is used up.
        unsafe {
            if (api.PyCapsule_IsValid)(capsule, T::NAME.as_ptr()) != 0 {
                T::let_go((api.PyCapsule_GetPointer)(capsule, T::NAME.as_ptr()).cast());
            }
        }
    }
    // SAFETY: a new capsule takes it over; on failure it is let go here.
    unsafe {
        let made = (gil.api.PyCapsule_New)(of.cast(), T::NAME.as_ptr(), Some(destroy::<T>));
        PyRef::owned(gil, made).inspect_err(|_| T::let_go(of))
    }
}

/// `__dlpack__`
pub(super) unsafe extern "C-unwind" fn tensor(object: Object, _: Object, named: Object) -> Object {
    // SAFETY: Python calls this with a proxy, a tuple, and a dict or NULL, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let wanted = WantedTensor::of(gil, named)?;
            let tensor = tensor_of(gil, fields)?;
            if wanted.copy || wanted.device.is_some_and(|device| device != tensor.device()) {
                let why = "it is handed over where it is, without a copy";
                return Err(no_buffer(gil, Error::unsupported(why)));
            }
            match wanted.version {
                0 => {
                    let made = tensor.into_unversioned();
                    capsule(gil, made.map_err(|failed| no_buffer(gil, failed))?)
                }
                _ => capsule(gil, tensor.into_raw()),
            }
        })
    }
}

fn tensor_of(gil: &Gil, fields: &ProxyFields) -> Result<Tensor> {
    fields
        .use_object(gil, |key, protocol| protocol.tensor(key))
        .map_err(|failed| no_buffer(gil, failed))
}

/// What is asked for when a tensor is.
struct WantedTensor {
    /// The newest version that is understood; 0 if it knows of none.
    version: i64,
    device: Option<DLDevice>,
    copy: bool,
}

impl WantedTensor {
    /// # Safety
    /// `named` is a dict or NULL.
    unsafe fn of(gil: &Gil, named: Object) -> Result<WantedTensor> {
        // SAFETY: a dict or NULL, under the GIL; what is in it is borrowed.
        let given = |name: &CStr| unsafe {
            if named.is_null() {
                return None;
            }
            let found = (gil.api.PyDict_GetItemString)(named, name.as_ptr());
            let is_given = !found.is_null() && found != gil.api._Py_NoneStruct;
            is_given.then(|| PyRef::new_reference(gil, found))
        };
        let first = |pair: &PyRef, index| number(gil, &support::item(gil, pair, index)?);
        let version = given(c"max_version").map_or(Ok(0), |pair| first(&pair, 0))?;
        let device = match given(c"dl_device") {
            None => None,
            Some(pair) => Some(DLDevice {
                device_type: first(&pair, 0)? as i32,
                device_id: first(&pair, 1)? as i32,
            }),
        };
        let copy = given(c"copy").map_or(Ok(0), |copy| number(gil, &copy))? != 0;
        Ok(WantedTensor { version, device, copy })
    }
}

fn number(gil: &Gil, object: &PyRef) -> Result<i64> {
    // SAFETY: a live object under the GIL.
    unsafe {
        match (gil.api.PyLong_AsLongLong)(object.as_ptr()) {
            -1 if !(gil.api.PyErr_Occurred)().is_null() => Err(error::fetch(gil)),
            number => Ok(number),
        }
    }
}

/// `__dlpack_device__`
pub(super) unsafe extern "C-unwind" fn device(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let DLDevice { device_type, device_id } = tensor_of(gil, fields)?.device();
            let part = |number: i32| support::int(gil, number.unsigned_abs().into());
            support::tuple(gil, vec![part(device_type)?, part(device_id)?])
        })
    }
}

/// `__arrow_c_array__`; another type than the column has is not made.
pub(super) unsafe extern "C-unwind" fn columns(object: Object, _: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let (schema, columns) =
                fields.use_object(gil, |key, protocol| protocol.columns(key))?;
            let schema = capsule(gil, moved(schema.into_raw()))?;
            let columns = capsule(gil, moved(columns.into_raw()))?;
            support::tuple(gil, vec![schema, columns])
        })
    }
}

/// `__arrow_c_schema__`
pub(super) unsafe extern "C-unwind" fn schema(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let schema = fields.use_object(gil, |key, protocol| protocol.schema(key))?;
            capsule(gil, moved(schema.into_raw()))
        })
    }
}

/// `__arrow_c_stream__`
pub(super) unsafe extern "C-unwind" fn stream(object: Object, _: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let stream = fields.use_object(gil, |key, protocol| protocol.stream(key))?;
            capsule(gil, moved(stream.into_raw()))
        })
    }
}

fn moved<T>(of: T) -> *mut T {
    Box::into_raw(Box::new(of))
}
