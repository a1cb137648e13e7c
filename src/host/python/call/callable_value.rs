//! Functions as values: arguments that guests call, and what guests return.

use std::sync::Arc;

use super::{call_returned, entity_fields};
use crate::backend::proxy;
use crate::call::Callable;
use crate::error::{Error, Result};
use crate::host::python::callable::own_function;
use crate::host::python::handle::unwrap;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::{callable, callback};
use crate::signature::Kind;
use crate::{handle, value};

/// The object of a callable that a guest returned: the function itself if it is Python's.
pub(super) fn to_python(gil: &Gil, key: handle::Key) -> Result<PyRef> {
    let function = handle::get::<Callable>(key)?;
    match own_function(&function) {
        Some(own) => Ok(own.clone_ref(gil)),
        None => callable::with_vectorcall(gil, function, call_returned),
    }
}

/// A new handle of a function; 0 if it stands for none.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn to_handle(gil: &Gil, object: Object) -> Result<handle::Key> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        if let Some(name) = entity_fields::uncalled(gil.api, object) {
            let message = format!("{name} has to be called for its value: {name}()");
            return Err(Error::mismatch(message));
        }
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
    // SAFETY: what the object points to is there.
    let value = unsafe { proxy.get("") }?;
    match value::kind_of(&value)? {
        // SAFETY: a value of that type, which is given away.
        Kind::Callable => Ok(unsafe { value.into_raw().data.callable }.addr()),
        _ => Err(refused()),
    }
}

/// A new handle of an object that is a callable already: an entity, or a function of declared types.
///
/// # Safety
/// As for [`to_handle`].
pub(in crate::host::python) unsafe fn key_of(
    gil: &Gil,
    object: Object,
) -> Result<Option<handle::Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    let callable = unsafe {
        match entity_fields::function(gil.api, object) {
            Some(function) => Some(Arc::new(Callable::new(function))),
            None => callable::callable(gil.api, object),
        }
    };
    callable.map(handle::insert).transpose()
}
