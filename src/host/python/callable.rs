//! Functions as values: Python's, with declared types, and those that guests return.

use std::any::Any;
use std::ptr;
use std::sync::Arc;

use super::{call, entity, error, type_info};
use crate::abi::metaffi_slot;
use crate::call::closure::ErrorSink;
use crate::call::{Callable, pending};
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;
use crate::handle::{self, Kind as HandleKind};
use crate::python::api::{Api, Object};
use crate::python::function::{PyFunction, Target};
use crate::python::gil::{self, Gil};
use crate::python::inferred::{self, Inferred};
use crate::python::object::{PyRef, type_name};
use crate::python::{callable, callback, inbound, support};
use crate::signature::{Kind, Parameter};

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
        if callable::borrowed(gil.api, function.as_ptr()).is_some() {
            return Ok(function.clone_ref(gil));
        }
        if (gil.api.PyCallable_Check)(function.as_ptr()) == 0 {
            let found = type_name(gil, gil.api.type_of(function.as_ptr()));
            let message = format!("function: an object of type {found} cannot be called");
            return Err(Error::new(Status::TypeMismatch, message));
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
    let target = Target::Callable(Arc::new(function.clone_ref(gil)));
    let made = Callable::new(PyFunction::bind(gil.api, target, signature, required)?);
    made.set_sink(sink());
    callable::with_vectorcall(gil, Arc::new(made), call_own)
}

fn annotated(gil: &Gil, function: &PyRef) -> Result<(crate::signature::Signature, usize)> {
    let support = support::get(gil)?;
    let none = support::none(gil);
    let text = support::answer(gil, &support.function_json, &[function, &none])?;
    inferred::parse::<Inferred>(&text)?.signature()
}

/// The object of a callable that a guest returned: the function itself if it is Python's.
pub(super) fn returned(gil: &Gil, function: Arc<Callable>) -> Result<PyRef> {
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

/// Puts a function into a slot of type callable: borrowed for the span.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn load(
    gil: &Gil,
    span: Use,
    object: Object,
    slot: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        *slot = 0;
        if object == gil.api._Py_NoneStruct {
            return Ok(());
        }
        let key = match entity::function(gil.api, object) {
            Some(function) => handle::insert(Arc::new(Callable::new(function)))?,
            None => key_of(gil, object)?,
        };
        *slot = key as u64;
        inbound::lend(span, Kind::Callable, slot);
    }
    Ok(())
}

/// A new handle for a callable object, whose failures the call that runs it raises.
unsafe fn key_of(gil: &Gil, object: Object) -> Result<handle::Key> {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(carried) = callable::callable(gil.api, object) {
            return handle::insert(carried);
        }
        let key = callback::from_python(gil, object)?.addr();
        match handle::get::<Callable>(key) {
            Ok(made) => made.set_sink(sink()),
            Err(error) => {
                let _ = handle::free(key, HandleKind::Callable);
                return Err(error);
            }
        }
        Ok(key)
    }
}

/// Where the failures of Python functions that C calls go: to the call through an entity that ran
/// C, or to `sys.unraisablehook` on a thread that Python has not called from.
fn sink() -> ErrorSink {
    ErrorSink::new(|failure| {
        let gil = Api::get().and_then(|api| gil::enter(api).ok());
        // SAFETY: under the GIL; the frame is borrowed and not looked at.
        match gil.filter(|gil| unsafe { (gil.api.PyEval_GetFrame)() }.is_null()) {
            None => pending::keep(failure),
            Some(gil) => {
                error::raise_from_foreign(&gil, failure);
                // SAFETY: an exception is pending.
                unsafe { (gil.api.PyErr_WriteUnraisable)(ptr::null_mut()) };
            }
        }
    })
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
