//! What a Python function raised, for the Python code that called it through an entity.

use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::host::python::error;
use crate::python::api::Object;
use crate::python::error::{from_exception, restore, take};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::python::{NAME, support};

/// Raises the pending exception as the failure of a call: its cause and its original, whose
/// traceback it continues.
#[cold]
pub(in crate::host::python) fn raise(gil: &Gil) {
    let Some(exception) = take(gil) else { return };
    if error::is_failure(gil, &exception) {
        return restore(gil, exception);
    }
    match plain(gil, &exception) {
        Some(Ok(failure)) => restore(gil, failure),
        _ => error::raise(gil, &from_exception(gil, exception).in_runtime(NAME)),
    }
}

/// The failure that an exception without attributes of its own stands for; `None` if it has some,
/// among which notes might be.
fn plain(gil: &Gil, exception: &PyRef) -> Option<Result<PyRef>> {
    // SAFETY: a live object under the GIL.
    let dict = unsafe { gil.api._PyObject_GetDictPtr?(exception.as_ptr()).as_ref() };
    dict.is_some_and(|dict| dict.is_null()).then(|| failure(gil, exception))
}

fn failure(gil: &Gil, exception: &PyRef) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; the cause is handed over.
    unsafe {
        let message = PyRef::owned(gil, (api.PyObject_Str)(exception.as_ptr()))?;
        if (api.PyUnicode_GetLength)(message.as_ptr()) == 0 {
            return Err(Error::invalid("the exception says nothing"));
        }
        let prefix = prefix(gil, api.type_of(exception.as_ptr()))?;
        let text = (api.PyUnicode_Concat)(prefix.as_ptr(), message.as_ptr());
        let failure =
            PyRef::new_reference(gil, error::class(gil)).call1(gil, &PyRef::owned(gil, text)?)?;
        error::set_original(gil, &failure, exception)?;
        let trace = PyRef::from_owned((api.PyException_GetTraceback)(exception.as_ptr()));
        if let Some(trace) = trace {
            (api.PyException_SetTraceback)(failure.as_ptr(), trace.as_ptr());
            trace.release(gil);
        }
        let cause = exception.clone_ref(gil).into_ptr();
        (api.PyException_SetCause)(failure.as_ptr(), cause);
        Ok(failure)
    }
}

/// `ValueError: `, of the type of an exception.
fn prefix(gil: &Gil, r#type: Object) -> Result<PyRef> {
    /// The last one made: programs that raise a lot raise the same.
    static LAST: Lock<Option<(PyRef, PyRef)>> = Lock::new(None);
    let last = || LAST.lock();
    if let Some((known, prefix)) = &*last()
        && known.as_ptr() == r#type
    {
        return Ok(prefix.clone_ref(gil));
    }
    // SAFETY: the type of a live object.
    let (text, known) =
        unsafe { (format!("{}: ", type_name(gil, r#type)), PyRef::new_reference(gil, r#type)) };
    let prefix = support::text(gil, &text)?;
    let before = last().replace((known, prefix.clone_ref(gil)));
    drop(before);
    Ok(prefix)
}
