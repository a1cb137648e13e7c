use super::raise::host_error;
use super::{PyException, quietly, text};
use crate::error::{Error, Result};
use crate::python::NAME;
use crate::python::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// How many causes of causes are followed.
const LONGEST: usize = 64;

/// The exceptions on the way from an exception to its first cause. Python lets them form a circle.
#[derive(Default)]
pub(super) struct Chain {
    seen: Vec<PyRef>,
}

impl Chain {
    /// The error of an exception, with what led to it.
    pub(super) fn error(mut self, gil: &Gil, exception: PyRef) -> Error {
        self.walk(gil, exception);
        let mut cause = None;
        for exception in self.seen.into_iter().rev() {
            let message = message(gil, &exception);
            let cause_of = cause.take().or_else(|| host_error(gil, &exception));
            cause = Some(Error::foreign(
                NAME,
                message,
                Box::new(PyException::new(exception)),
                cause_of,
            ));
        }
        cause.expect("the chain has the exception itself")
    }

    fn walk(&mut self, gil: &Gil, exception: PyRef) {
        let mut next = Some(exception);
        while let Some(exception) = next {
            let known = self.seen.iter().any(|seen| seen.as_ptr() == exception.as_ptr());
            if known || self.seen.len() == LONGEST {
                return;
            }
            // The error that an exception was raised for has its own causes.
            next = match host_error(gil, &exception) {
                Some(_) => None,
                None => cause(gil, &exception),
            };
            self.seen.push(exception);
        }
    }
}

/// What `raise … from …` names, or else what was being handled, unless that is suppressed.
fn cause(gil: &Gil, exception: &PyRef) -> Option<PyRef> {
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
    let mut message = text(gil, exception);
    if let Some(notes) = notes(gil, exception) {
        for note in quietly(gil, || texts(gil, &notes)).unwrap_or_default() {
            message.push('\n');
            message.push_str(&note);
        }
    }
    message
}

/// The notes among the exception's own attributes. Asking for an attribute that is not there would
/// raise an exception in turn, whose context may be this one.
fn notes(gil: &Gil, exception: &PyRef) -> Option<PyRef> {
    let api = gil.api;
    // SAFETY: a live object under the GIL; the item is borrowed from its dict.
    unsafe {
        let dict = api._PyObject_GetDictPtr?(exception.as_ptr()).as_ref()?;
        if dict.is_null() {
            return None;
        }
        let notes = (api.PyDict_GetItemString)(*dict, c"__notes__".as_ptr());
        (!notes.is_null()).then(|| PyRef::borrowed(gil, notes))
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
