//! Callables as values: Python's for the host, and the host's for Python.

use std::any::Any;
use std::ptr;
use std::sync::Arc;

use super::callable::{self, FunctionTypes};
use crate::abi::metaffi_callable;
use crate::call::Callable;
use crate::error::{Error, Result};
use crate::handle;
use crate::python::api::Object;
use crate::python::convert::{Callables, set_callables};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Makes callables convert like other values.
pub fn install() {
    set_callables(Callables {
        from_python,
        to_python,
        // SAFETY: a live object under the GIL.
        is_one: |api, object| unsafe { callable::is_one(api, object) },
    });
}

/// A callable for a Python object that can be called: of the types that its annotations declare,
/// else any. A callable that Python only carried is that callable again.
///
/// # Safety
/// `object` is borrowed and alive.
pub unsafe fn from_python(gil: &Gil, object: Object) -> Result<*mut metaffi_callable> {
    let api = gil.api;
    // SAFETY: `object` is borrowed and alive; the GIL is held.
    unsafe {
        if let Some(carried) = callable::callable(api, object) {
            return handle::insert(carried).map(ptr::without_provenance_mut);
        }
        if (api.PyCallable_Check)(object) == 0 {
            let kind = crate::python::object::type_name(gil, gil.api.type_of(object));
            let message = format!(
                "an object of type {kind} given for callable: it cannot be called; to give an \
                 address, declare size"
            );
            return Err(Error::mismatch(message));
        }
        let object = PyRef::new_reference(gil, object);
        let FunctionTypes { signature, required } = FunctionTypes::inferred(gil, &object)?;
        let target = CallTarget::Callable(Arc::new(object));
        let function = PyFunction::bind(api, target, signature, required)?;
        handle::insert(Arc::new(Callable::new(function))).map(ptr::without_provenance_mut)
    }
}

/// The Python object of a callable: the Python function itself for one that came from there, and
/// otherwise the object that calls it, also after the call that passes it.
pub fn to_python(gil: &Gil, key: usize) -> Result<PyRef> {
    let callable = handle::get::<Callable>(key)?;
    let callee: &dyn Any = callable.function().callee();
    match callee.downcast_ref::<PyFunction>().and_then(PyFunction::callable) {
        Some(own) => Ok(own.clone_ref(gil)),
        None => callable::keep(gil, callable),
    }
}
