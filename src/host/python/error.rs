//! Failures as Python sees them: `metaffi.MetaFFIError`, or the exception that it was all along.

pub(super) mod detail;
pub(super) mod foreign_class;
pub(super) mod refusal;

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::error::{Error, ForeignError, Result, Status};
use crate::python::api::{Object, TPFLAGS_BASE_EXC_SUBCLASS};
use crate::python::error::{self, keep, original, restore, with_frames};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::name::Name;
use crate::python::support;

/// NULL until the package has registered them, which it does with the first failure; read and replaced
/// under the GIL.
static CLASSES: AtomicPtr<ErrorClasses> = AtomicPtr::new(ptr::null_mut());
/// The attribute of a failure that is the exception it stands for.
static ORIGINAL: Name = Name::new(c"__metaffi__");

/// What failures are raised as.
struct ErrorClasses {
    any: PyRef,
    /// Those for want of memory.
    memory: PyRef,
    /// Those of what was interrupted by a deadline.
    timeout: PyRef,
    /// The type of those for classes of other languages.
    foreign: PyRef,
    /// References to these, by what they are of.
    known: PyRef,
    /// Makes one.
    make: PyRef,
}

/// Registers the class of every failure, those of failures for want of memory and time, the type of those
/// for classes of other languages, where these are, and what makes one.
pub(super) fn set_classes(gil: &Gil, given: [PyRef; 6]) -> Result<()> {
    let [any, memory, timeout, foreign, known, make] = given;
    check_class(gil, &any, "cls: pass a subclass of RuntimeError", gil.api.PyExc_RuntimeError)?;
    check_class(gil, &memory, "memory: pass a subclass of cls", any.as_ptr())?;
    check_class(gil, &timeout, "timeout: pass a subclass of cls", any.as_ptr())?;
    check_class(gil, &foreign, "foreign: pass a subclass of type", gil.api.PyType_Type)?;
    let classes = ErrorClasses { any, memory, timeout, foreign, known, make };
    let before = CLASSES.swap(Box::into_raw(Box::new(classes)), Ordering::AcqRel);
    if !before.is_null() {
        // SAFETY: made here, and taken out once; nobody looks at it without the GIL.
        drop(unsafe { Box::from_raw(before) });
    }
    Ok(())
}

fn check_class(gil: &Gil, class: &PyRef, message: &str, base: Object) -> Result<()> {
    // SAFETY: live objects under the GIL.
    let fits = unsafe {
        gil.api.type_of(class.as_ptr()) == gil.api.PyType_Type
            && (gil.api.PyType_IsSubtype)(class.as_ptr(), base) != 0
    };
    if fits { Ok(()) } else { Err(Error::invalid(message)) }
}

/// The class of every failure, borrowed; Python's own where the package has none.
pub(super) fn class(gil: &Gil) -> Object {
    classes(gil).map_or(gil.api.PyExc_RuntimeError, |classes| classes.any.as_ptr())
}

/// The classes, which stay as long as the GIL is held.
fn classes(gil: &Gil) -> Option<&ErrorClasses> {
    if CLASSES.load(Ordering::Acquire).is_null() {
        // Without them, a failure is a RuntimeError all the same.
        let _ = error::quietly(gil, || PyRef::import(gil, c"metaffi._errors"));
    }
    // SAFETY: under the GIL, classes that stay meanwhile.
    unsafe { CLASSES.load(Ordering::Acquire).as_ref() }
}

/// The class of a failure, borrowed: one that tells its kind, if there is one.
fn class_of(gil: &Gil, failure: &Error) -> Object {
    let Some(classes) = classes(gil) else { return gil.api.PyExc_RuntimeError };
    match failure.status() {
        Status::TimedOut => classes.timeout.as_ptr(),
        _ if is_for_memory(gil, failure) => classes.memory.as_ptr(),
        _ => classes.any.as_ptr(),
    }
}

/// Whether a failure is one for want of memory, of ours or of Python's own.
pub(super) fn is_for_memory(gil: &Gil, failure: &Error) -> bool {
    let api = gil.api;
    failure.status() == Status::OutOfMemory
        // SAFETY: a live exception, under the GIL.
        || original(gil, failure).is_some_and(|original| unsafe {
            (api.PyType_IsSubtype)(api.type_of(original.as_ptr()), api.PyExc_MemoryError) != 0
        })
}

/// Raises the failure of a call into another runtime: an exception of Python's that went through
/// it is that exception again.
#[cold]
pub(super) fn raise_from_foreign(gil: &Gil, failure: &Error) {
    match original(gil, failure) {
        Some(exception) => restore(gil, exception),
        None => raise(gil, failure),
    }
}

/// Raises a failure. What Python raised itself, as a guest, is its original.
#[cold]
pub(super) fn raise(gil: &Gil, failure: &Error) {
    if pass_on(gil) {
        return;
    }
    match exception(gil, failure) {
        Ok(exception) => raise_exception(gil, exception),
        Err(_) => error::raise(gil, failure),
    }
}

/// Raises an exception as a `raise` does: in the context of the one that is being handled.
fn raise_exception(gil: &Gil, exception: PyRef) {
    let api = gil.api;
    // SAFETY: a live exception under the GIL.
    unsafe {
        let context = PyRef::from_owned((api.PyException_GetContext)(exception.as_ptr()));
        match context {
            Some(_) => restore(gil, exception),
            None => (api.PyErr_SetObject)(api.type_of(exception.as_ptr()), exception.as_ptr()),
        }
    }
}

/// Whether an exception is pending that is raised as it is.
fn pass_on(gil: &Gil) -> bool {
    // SAFETY: under the GIL.
    unsafe { !(gil.api.PyErr_Occurred)().is_null() }
}

/// Whether an exception is a failure already, which goes on as it is.
pub(super) fn is_failure(gil: &Gil, exception: &PyRef) -> bool {
    // SAFETY: a live exception and a class, under the GIL; the question runs no code of others.
    unsafe {
        CLASSES.load(Ordering::Acquire).as_ref().is_some_and(|classes| {
            let r#type = gil.api.type_of(exception.as_ptr());
            (gil.api.PyType_IsSubtype)(r#type, classes.any.as_ptr()) != 0
        })
    }
}

/// The exception object of a failure, with the frames that it has passed.
pub(super) fn exception(gil: &Gil, failure: &Error) -> Result<PyRef> {
    let exception = alone(gil, failure)?;
    if original(gil, failure).is_none() {
        // One that was raised before: the failure has the frames of that as well.
        let nothing = support::none(gil);
        // SAFETY: live objects under the GIL.
        unsafe { (gil.api.PyException_SetTraceback)(exception.as_ptr(), nothing.as_ptr()) };
    }
    Ok(with_frames(gil, exception, failure))
}

/// The exception object of a failure that was not raised yet; of an error of another language there is
/// one as long as it is alive.
pub(super) fn alone(gil: &Gil, failure: &Error) -> Result<PyRef> {
    let api = gil.api;
    let original = original(gil, failure);
    if let Some(original) = original.as_ref().filter(|original| is_failure(gil, original)) {
        return Ok(original.clone_ref(gil));
    }
    let class = foreign_class::of_failure(gil, failure);
    if let Some(alive) = class.as_ref().and_then(|class| class.alive(gil)) {
        return Ok(alive);
    }
    failure.foreign_error().into_iter().for_each(ForeignError::look);
    let message = support::text(gil, &text(failure))?;
    let exception = match &class {
        Some(class) => {
            // Calling that makes an error there.
            let new = class.class.attribute(gil, c"__new__")?;
            support::call(gil, &new, &[&class.class, &message])?
        }
        None => {
            // SAFETY: under the GIL, a live class.
            let class = unsafe { PyRef::new_reference(gil, class_of(gil, failure)) };
            class.call1(gil, &message)?
        }
    };
    let cause = match original {
        Some(original) => {
            // As an attribute, so that the garbage collector sees what refers to frames.
            set_original(gil, &exception, &original)?;
            // SAFETY: live exceptions under the GIL.
            unsafe {
                let trace = (api.PyException_GetTraceback)(original.as_ptr());
                if let Some(trace) = PyRef::from_owned(trace) {
                    (api.PyException_SetTraceback)(exception.as_ptr(), trace.as_ptr());
                }
            }
            Some(original)
        }
        None => {
            keep(gil, &exception, failure)?;
            failure.cause().map(|cause| cause_of(gil, cause)).transpose()?
        }
    };
    if let Some(cause) = cause {
        // SAFETY: as above; the cause is handed over.
        unsafe { (api.PyException_SetCause)(exception.as_ptr(), cause.into_ptr()) };
    }
    Ok(exception)
}

/// What led to a failure, as an exception.
pub(super) fn cause_of(gil: &Gil, cause: &Error) -> Result<PyRef> {
    match original(gil, cause) {
        Some(original) => Ok(original),
        None => {
            let class = foreign_class::of_failure(gil, cause);
            match class.and_then(|class| class.alive(gil)) {
                Some(alive) => Ok(alive),
                None => exception(gil, cause),
            }
        }
    }
}

/// What a failure says: a foreign one begins with its type, as its language prints it.
fn text(failure: &Error) -> String {
    let Some(foreign) = failure.foreign_error() else { return failure.message().to_owned() };
    match (foreign.type_name(), failure.message()) {
        (name, message) if name.is_empty() || name == message => message.to_owned(),
        (name, message) => format!("{name}: {message}"),
    }
}

/// Says which exception a failure stands for.
pub(super) fn set_original(gil: &Gil, failure: &PyRef, exception: &PyRef) -> Result<()> {
    let name = ORIGINAL.get(gil)?.as_ptr();
    // SAFETY: live objects under the GIL.
    match unsafe { (gil.api.PyObject_SetAttr)(failure.as_ptr(), name, exception.as_ptr()) } {
        0 => Ok(()),
        _ => Err(error::fetch(gil)),
    }
}

/// What is known of an exception, if it was raised for a failure.
pub(super) fn of_exception(gil: &Gil, exception: &PyRef) -> Option<Error> {
    let known = error::host_error(gil, exception);
    if let Some(failure) = known.or_else(|| refusal::of_exception(gil, exception)) {
        return Some(failure);
    }
    let api = gil.api;
    // SAFETY: live objects under the GIL; what the dict has is borrowed from it.
    let original = unsafe {
        let name = ORIGINAL.get(gil).ok()?.as_ptr();
        let original = (api.PyDict_GetItemWithError)(exception.dict(gil)?, name);
        if original.is_null() || api.flags_of(original) & TPFLAGS_BASE_EXC_SUBCLASS == 0 {
            return None;
        }
        PyRef::new_reference(gil, original)
    };
    Some(error::from_exception(gil, original))
}
