//! The end of the interpreter, which whoever started it may bring about at any time.
//!
//! It begins with `atexit`. Then CPython ends every thread but the one that finalises it, as soon
//! as that asks for the GIL: before 3.14 by unwinding its stack, through our frames as well, later
//! by letting it wait for ever. That is left to it. What is left to us is that no thread is made
//! known to an interpreter that is going away, that nothing is asked of one that has gone, and that
//! no frame that is unwound takes or gives up the GIL.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::api::{Api, Object};
use super::gil::{self, Gil};
use super::hook::{self, Hook};
use super::object::PyRef;
use crate::call::begin_ending_threads;
use crate::error::{Error, Result, Status};

/// Set when the interpreter begins to shut down.
static CLOSING: AtomicBool = AtomicBool::new(false);

/// Set when it has gone.
static ENDED: AtomicBool = AtomicBool::new(false);

/// How many threads are being made known to it.
static ARRIVING: AtomicUsize = AtomicUsize::new(0);

/// Fails if the interpreter has gone.
pub fn check() -> Result<()> {
    match ENDED.load(Ordering::Acquire) {
        false => Ok(()),
        true => Err(Error::new(
            Status::Unsupported,
            "the Python of this process was finalised, and what metaffi has of it went with it: it \
             cannot be used again, not even after another Py_Initialize; let the interpreter live \
             as long as the process, or start a new process",
        )),
    }
}

/// Whether the interpreter has begun to end threads, or has gone.
pub fn is_near(api: &Api) -> bool {
    // SAFETY: needs no GIL.
    check().is_err() || unsafe { (api.is_finalizing)() } != 0
}

/// A thread that is being made known to the interpreter, which is not finalised meanwhile.
pub struct Arrival(());

impl Arrival {
    /// Begins, unless the interpreter is going away.
    pub fn begin(api: &Api) -> Result<Arrival> {
        ARRIVING.fetch_add(1, Ordering::SeqCst);
        let arrival = Arrival(());
        match CLOSING.load(Ordering::SeqCst) || is_near(api) {
            false => Ok(arrival),
            true => Err(Error::new(
                Status::Unsupported,
                "Python is shutting down: no other thread can use it any more; end the threads \
                 that use it before the interpreter ends",
            )),
        }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        ARRIVING.fetch_sub(1, Ordering::SeqCst);
    }
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
    CLOSING.store(true, Ordering::SeqCst);
    begin_ending_threads();
    // SAFETY: Python calls, so that the GIL is held.
    let gil = unsafe { Gil::assume(api) };
    gil::release(&gil, || {
        while ARRIVING.load(Ordering::SeqCst) != 0 {
            thread::sleep(Duration::from_millis(1));
        }
    });
    hook::done()
}

/// Called when nothing is left of the interpreter.
unsafe extern "C" fn ended() {
    ENDED.store(true, Ordering::Release);
    Api::unpublish();
}
