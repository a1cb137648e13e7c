use std::ffi::CStr;
use std::ptr;

use super::chain;
use super::frames::within_frames;
use super::missing::Missing;
use super::raise::host_error;
use crate::error::{Error, ForeignError, Result, StackFrame};
use crate::python::api::{Api, TPFLAGS_BASE_EXC_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS};
use crate::python::error::{PyText, from_exception, quietly};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::name::Name;
use crate::python::object::{PyRef, text_of, to_handle, type_name};

/// An exception that Python raised. It keeps its traceback, and with it the frames' variables,
/// until the error is freed: that is where the stack is read from, if somebody asks.
pub struct PyException {
    object: PyRef,
    /// What it says, if the error has no message of its own.
    text: Words,
    /// Whether what led to it has been found out.
    is_last: bool,
}

/// What an exception says.
enum Words {
    /// What the error says.
    Elsewhere,
    Text(PyText),
    Missing(Missing),
}

impl PyException {
    /// What an error knows about an exception.
    pub fn new(object: PyRef) -> PyException {
        PyException { object, text: Words::Elsewhere, is_last: false }
    }

    /// The same of one whose own text is the error's message.
    pub(super) fn saying(object: PyRef, text: PyText) -> PyException {
        PyException { object, text: Words::Text(text), is_last: false }
    }

    /// The same of one that says that something is missing.
    pub(super) fn missing(object: PyRef, missing: Missing) -> PyException {
        PyException { object, text: Words::Missing(missing), is_last: false }
    }

    /// The same of one whose cause the error was told.
    pub(super) fn last(object: PyRef) -> PyException {
        PyException { object, text: Words::Elsewhere, is_last: true }
    }

    /// The exception.
    pub(super) fn object(&self) -> &PyRef {
        &self.object
    }

    fn ask<T>(&self, ask: impl FnOnce(&Gil) -> Result<T>) -> Option<T> {
        let gil = gil::enter(Api::get()?).ok()?;
        quietly(&gil, || ask(&gil))
    }
}

impl ForeignError for PyException {
    fn message(&self) -> Option<&CStr> {
        match &self.text {
            Words::Elsewhere => None,
            Words::Text(text) => Some(text.get()),
            Words::Missing(missing) => {
                Some(missing.message(|| self.ask(|gil| missing.sentence(gil, &self.object))))
            }
        }
    }

    fn type_name(&self) -> String {
        self.ask(|gil| {
            // SAFETY: a live exception, and its type with it.
            Ok(unsafe { type_name(gil, gil.api.type_of(self.object.as_ptr())) })
        })
        .unwrap_or_default()
    }

    fn trace(&self) -> String {
        self.ask(|gil| format(gil, &self.object)).unwrap_or_default()
    }

    fn frames(&self) -> Vec<StackFrame> {
        self.ask(|gil| frames(gil, &self.object)).unwrap_or_default()
    }

    fn cause(&self) -> Option<Error> {
        if self.is_last {
            return None;
        }
        self.ask(|gil| Ok(chain::cause(gil, &self.object))).flatten()
    }

    fn members(&self) -> Vec<Error> {
        self.ask(|gil| members(gil, &self.object)).unwrap_or_default()
    }

    fn passes(&self, frames: &dyn Fn() -> Vec<StackFrame>) {
        // Asked where the GIL is not held: the other runtime may wait for something.
        let frames = frames();
        self.ask(|gil| {
            let exception = self.object.clone_ref(gil);
            within_frames(gil, exception, &frames).release(gil);
            Ok(())
        });
    }

    fn raised_for(&self) -> Option<Error> {
        self.ask(|gil| Ok(host_error(gil, &self.object))).flatten()
    }

    fn raised_from(&self) -> Option<Error> {
        self.ask(|gil| {
            // SAFETY: a live exception under the GIL; a reference of its own, or NULL.
            let cause =
                unsafe { PyRef::from_owned((gil.api.PyException_GetCause)(self.object.as_ptr())) };
            Ok(cause.map(|cause| from_exception(gil, cause)))
        })
        .flatten()
    }

    fn original(&self) -> Option<usize> {
        self.ask(|gil| to_handle(gil, &self.object)).map(|handle| handle.addr())
    }
}

/// The text that Python prints: with the chain, the notes and the members of a group.
fn format(gil: &Gil, exception: &PyRef) -> Result<String> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; the arguments follow a writable place.
    let lines = unsafe {
        let module = PyRef::import(gil, c"traceback")?;
        let function = module.attribute(gil, c"format_exception")?;
        let trace = PyRef::from_owned((api.PyException_GetTraceback)(exception.as_ptr()));
        let stack = trace.as_ref().map_or(api._Py_NoneStruct, PyRef::as_ptr);
        let kind = api.type_of(exception.as_ptr());
        let mut arguments = [ptr::null_mut(), kind, exception.as_ptr(), stack];
        let first = arguments.as_mut_ptr().add(1);
        PyRef::owned(gil, api.vectorcall(function.as_ptr(), first, 3, ptr::null_mut()))?
    };
    // SAFETY: live objects under the GIL.
    unsafe {
        let nothing = PyRef::owned(gil, (api.PyUnicode_FromString)(c"".as_ptr()))?;
        text_of(gil, &nothing.attribute(gil, c"join")?.call1(gil, &lines)?)
    }
}

/// The exceptions in a group; the package `exceptiongroup` has the same attribute before 3.11.
fn members(gil: &Gil, exception: &PyRef) -> Result<Vec<Error>> {
    let api = gil.api;
    let group = exception.attribute(gil, c"exceptions")?;
    // SAFETY: a live object under the GIL; the items are borrowed from the tuple.
    unsafe {
        if api.flags_of(group.as_ptr()) & TPFLAGS_TUPLE_SUBCLASS == 0 {
            return Ok(Vec::new());
        }
        let items = (0..(api.PyTuple_Size)(group.as_ptr()))
            .map(|index| PyRef::new_reference(gil, (api.PyTuple_GetItem)(group.as_ptr(), index)));
        let exceptions =
            items.filter(|item| api.flags_of(item.as_ptr()) & TPFLAGS_BASE_EXC_SUBCLASS != 0);
        Ok(exceptions.map(|item| from_exception(gil, item)).collect())
    }
}

static TB_FRAME: Name = Name::new(c"tb_frame");
static TB_LINENO: Name = Name::new(c"tb_lineno");
static TB_NEXT: Name = Name::new(c"tb_next");
static CO_FILENAME: Name = Name::new(c"co_filename");
static CO_NAME: Name = Name::new(c"co_name");
static CO_QUALNAME: Name = Name::new(c"co_qualname");

/// The first version whose code has qualified names.
const QUALIFIED: (u8, u8) = (3, 11);

/// The frames of the traceback, the innermost last.
fn frames(gil: &Gil, exception: &PyRef) -> Result<Vec<StackFrame>> {
    let api = gil.api;
    let mut frames = Vec::new();
    // SAFETY: a live exception under the GIL.
    let mut next = unsafe { PyRef::from_owned((api.PyException_GetTraceback)(exception.as_ptr())) };
    while let Some(trace) = next.take_if(|trace| trace.as_ptr() != api._Py_NoneStruct) {
        frames.push(frame(gil, &trace)?);
        next = Some(trace.named(gil, &TB_NEXT)?);
        trace.release(gil);
    }
    Ok(frames)
}

fn frame(gil: &Gil, trace: &PyRef) -> Result<StackFrame> {
    let api = gil.api;
    let frame = trace.named(gil, &TB_FRAME)?;
    // SAFETY: a live frame under the GIL.
    let code = unsafe { PyRef::owned(gil, (api.PyFrame_GetCode)(frame.as_ptr())) }?;
    frame.release(gil);
    let text = |name: &Name| {
        let found = code.named(gil, name)?;
        let text = text_of(gil, &found);
        found.release(gil);
        text
    };
    let line = trace.named(gil, &TB_LINENO)?;
    // SAFETY: a live object under the GIL. A line may be None; then it is not known.
    let line = unsafe {
        let number = match api.type_of(line.as_ptr()) == api.PyLong_Type {
            true => (api.PyLong_AsLongLong)(line.as_ptr()),
            false => 0,
        };
        line.release(gil);
        u32::try_from(number).unwrap_or(0)
    };
    let qualified = api.version.at_least(QUALIFIED.0, QUALIFIED.1);
    let function = text(if qualified { &CO_QUALNAME } else { &CO_NAME })?;
    let file = text(&CO_FILENAME)?;
    code.release(gil);
    Ok(StackFrame { function, file, line, text: String::new() })
}
