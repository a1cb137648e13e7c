//! The end of the interpreter, which whoever started it may bring about at any time.
//!
//! It begins with `atexit`. Then CPython ends every thread but the one that finalises it, as soon
//! as that asks for the GIL: before 3.14 by unwinding its stack, through our frames as well, later
//! by letting it wait for ever. That is left to it. What is left to us is that no thread is made
//! known to an interpreter that is going away, that nothing is asked of one that has gone, and that
//! no frame that is unwound takes or gives up the GIL.

use std::ffi::c_int;

use super::gil::{self, Gil};
use super::hook::{self, Hook};
use crate::call::begin_ending_threads;
use crate::error::{Error, Result, Status};
use crate::kit::{LateMessages, Life};
use crate::python::api::{Api, Object};
use crate::python::object::PyRef;

/// The interpreter's.
pub static LIFE: Life = Life::new(LateMessages {
    closing: "Python is shutting down: no other thread can use it any more; end the threads that use \
              it before the interpreter ends",
    ended: "the Python of this process was finalised, and what metaffi has of it went with it: it \
            cannot be used again, not even after another Py_Initialize; let the interpreter live as \
            long as the process, or start a new process",
    lost: "this process was forked by a thread that did not hold Python, which cannot be used here any \
           more; fork inside a scope (metaffi_scope_enter) or by os.fork, or start a new program",
});

/// Whether the interpreter has begun to end threads, or has gone.
pub fn is_near(api: &Api) -> bool {
    // SAFETY: needs no GIL.
    LIFE.check_ended().is_err() || unsafe { (api.is_finalizing)() } != 0
}

/// Learns of the end of the interpreter.
pub fn watch(gil: &Gil) -> Result<()> {
    let registered = PyRef::import(gil, c"atexit")
        .and_then(|atexit| atexit.attribute(gil, c"register"))
        .and_then(|register| register.call1(gil, &CLOSE.function(gil)?));
    registered.map_err(|error| {
        let message = "the module atexit of the Python in this process does not work";
        Error::new(Status::LoadFailed, message).caused_by(error)
    })?;
    // SAFETY: a function that lives as long as the process. If there is no room for it, the
    // interpreter is known to be finalised, but not to have gone.
    let _: c_int = unsafe { (gil.api.Py_AtExit)(ended) };
    Ok(())
}

static CLOSE: Hook = Hook::new(c"metaffi_close", close);

/// `atexit`: the interpreter works still, and waits for the threads that are arriving.
unsafe extern "C-unwind" fn close(_: Object, _: Object) -> Object {
    let Some(api) = Api::get() else { return hook::done() };
    LIFE.close();
    begin_ending_threads();
    // SAFETY: Python calls, so that the GIL is held.
    let gil = unsafe { Gil::assume(api) };
    gil::release(&gil, || LIFE.wait_for_arrivals());
    hook::done()
}

/// Called when nothing is left of the interpreter.
unsafe extern "C" fn ended() {
    LIFE.end();
    Api::unpublish();
}
