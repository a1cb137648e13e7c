//! Values of the vocabulary as Python objects, and the other way: for what only the language can
//! read and write.

use crate::abi::metaffi_value;
use crate::call::{load_as_is, with_stack};
use crate::error::Result;
use crate::handle::pin;
use crate::host::python::call::{RULES, callable_value};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::results;
use crate::signature::{Kind, TypeInfo};
use crate::value::{self, OwnedValue};

pub(super) use callable_value::{
    is_callable, keeper as callable_keeper, to_handle as callable_handle,
};

/// The object of a value.
pub(in crate::host::python) fn to_python(gil: &Gil, value: OwnedValue) -> Result<PyRef> {
    let value = value.into_raw();
    let mut slots = [0; 3];
    // SAFETY: the value is nobody else's, and given away.
    unsafe {
        load_as_is(&value, slots.as_mut_ptr())
            .map(TypeInfo::new)
            .and_then(|info| results::one(gil, &pin::enter(), &RULES, &info, slots.as_mut_ptr()))
    }
}

/// The value of an object, in the type that suits it best.
pub(in crate::host::python) fn from_python(gil: &Gil, object: &PyRef) -> Result<OwnedValue> {
    // SAFETY: a live object under the GIL; a new handle is nobody else's.
    unsafe {
        if let Some(key) = callable_value::key_of(gil, object.as_ptr())? {
            return Ok(callable(key));
        }
    }
    let info = TypeInfo::from(Kind::Any);
    with_stack::<u64, _>(3, |slots| {
        // SAFETY: there is room for an `any`, which is an inline value that is then owned.
        unsafe {
            convert::from_python(gil, object.as_ptr(), info.r#type, &info, slots)?;
            Ok(OwnedValue::from_raw(slots.cast::<metaffi_value>().read()))
        }
    })
}

/// The value of a callable's handle, which it takes over.
pub(super) fn callable(key: crate::handle::Key) -> OwnedValue {
    // SAFETY: the handle is given away.
    unsafe { OwnedValue::from_raw(value::callable(std::ptr::without_provenance_mut(key))) }
}
