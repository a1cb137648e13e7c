//! Learning of the end of the interpreter.

use std::ffi::c_int;
use std::path::PathBuf;
use std::{env, fs};

use super::hook::{self, Hook};
use crate::call::begin_ending_threads;
use crate::error::{Error, Result};
use crate::kit::speak_all;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::end::LIFE;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, text_of};

/// Learns of the end of the interpreter.
pub fn watch(gil: &Gil) -> Result<()> {
    let registered = PyRef::import(gil, c"atexit")
        .and_then(|atexit| atexit.attribute(gil, c"register"))
        .and_then(|register| register.call1(gil, &CLOSE.function(gil)?));
    registered.map_err(|error| {
        let message = "the module atexit of the Python in this process does not work";
        Error::load_failed(message).caused_by(error)
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
    // SAFETY: Python calls, so that the GIL is held.
    let gil = unsafe { Gil::assume(api) };
    if is_program(&gil) {
        // What runs at the end of the process may call Python, which will have gone then.
        gil::release(&gil, speak_all);
    }
    LIFE.close();
    begin_ending_threads();
    gil::release(&gil, || LIFE.wait_for_arrivals());
    hook::done()
}

/// Whether the process is that of the interpreter itself, and ends with it; others may go on without it.
fn is_program(gil: &Gil) -> bool {
    let executable = PyRef::import(gil, c"sys").and_then(|sys| sys.attribute(gil, c"executable"));
    let Ok(path) = executable.and_then(|path| text_of(gil, &path)) else { return false };
    let is_it = |program: PathBuf| fs::canonicalize(path).is_ok_and(|path| path == program);
    env::current_exe().and_then(fs::canonicalize).is_ok_and(is_it)
}

/// Called when nothing is left of the interpreter.
unsafe extern "C" fn ended() {
    LIFE.end();
    Api::unpublish();
}
