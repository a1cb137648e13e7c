//! Functions as values: arguments that guests call, and what guests return.

use std::sync::Arc;

use super::{call_returned, entity_fields};
use crate::call::Callable;
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind};
use crate::host::python::callable::own_function;
use crate::host::python::data;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, unwrap};
use crate::python::upcall::{callable, callback};

/// The object of a callable that a guest returned: the function itself if it is Python's.
pub(in crate::host::python) fn to_python(gil: &Gil, key: handle::Key) -> Result<PyRef> {
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
pub(in crate::host::python) unsafe fn to_handle(gil: &Gil, object: Object) -> Result<handle::Key> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        if let Some(name) = entity_fields::uncalled(gil.api, object) {
            let message = format!("{name} has to be called for its value: {name}()");
            return Err(Error::mismatch(message));
        }
        match (key_of(gil, object)?, unwrap(gil.api, object)) {
            (Some(key), _) => Ok(key),
            (None, Some(object)) => Err(no_function(object?)),
            (None, None) if data::is(gil.api, object) => pointed_to(gil, object),
            (None, None) => Ok(callback::from_python(gil, object)?.addr()),
        }
    }
}

/// A new handle of the function that data is a pointer to; 0 for none.
///
/// # Safety
/// `object` is data, and what it points to is there.
unsafe fn pointed_to(gil: &Gil, object: Object) -> Result<handle::Key> {
    // SAFETY: as above; the handle is a callable's, which is given away.
    unsafe {
        match data::code(gil, object)? {
            Some(value) => Ok(value.into_raw().data.callable.addr()),
            None => {
                let key = data::to_handle(gil, object).unwrap_or(Ok(0))?;
                let refused = no_function(key);
                let _ = handle::free(key, HandleKind::Object);
                Err(refused)
            }
        }
    }
}

#[cold]
fn no_function(object: handle::Key) -> Error {
    let name = handle::describe_object(object, |object| object.type_name().to_owned());
    Error::mismatch(format!("{} given for callable: it is no function", name.unwrap_or_default()))
}

/// Whether an object is what Python calls, or has declared types.
pub(in crate::host::python) fn is_callable(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    unsafe {
        (gil.api.PyCallable_Check)(object.as_ptr()) != 0 && !data::is(gil.api, object.as_ptr())
    }
}

/// What keeps the code of a callable, whose handle is alive, that an object was made.
pub(in crate::host::python) fn keeper(
    gil: &Gil,
    object: &PyRef,
    key: handle::Key,
) -> Result<PyRef> {
    // SAFETY: a live object under the GIL.
    if unsafe { entity_fields::is_one(gil.api, object.as_ptr()) } {
        return Ok(object.clone_ref(gil));
    }
    callable::with_vectorcall(gil, handle::get::<Callable>(key)?, call_returned)
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
