//! The end of the process. The interpreter is not finalised: its extension modules do not survive
//! that. What Python programs rely on is done all the same.

use crate::kit::{Ending, LastWords, Owner};
use crate::python::api::Api;
use crate::python::lifecycle::end::LIFE;
use crate::python::lifecycle::gil;
use crate::python::run;

/// A thread of ours that starts Python, and is its main one from then on: to Python that is the
/// thread that started it, which otherwise is whichever one of the host's came first.
pub(super) static OWNER: Owner = Owner::new();

/// An interpreter of ours.
pub(super) struct OwnInterpreter;

/// What `Py_FinalizeEx` does that a program can see.
const LAST_WORDS: &std::ffi::CStr = c"import atexit, sys
atexit._run_exitfuncs()
for stream in sys.stdout, sys.stderr:
    try:
        stream.flush()
    except Exception:
        pass";

impl LastWords for OwnInterpreter {
    fn ending(&self) -> Ending {
        match Api::get() {
            Some(api) if LIFE.check().is_ok() && gil::is_held(api) => Ending::Here,
            Some(_) if LIFE.check().is_ok() => Ending::Elsewhere,
            _ => Ending::Silent,
        }
    }

    fn speak(&'static self, begun: &dyn Fn()) {
        let Some(api) = Api::get() else { return };
        if let Ok(_gil) = gil::enter(api) {
            begun();
            // SAFETY: the GIL is held. A failure has nobody left to hear of it.
            _ = unsafe { run(api, LAST_WORDS) };
        }
    }

    fn owner(&self) -> Option<&'static Owner> {
        Some(&OWNER)
    }
}
