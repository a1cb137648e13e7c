//! The end of the interpreter, which whoever started it may bring about at any time.
//!
//! It begins with `atexit`. Then CPython ends every thread but the one that finalises it, as soon
//! as that asks for the GIL: before 3.14 by unwinding its stack, through our frames as well, later
//! by letting it wait for ever. That is left to it. What is left to us is that no thread is made
//! known to an interpreter that is going away, that nothing is asked of one that has gone, and that
//! no frame that is unwound takes or gives up the GIL.

use crate::kit::{LateMessages, Life};
use crate::python::api::Api;

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
