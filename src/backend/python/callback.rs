//! Callables as values.

use super::api::{Api, Object};
use super::gil::Gil;
use super::object::PyRef;
use crate::abi::metaffi_callable;
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;

/// A callable for a Python object that can be called.
///
/// # Safety
/// `object` is borrowed and alive.
pub unsafe fn from_python(_: &Gil, _: &'static Api, _: Object) -> Result<*mut metaffi_callable> {
    Err(Error::new(Status::Unsupported, "callables do not leave Python in this build"))
}

/// The Python object of a callable.
pub fn to_python(_: &Gil, _: &'static Api, _: Use, _: usize) -> Result<PyRef> {
    Err(Error::new(Status::Unsupported, "callables are not given to Python in this build"))
}
