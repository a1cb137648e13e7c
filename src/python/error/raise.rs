use std::any::Any;
use std::ffi::{CStr, c_void};
use std::ptr;

use super::{PyException, restore, with_frames};
use crate::error::{Error, ForeignError, Result, Status};
use crate::fork::Once;
use crate::handle::{self, HandleKind, OwnedHandle};
use crate::python::NAME;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::name::Name;
use crate::python::object::{PyRef, from_handle, take_handle};

/// The attribute of an exception that holds the error it was raised for.
static ERROR: Name = Name::new(c"__metaffi__");
static STATUS: Name = Name::new(c"status");
static RUNTIME: Name = Name::new(c"runtime");
static FOREIGN_TYPE: Name = Name::new(c"foreign_type");
static FOREIGN_TRACEBACK: Name = Name::new(c"foreign_traceback");
static ORIGINAL: Name = Name::new(c"original");
/// The name of capsules that hold an error.
const CAPSULE: &CStr = c"metaffi.error";

/// Raises an error in Python: the exception itself if it was Python's, else one that says what the
/// error says and, should it come back, is known to be that error.
#[cold]
pub fn raise(gil: &Gil, error: &Error) {
    match exception(gil, error) {
        Ok(exception) => restore(gil, exception),
        // SAFETY: under the GIL.
        Err(_) => unsafe {
            let message = c"the error of a host's function could not be raised";
            (gil.api.PyErr_SetString)(gil.api.PyExc_SystemError, message.as_ptr());
        },
    }
}

/// So many causes of an error are shown.
const CAUSES: usize = 64;

/// The exception object of an error, with its causes.
pub fn exception(gil: &Gil, error: &Error) -> Result<PyRef> {
    let (first, is_own) = without_cause(gil, error)?;
    let mut last = (first.clone_ref(gil), is_own);
    let mut next = error.cause();
    for _ in 0..CAUSES {
        // What Python raised has its cause itself.
        let (Some(error), (effect, false)) = (next, &last) else { break };
        let cause = without_cause(gil, error)?;
        // SAFETY: live exceptions under the GIL; a reference of the cause is handed over.
        unsafe {
            (gil.api.PyException_SetCause)(effect.as_ptr(), cause.0.clone_ref(gil).into_ptr());
        }
        (last, next) = (cause, error.cause());
    }
    Ok(first)
}

/// The exception object of an error alone, and whether it is Python's own.
fn without_cause(gil: &Gil, error: &Error) -> Result<(PyRef, bool)> {
    if let Some(original) = original(gil, error) {
        return Ok((original, true));
    }
    error.foreign_error().into_iter().for_each(ForeignError::look);
    let exception = new(gil, class(gil, error)?, error.message())?;
    attach(gil, &exception, error)?;
    Ok((with_frames(gil, exception, error), false))
}

/// The Python exception that an error stands for.
pub fn original(gil: &Gil, error: &Error) -> Option<PyRef> {
    let foreign = error.foreign_error()?;
    let any: &dyn Any = foreign;
    if let Some(own) = any.downcast_ref::<PyException>() {
        return Some(own.object().clone_ref(gil));
    }
    if !foreign.may_be_of(NAME) {
        return None;
    }
    let key = foreign.original()?;
    // SAFETY: the handle keeps the object alive while the GIL is held.
    let object = from_handle(gil, key).map(|object| unsafe { PyRef::new_reference(gil, object) });
    let _ = handle::free(key, HandleKind::Object);
    // SAFETY: a live object.
    object.filter(|object| unsafe {
        gil.api.flags_of(object.as_ptr()) & crate::python::api::TPFLAGS_BASE_EXC_SUBCLASS != 0
    })
}

/// Python's own class for what Python has a name for, `metaffi.Error` for the rest.
fn class(gil: &Gil, error: &Error) -> Result<Object> {
    let api = gil.api;
    if error.foreign_error().is_some() {
        return metaffi_error(gil);
    }
    Ok(match error.status() {
        Status::InvalidArgument | Status::InvalidText => api.PyExc_ValueError,
        Status::TypeMismatch => api.PyExc_TypeError,
        Status::OutOfRange => api.PyExc_OverflowError,
        Status::OutOfMemory => api.PyExc_MemoryError,
        _ => return metaffi_error(gil),
    })
}

/// The class `metaffi.Error`: borrowed, lives as long as the process.
fn metaffi_error(gil: &Gil) -> Result<Object> {
    static CLASS: Once<PyRef> = Once::new();
    let api = gil.api;
    let doc = c"A failure outside of Python: its status, runtime, foreign_type, foreign_traceback and original say where, and what it is there.";
    let (name, base) = (c"metaffi.Error".as_ptr(), api.PyExc_RuntimeError);
    // SAFETY: the names are static; a live base, under the GIL; a new reference or NULL.
    let class = CLASS.get_or_make(|| unsafe {
        let new = api.PyErr_NewExceptionWithDoc;
        PyRef::owned(gil, new(name, doc.as_ptr(), base, ptr::null_mut()))
    });
    class.map(PyRef::as_ptr)
}

fn new(gil: &Gil, class: Object, message: &str) -> Result<PyRef> {
    // SAFETY: a live class.
    let class = unsafe { PyRef::new_reference(gil, class) };
    class.call1(gil, &string(gil, message)?)
}

fn string(gil: &Gil, text: &str) -> Result<PyRef> {
    // SAFETY: valid UTF-8 of that length, under the GIL.
    unsafe {
        let new = gil.api.PyUnicode_FromStringAndSize;
        PyRef::owned(gil, new(text.as_ptr().cast(), text.len() as isize))
    }
}

/// Keeps the error with the exception, and shows what Python code may want to know of it.
fn attach(gil: &Gil, exception: &PyRef, error: &Error) -> Result<()> {
    keep(gil, exception, error)?;
    set(gil, exception, &STATUS, &string(gil, error.status().name())?)?;
    set(gil, exception, &RUNTIME, &string(gil, error.runtime().unwrap_or_default())?)?;
    let foreign = error.foreign_error();
    let text = |text: Option<String>| string(gil, &text.unwrap_or_default());
    set(gil, exception, &FOREIGN_TYPE, &text(foreign.map(ForeignError::type_name))?)?;
    set(gil, exception, &FOREIGN_TRACEBACK, &text(foreign.map(ForeignError::trace))?)?;
    let original = match foreign.and_then(ForeignError::original) {
        Some(key) => {
            let original = take_handle(gil, key);
            let _ = handle::free(key, HandleKind::Object);
            original?
        }
        // SAFETY: None is always alive.
        None => unsafe { PyRef::new_reference(gil, gil.api._Py_NoneStruct) },
    };
    set(gil, exception, &ORIGINAL, &original)
}

/// Keeps the error with the exception, which is then known to be that error.
pub fn keep(gil: &Gil, exception: &PyRef, error: &Error) -> Result<()> {
    let held = Box::into_raw(Box::new(error.clone())).cast::<c_void>();
    // SAFETY: a new capsule takes over the box; on failure it is dropped here.
    let capsule = unsafe {
        let capsule = (gil.api.PyCapsule_New)(held, CAPSULE.as_ptr(), Some(free_error));
        PyRef::owned(gil, capsule).inspect_err(|_| drop(Box::from_raw(held.cast::<Error>())))?
    };
    set(gil, exception, &ERROR, &capsule)
}

fn set(gil: &Gil, object: &PyRef, name: &Name, value: &PyRef) -> Result<()> {
    let name = name.get(gil)?.as_ptr();
    // SAFETY: live objects under the GIL.
    let status = unsafe { (gil.api.PyObject_SetAttr)(object.as_ptr(), name, value.as_ptr()) };
    if status == 0 { Ok(()) } else { Err(super::fetch(gil)) }
}

unsafe extern "C-unwind" fn free_error(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with a capsule that `attach` made.
    unsafe {
        let held = (api.PyCapsule_GetPointer)(capsule, CAPSULE.as_ptr());
        drop(Box::from_raw(held.cast::<Error>()));
    }
}

/// The error that an exception was raised for, if [`raise`] made it.
pub fn host_error(gil: &Gil, exception: &PyRef) -> Option<Error> {
    let api = gil.api;
    // SAFETY: a live exception under the GIL; a capsule of that name holds an error.
    unsafe {
        let name = ERROR.get(gil).ok()?.as_ptr();
        let capsule = (api.PyDict_GetItemWithError)(exception.dict(gil)?, name);
        if capsule.is_null() || (api.PyCapsule_IsValid)(capsule, CAPSULE.as_ptr()) == 0 {
            return None;
        }
        let held = (api.PyCapsule_GetPointer)(capsule, CAPSULE.as_ptr());
        let error = held.cast::<Error>().as_ref().cloned()?;
        super::quietly(gil, || remember(gil, exception, &error));
        Some(error)
    }
}

/// The attribute of a class of exceptions that has those that others may have, by the identities of their errors.
pub const ALIVE: &CStr = c"_alive";

/// Makes an exception known whose error others may have from now on, so that it is found when that comes back.
fn remember(gil: &Gil, exception: &PyRef, error: &Error) -> Result<()> {
    // SAFETY: a live object under the GIL.
    let class = unsafe { PyRef::new_reference(gil, gil.api.type_of(exception.as_ptr()).cast()) };
    let alive = class.attribute(gil, ALIVE)?;
    let Some(original) = error.foreign_error().and_then(ForeignError::original) else {
        return Ok(());
    };
    let original = OwnedHandle::new(original);
    let identity = handle::describe_object(original.key(), |of| of.identity())?;
    // SAFETY: live objects under the GIL; a new reference or NULL.
    unsafe {
        let identity = PyRef::owned(gil, (gil.api.PyLong_FromUnsignedLongLong)(identity))?;
        match (gil.api.PyObject_SetItem)(alive.as_ptr(), identity.as_ptr(), exception.as_ptr()) {
            0 => Ok(()),
            _ => Err(super::fetch(gil)),
        }
    }
}
