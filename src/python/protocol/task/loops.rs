//! [`Loops`]: the part that is written in Python.

use std::ffi::CStr;

use crate::error::Result;
use crate::fork::Once;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// Functions and classes of `support/loops.py`, named after them.
pub struct Loops {
    pub start: PyRef,
    pub iterate: PyRef,
    pub next_of: PyRef,
    pub close_of: PyRef,
    pub enter: PyRef,
    pub exit: PyRef,
    pub thread_number: PyRef,
    pub waiting: PyRef,
    /// `asyncio.CancelledError`.
    pub cancelled: PyRef,
    /// `StopAsyncIteration`.
    pub ended: PyRef,
}

/// The thread that our loop runs on, if it does.
pub fn loop_thread(gil: &Gil) -> Option<u64> {
    let loops = LOOPS.get()?;
    let thread = loops.thread_number.call0(gil).ok()?;
    // SAFETY: an int, under the GIL.
    Some(unsafe { (gil.api.PyLong_AsUnsignedLongLong)(thread.as_ptr()) })
}

static LOOPS: Once<Loops> = Once::new();

impl Loops {
    /// Those of this process. asyncio is imported when something is awaited the first time.
    pub fn get(gil: &Gil) -> Result<&'static Loops> {
        LOOPS.get_or_make(|| Loops::import(gil))
    }

    fn import(gil: &Gil) -> Result<Loops> {
        support::get(gil)?;
        let name = c"_metaffi.loops";
        support::execute(gil, name, include_str!("../../support/loops.py"))?;
        let module = PyRef::import(gil, name)?;
        let from = |name: &CStr| module.attribute(gil, name);
        Ok(Loops {
            start: from(c"start")?,
            iterate: from(c"iterate")?,
            next_of: from(c"next_of")?,
            close_of: from(c"close_of")?,
            enter: from(c"enter")?,
            exit: from(c"exit")?,
            thread_number: from(c"thread_number")?,
            waiting: from(c"Waiting")?,
            cancelled: PyRef::import(gil, c"asyncio")?.attribute(gil, c"CancelledError")?,
            ended: PyRef::import(gil, c"builtins")?.attribute(gil, c"StopAsyncIteration")?,
        })
    }
}
