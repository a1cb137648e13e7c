//! Frames of foreign stacks, in the tracebacks of exceptions.

use super::{quietly, restore, take};
use crate::call::errors::failure::c_string;
use crate::error::{Error, Result, StackFrame};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::{NAME, support};

const SOURCE: &str = include_str!("../support/frames.py");

/// The exception of a failure with the frames of the foreign stack in its traceback; those of Python's
/// own are there.
#[cold]
pub fn with_frames(gil: &Gil, exception: PyRef, failure: &Error) -> PyRef {
    let Some(foreign) = failure.foreign_error() else { return exception };
    let frames = if failure.runtime() == Some(NAME) { Vec::new() } else { foreign.frames() };
    within_frames(gil, exception, &frames)
}

/// An exception with frames before those that its traceback has.
pub(super) fn within_frames(gil: &Gil, exception: PyRef, frames: &[StackFrame]) -> PyRef {
    let Some(add) = gil.api._PyTraceback_Add else { return exception };
    if frames.is_empty() {
        return exception;
    }
    let pending = take(gil);
    restore(gil, exception.clone_ref(gil));
    for frame in frames.iter().rev() {
        let (function, file) = (c_string(&frame.function), c_string(&frame.file));
        let line = i32::try_from(frame.line).unwrap_or(0);
        // SAFETY: NUL-terminated texts, and an exception is pending.
        unsafe { add(function.as_ptr(), file.as_ptr(), line) };
    }
    let with_frames = take(gil).unwrap_or(exception);
    for frame in frames.iter().filter(|frame| !frame.text.is_empty()) {
        let _ = quietly(gil, || show(gil, frame));
    }
    if let Some(pending) = pending {
        restore(gil, pending);
    }
    with_frames
}

/// Says what the line of a frame is, where tracebacks look for it.
fn show(gil: &Gil, frame: &StackFrame) -> Result<()> {
    let show = support::module(gil, c"_metaffi.frames", SOURCE)?.attribute(gil, c"show")?;
    let (file, text) = (support::text(gil, &frame.file)?, support::text(gil, &frame.text)?);
    let line = support::int(gil, frame.line.into())?;
    support::call(gil, &show, &[&file, &line, &text]).map(drop)
}
