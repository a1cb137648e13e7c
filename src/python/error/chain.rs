use super::raise::host_error;
use super::{PyException, quietly, string};
use crate::error::{Error, Result};
use crate::python::NAME;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// How many causes of causes are followed.
const LONGEST: usize = 64;

/// The error of what led to an exception.
pub(super) fn cause(gil: &Gil, exception: &PyRef) -> Option<Error> {
    let (chain, mut error) = walk(gil, exception);
    for exception in chain.into_iter().rev() {
        let message = message(gil, &exception);
        let last = Box::new(PyException::last(exception));
        error = Some(Error::foreign(NAME, message, last, error));
    }
    error
}

/// The exceptions on the way from an exception to its first cause, and the host's error that the
/// last was raised for. Python lets them form a circle.
fn walk(gil: &Gil, exception: &PyRef) -> (Vec<PyRef>, Option<Error>) {
    let mut seen = vec![exception.clone_ref(gil)];
    loop {
        let last = seen.last().expect("the exception itself is there");
        // The error that an exception was raised for has its own causes.
        let host = host_error(gil, last);
        let next = if host.is_some() { None } else { previous(gil, last) };
        let next = next.filter(|next| seen.iter().all(|seen| seen.as_ptr() != next.as_ptr()));
        match next.filter(|_| seen.len() < LONGEST) {
            Some(next) => seen.push(next),
            None => return (seen.split_off(1), host),
        }
    }
}

/// What `raise … from …` names, or else what was being handled, unless that is suppressed.
fn previous(gil: &Gil, exception: &PyRef) -> Option<PyRef> {
    let api = gil.api;
    // SAFETY: a live exception under the GIL; both return references of their own or NULL.
    unsafe {
        if let Some(cause) = PyRef::from_owned((api.PyException_GetCause)(exception.as_ptr())) {
            return Some(cause);
        }
        let context = PyRef::from_owned((api.PyException_GetContext)(exception.as_ptr()))?;
        let suppressed = quietly(gil, || exception.attribute(gil, c"__suppress_context__"))?;
        (suppressed.as_ptr() != api._Py_TrueStruct).then_some(context)
    }
}

/// `str` of the exception, and each note on a line of its own.
fn message(gil: &Gil, exception: &PyRef) -> String {
    copy(gil, string(gil, exception), notes(gil, exception))
}

/// The same of what is known already.
pub(super) fn copy(gil: &Gil, string: Option<PyRef>, notes: Option<PyRef>) -> String {
    let mut message = match string {
        Some(string) => text_of(gil, &string).unwrap_or_default(),
        None => "<its str() failed>".to_owned(),
    };
    if let Some(notes) = notes {
        for note in quietly(gil, || texts(gil, &notes)).unwrap_or_default() {
            message.push('\n');
            message.push_str(&note);
        }
    }
    message
}

/// The notes among the exception's own attributes. Asking for an attribute that is not there would
/// raise an exception in turn, whose context may be this one.
pub(super) fn notes(gil: &Gil, exception: &PyRef) -> Option<PyRef> {
    // SAFETY: a live object under the GIL; the item is borrowed from its dict.
    unsafe {
        let notes = (gil.api.PyDict_GetItemString)(exception.dict(gil)?, c"__notes__".as_ptr());
        (!notes.is_null()).then(|| PyRef::new_reference(gil, notes))
    }
}

/// The texts of notes.
fn texts(gil: &Gil, notes: &PyRef) -> Result<Vec<String>> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        let notes = PyRef::owned(gil, (api.PySequence_List)(notes.as_ptr()))?;
        let text = |index| {
            let note = (api.PyList_GetItem)(notes.as_ptr(), index);
            text_of(gil, &PyRef::owned(gil, (api.PyObject_Str)(note))?)
        };
        (0..(api.PyList_Size)(notes.as_ptr())).map(text).collect()
    }
}
