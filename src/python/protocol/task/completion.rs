//! [`CompletionPlace`]: a completion as a function that Python calls when it is done.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use super::bound::BoundFunction;
use super::loops::Loops;
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::object::task::{Completion, Driver};
use crate::python::api::{Api, METH_O, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::protocol::value;
use crate::python::{error, support};
use crate::value::OwnedValue;

/// A completion until it is used.
pub(super) struct CompletionPlace(Arc<Lock<Option<Completion>>>);

static FINISH: BoundFunction<Lock<Option<Completion>>> =
    BoundFunction::new(c"finish", METH_O, finish, c"metaffi.completion");

impl CompletionPlace {
    pub(super) fn new(completion: Completion) -> CompletionPlace {
        CompletionPlace(Arc::new(Lock::new(Some(completion))))
    }

    /// Says who drives it, unless it is done already.
    pub(super) fn driven_by(&self, driver: Arc<dyn Driver>) {
        if let Some(completion) = &*self.0.lock() {
            completion.driven_by(driver);
        }
    }

    /// The function that completes it, with what gives the result. When Python gives the function up,
    /// so is what was to be done.
    pub(super) fn function(&self, gil: &Gil) -> Result<PyRef> {
        FINISH.with(gil, self.0.clone(), give_up)
    }
}

unsafe extern "C-unwind" fn finish(capsule: Object, result: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this holding the GIL, with the capsule and one argument.
    unsafe {
        let gil = Gil::assume(api);
        let completion = FINISH.held(api, capsule).lock().take();
        if let Some(completion) = completion {
            let result = PyRef::new_reference(&gil, result);
            completion.complete(outcome(&gil, &result));
        }
        support::none(&gil).into_ptr()
    }
}

/// What a function gives, or raises.
fn outcome(gil: &Gil, result: &PyRef) -> Result<OwnedValue> {
    let object = result.call0(gil).map_err(|failure| with_status(gil, failure))?;
    let mut value = MaybeUninit::uninit();
    // SAFETY: alive; what is given is new.
    unsafe {
        value::give(gil, object.as_ptr(), &mut value)?;
        Ok(OwnedValue::from_raw(value.assume_init()))
    }
}

/// A failure with the status that its exception stands for.
#[cold]
fn with_status(gil: &Gil, failure: Error) -> Error {
    let (Some(exception), Ok(loops)) = (error::original(gil, &failure), Loops::get(gil)) else {
        return failure;
    };
    // SAFETY: live objects under the GIL.
    let is = |class: &PyRef| unsafe {
        (gil.api.PyErr_GivenExceptionMatches)(exception.as_ptr(), class.as_ptr()) != 0
    };
    match () {
        () if is(&loops.cancelled) => failure.with_status(Status::Cancelled),
        () if is(&loops.ended) => failure.with_status(Status::Ended),
        () => failure,
    }
}

/// Python calls it no more: what it was to complete is given up, if it is not done.
unsafe extern "C-unwind" fn give_up(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with a capsule that `function` made, holding the GIL.
    unsafe {
        let given_up = FINISH.take(api, capsule).lock().take();
        // Who is told may use Python, whatever exception is pending where this is called.
        if given_up.is_some() {
            error::quietly(&Gil::assume(api), || {
                drop(given_up);
                Ok(())
            });
        }
    }
}
