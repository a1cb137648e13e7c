//! Functions as values: Python's, with declared types, and those that guests return.

use std::any::Any;
use std::ptr;
use std::sync::Arc;

use super::handle::unwrap;
use super::{call, entity, error, type_info};
use crate::backend::proxy;
use crate::call::Callable;
use crate::error::{Error, Result, Status};
use crate::handle;
use crate::python::api::{Api, Object};
use crate::python::convert::inferred::{self, Inferred};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::python::support;
use crate::python::upcall::{callable, callback};
use crate::signature::{Kind, Parameter};
use crate::value;

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
        if callable::of_object(gil.api, function.as_ptr()).is_some() {
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
    let (mut signature, mut required) = annotated(gil, function)?;
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

fn annotated(gil: &Gil, function: &PyRef) -> Result<(crate::signature::Signature, usize)> {
    let support = support::get(gil)?;
    let none = support::none(gil);
    let text = support::text_of_call(gil, &support.function_json, &[function, &none])?;
    inferred::parse::<Inferred>(&text)?.signature()
}

/// The object of a callable that a guest returned: the function itself if it is Python's.
pub(super) fn to_python(gil: &Gil, key: handle::Key) -> Result<PyRef> {
    let function = handle::get::<Callable>(key)?;
    match own_function(&function) {
        Some(own) => Ok(own.clone_ref(gil)),
        None => callable::with_vectorcall(gil, function, call::call_returned),
    }
}

/// The Python function that a callable calls.
fn own_function(function: &Callable) -> Option<&PyRef> {
    let callee: &dyn Any = function.function().callee();
    callee.downcast_ref::<PyFunction>().and_then(PyFunction::callable)
}

/// A new handle of a function; 0 if it stands for none.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn to_handle(gil: &Gil, object: Object) -> Result<handle::Key> {
    // SAFETY: the caller's promise.
    unsafe {
        match (key_of(gil, object)?, unwrap(gil.api, object)) {
            (Some(key), _) => Ok(key),
            (None, Some(pointer)) => pointed_to(pointer),
            (None, None) => Ok(callback::from_python(gil, object)?.addr()),
        }
    }
}

/// A new handle of the function that an object of another runtime is a pointer to; 0 for none.
///
/// # Safety
/// What the object points to is there.
unsafe fn pointed_to(object: handle::Key) -> Result<handle::Key> {
    let refused = || {
        let name = handle::describe_object(object, |object| object.type_name().to_owned());
        let message = format!("{} given for callable: it is no function", name.unwrap_or_default());
        Error::mismatch(message)
    };
    let proxy = proxy::of(object)?.ok_or_else(refused)?;
    // SAFETY: the caller's promise.
    let value = unsafe { proxy.get("") }?;
    match value::kind_of(&value)? {
        // SAFETY: a value of that type, which is given away.
        Kind::Callable => Ok(unsafe { value.into_raw().data.callable }.addr()),
        _ => Err(refused()),
    }
}

/// A new handle of an object that is a callable already: an entity, or what [`new`] made.
///
/// # Safety
/// As for [`to_handle`].
pub(super) unsafe fn key_of(gil: &Gil, object: Object) -> Result<Option<handle::Key>> {
    // SAFETY: the caller's promise.
    let callable = unsafe {
        match entity::function(gil.api, object) {
            Some(function) => Some(Arc::new(Callable::new(function))),
            None => callable::callable(gil.api, object),
        }
    };
    callable.map(handle::insert).transpose()
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
