//! The end of the process. The interpreter is not finalised: its extension modules do not survive
//! that. What Python programs rely on is done all the same.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use super::owner;
use crate::python::api::Api;
use crate::python::gil;
use crate::python::run;

/// Ends an interpreter of ours with the process.
pub(super) fn end_with_process() {
    // SAFETY: the function may be called on any thread, once.
    unsafe { libc::atexit(at_exit) };
}

/// What `Py_FinalizeEx` does that a program can see.
const LAST_WORDS: &std::ffi::CStr = c"import atexit, sys
atexit._run_exitfuncs()
for stream in sys.stdout, sys.stderr:
    try:
        stream.flush()
    except Exception:
        pass";

/// How long the exit waits for a thread that holds the GIL and does not let go of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// On another thread, as the GIL may never come; on this one if it has it. Python's main one is best,
/// if it is ours.
extern "C" fn at_exit() {
    let Some(api) = Api::get() else { return };
    if gil::check_open().is_err() {
        return;
    }
    if gil::is_held(api) {
        // SAFETY: the GIL is held. A failure has nobody left to hear of it.
        _ = unsafe { run(api, LAST_WORDS) };
        return;
    }
    let (tell, told) = channel();
    let speak = move || say_last_words(api, &tell);
    if owner::run(speak.clone()) {
        drop(speak);
    } else if thread::Builder::new().spawn(speak).is_err() {
        return;
    }
    if told.recv_timeout(PATIENCE).is_ok() {
        // Until the other thread has let go of its end.
        _ = told.recv();
    }
}

/// Tells when it has begun.
fn say_last_words(api: &'static Api, begun: &Sender<()>) {
    if let Ok(_gil) = gil::enter(api) {
        _ = begun.send(());
        // SAFETY: the GIL is held. A failure has nobody left to hear of it.
        _ = unsafe { run(api, LAST_WORDS) };
    }
}
