//! Python's functions with declared types.

use std::any::Any;
use std::ptr;
use std::sync::Arc;

use super::{error, type_info};
use crate::call::Callable;
use crate::error::{Error, Result, Status};
use crate::python::api::{Api, Object};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::python::upcall::callable;
use crate::signature::Parameter;

/// A Python function with declared types; those not declared are those of its annotations. One that
/// has declared types already is that.
pub(super) fn new(
    gil: &Gil,
    function: &PyRef,
    params: Option<PyRef>,
    returns: Option<PyRef>,
) -> Result<PyRef> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if callable::is_one(gil.api, function.as_ptr()) {
            return Ok(function.clone_ref(gil));
        }
        if (gil.api.PyCallable_Check)(function.as_ptr()) == 0 {
            let found = type_name(gil, gil.api.type_of(function.as_ptr()));
            let message = format!("function: an object of type {found} cannot be called");
            return Err(Error::mismatch(message));
        }
    }
    let params = params.map(|types| type_info::parse(gil, &types, "params")).transpose()?;
    let returns = returns.map(|types| type_info::parse(gil, &types, "returns")).transpose()?;
    let (mut signature, mut required) = callable::annotated(gil, function)?;
    if let Some(params) = params {
        // Defaults and `*args` stay what they are where the parameters are the function's own.
        if params.len() != signature.params.len() {
            (signature.variadic, required) = (false, params.len());
        }
        signature.params = params.into_iter().map(Parameter::from).collect();
    }
    signature.returns = returns.unwrap_or(signature.returns);
    let target = CallTarget::Callable(Arc::new(function.clone_ref(gil)));
    let made = Callable::new(PyFunction::bind(gil.api, target, signature, required)?);
    callable::with_vectorcall(gil, Arc::new(made), call_own)
}

/// The Python function that a callable calls.
pub(super) fn own_function(function: &Callable) -> Option<&PyRef> {
    let callee: &dyn Any = function.function().callee();
    callee.downcast_ref::<PyFunction>().and_then(PyFunction::callable)
}

/// Calls the Python function of an object that [`new`] made.
unsafe extern "C-unwind" fn call_own(
    object: Object,
    arguments: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        let function = callable::callable(api, object);
        match function.as_deref().and_then(own_function) {
            Some(own) => (api.vectorcall)(own.as_ptr(), arguments, count, names),
            None => {
                let gone = "the function of this callable is gone: they were collected together";
                error::raise(&Gil::assume(api), &Error::new(Status::InvalidHandle, gone));
                ptr::null_mut()
            }
        }
    }
}
