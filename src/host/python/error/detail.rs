//! What is known of a failure, told when somebody asks.

use crate::error::{Error, Result, StackFrame};
use crate::host::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, take_handle};
use crate::python::support;
use crate::python::support::{int, tuple};

/// A detail by its name; None if the exception is of no failure, or has none.
pub(in crate::host::python) fn get(gil: &Gil, exception: &PyRef, name: &str) -> Result<PyRef> {
    let Some(failure) = error::of_exception(gil, exception) else {
        return Ok(support::none(gil));
    };
    let foreign = failure.foreign_error();
    let optional = |text: Option<String>| match text {
        Some(text) => support::text(gil, &text),
        None => Ok(support::none(gil)),
    };
    match name {
        "status" => int(gil, failure.status().code().into()),
        "message" => support::text(gil, failure.message()),
        "runtime" => optional(failure.runtime().map(str::to_owned)),
        "foreign_type" => optional(foreign.map(|foreign| foreign.type_name())),
        "foreign_traceback" => optional(foreign.map(|foreign| foreign.trace())),
        "frames" => frames(gil, foreign.map(|foreign| foreign.frames()).unwrap_or_default()),
        "cause" => match failure.cause() {
            Some(cause) => error::cause_of(gil, cause),
            None => Ok(support::none(gil)),
        },
        "original" => original(gil, &failure),
        _ => Err(Error::invalid(format!("name: a failure has no detail \"{name}\""))),
    }
}

fn frames(gil: &Gil, frames: Vec<StackFrame>) -> Result<PyRef> {
    let frame = |frame: StackFrame| {
        let file = match frame.file.as_str() {
            "" => support::none(gil),
            file => support::text(gil, file)?,
        };
        let line = match frame.line {
            0 => support::none(gil),
            line => int(gil, line.into())?,
        };
        tuple(gil, vec![support::text(gil, &frame.function)?, file, line])
    };
    tuple(gil, frames.into_iter().map(frame).collect::<Result<_>>()?)
}

fn original(gil: &Gil, failure: &Error) -> Result<PyRef> {
    let Some(key) = failure.foreign_error().and_then(|foreign| foreign.original()) else {
        return Ok(support::none(gil));
    };
    let object = take_handle(gil, key);
    let _ = crate::handle::free(key, crate::handle::HandleKind::Object);
    object
}
