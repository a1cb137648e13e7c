//! [`Saved`]: the host's signal handlers.

use std::mem::MaybeUninit;

use super::{Api, Result};
use crate::python::run;

/// The signal handlers as they were before the interpreter started.
pub(super) struct Saved(Vec<(libc::c_int, libc::sigaction)>);

const HIGHEST: libc::c_int = 64;

impl Saved {
    pub(super) fn now() -> Saved {
        Saved((1..=HIGHEST).filter_map(|signal| Some((signal, current(signal)?))).collect())
    }

    /// Puts back what differs. Importing `signal`, even much later, replaces the default action of
    /// SIGINT: it has been imported by now, and is told what the handler is.
    pub(super) unsafe fn restore(&self, api: &Api) -> Result<()> {
        const TELL: &std::ffi::CStr = c"import signal
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)";
        // SAFETY: the GIL is held, on the interpreter's main thread.
        let told = unsafe { run(api, TELL) };
        for (signal, action) in &self.0 {
            if current(*signal).is_some_and(|now| !same(&now, action)) {
                // SAFETY: the action was in place before.
                unsafe { libc::sigaction(*signal, action, std::ptr::null_mut()) };
            }
        }
        told
    }
}

fn current(signal: libc::c_int) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::uninit();
    // SAFETY: on success the action is written.
    unsafe {
        let asked = libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        (asked == 0).then(|| action.assume_init())
    }
}

fn same(a: &libc::sigaction, b: &libc::sigaction) -> bool {
    a.sa_sigaction == b.sa_sigaction && a.sa_flags == b.sa_flags
}
