//! Interruptions: exceptions that a host raises in code of Python that runs.

use std::ptr;

use super::PyException;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::kit::Interruption;
use crate::python::NAME;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

static ASKED: Once<PyRef> = Once::new();
static TIMED_OUT: Once<PyRef> = Once::new();

/// The class of its exceptions: a `KeyboardInterrupt`, which code that handles errors lets pass.
pub fn interruption_class(gil: &Gil, why: Interruption) -> Result<&'static PyRef> {
    let (place, name, doc) = match why {
        Interruption::Asked => {
            (&ASKED, c"metaffi.Interrupted", c"A host has interrupted what runs.")
        }
        Interruption::TimedOut => {
            (&TIMED_OUT, c"metaffi.DeadlineExceeded", c"The time for what runs has passed.")
        }
    };
    place.get_or_make(|| {
        let new = gil.api.PyErr_NewExceptionWithDoc;
        // SAFETY: the texts are static; a live base, under the GIL.
        unsafe {
            let (base, nothing) = (gil.api.PyExc_KeyboardInterrupt, ptr::null_mut());
            PyRef::owned(gil, new(name.as_ptr(), doc.as_ptr(), base, nothing))
        }
    })
}

/// The error of an exception that is an interruption; else the exception again.
pub(super) fn known(gil: &Gil, exception: PyRef) -> std::result::Result<Error, PyRef> {
    // SAFETY: a live object.
    let r#type = unsafe { gil.api.type_of(exception.as_ptr()) };
    let is = |place: &Once<PyRef>| place.get().is_some_and(|class| class.as_ptr() == r#type);
    let (status, message) = match () {
        () if is(&ASKED) => Interruption::Asked.told(),
        () if is(&TIMED_OUT) => Interruption::TimedOut.told(),
        () => return Err(exception),
    };
    let foreign = Box::new(PyException::new(exception));
    Ok(Error::foreign(NAME, message, foreign, None).with_status(status))
}
