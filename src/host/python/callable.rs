//! Python's functions with declared types.

use std::any::Any;
use std::sync::Arc;

use super::callback::{self, TypeTable};
use super::type_info;
use crate::call::Callable;
use crate::error::{Error, Result};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::python::support;
use crate::python::upcall::callable::{self, FunctionTypes};
use crate::signature::Parameter;

/// A Python function with declared types; those not declared are those of its annotations. One that
/// has declared types already is that. `names` are those of annotations that the types were looked up
/// by, if they are to be known again where another function declares the same.
pub(super) fn new(
    gil: &Gil,
    function: &PyRef,
    params: Option<PyRef>,
    returns: Option<PyRef>,
    names: Option<PyRef>,
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
    let FunctionTypes { mut signature, mut required } = FunctionTypes::inferred(gil, function)?;
    if let Some(params) = params {
        // Defaults and `*args` stay what they are where the parameters are the function's own.
        if params.len() != signature.params.len() {
            (signature.variadic, required) = (false, params.len());
        }
        signature.params = params.into_iter().map(Parameter::from).collect();
    }
    signature.returns = returns.unwrap_or(signature.returns);
    // What cannot be bound is an error now, and not when it is first used.
    let target = CallTarget::Callable(Arc::new(function.clone_ref(gil)));
    PyFunction::bind(gil.api, target, signature.clone(), required)?;
    let table = names.map(|names| TypeTable::of(gil, support::items(gil, &names)?)).transpose()?;
    callback::made_as(gil, function, FunctionTypes { signature, required }, table)
}

/// The Python function that a callable calls.
pub(super) fn own_function(function: &Callable) -> Option<&PyRef> {
    let callee: &dyn Any = function.function().callee();
    callee.downcast_ref::<PyFunction>().and_then(PyFunction::callable)
}
