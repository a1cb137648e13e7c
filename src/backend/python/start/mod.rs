//! Starting the interpreter, once, without touching what belongs to the host: signals, arguments,
//! locale and standard streams.

mod config;
mod init_config;
mod signals;

use std::ffi::c_int;
use std::path::Path;
use std::ptr;

use super::api::Api;
use super::library::Library;
use crate::error::{Error, Result, Status};

/// Starts the interpreter of a library, or joins it if it runs. `executable` is the interpreter
/// whose prefixes and environment it takes on: that of a virtual environment, for one.
///
/// Called with the lock of the runtimes held: no second thread starts.
pub(super) fn start(library: &Library, executable: Option<&Path>) -> Result<&'static Api> {
    let api = Api::bind(library)?;
    // SAFETY: may be called at any time.
    if unsafe { (api.Py_IsInitialized)() } != 0 {
        return join(api);
    }
    let signals = signals::Saved::now();
    let started = match api.version.at_least(3, 14) {
        true => init_config::initialize(library, executable),
        false => config::initialize(library, api.version, executable),
    };
    started?;
    prepare(api, &signals)
}

/// Takes part in an interpreter that somebody else started.
fn join(mut api: Api) -> Result<&'static Api> {
    // SAFETY: the interpreter runs.
    unsafe {
        let held = (api.PyGILState_Ensure)();
        let probed = api.probe_type_offset();
        (api.PyGILState_Release)(held);
        probed?;
    }
    Ok(api.publish())
}

/// What is done on the thread that started it, which holds the GIL until the end.
fn prepare(mut api: Api, signals: &signals::Saved) -> Result<&'static Api> {
    // SAFETY: the interpreter runs and this thread holds the GIL.
    unsafe {
        let probed = api.probe_type_offset();
        // The thread that first imports threading is the main one to Python.
        let ran = run(&api, c"import threading, signal");
        let signals = signals.restore(&api);
        (api.PyEval_SaveThread)();
        probed.and(ran).and(signals)?;
    }
    Ok(api.publish())
}

/// Runs source text in a namespace of its own.
unsafe fn run(api: &Api, source: &std::ffi::CStr) -> Result<()> {
    const FILE_INPUT: c_int = 257;
    // SAFETY: the caller holds the GIL.
    unsafe {
        let code = (api.Py_CompileString)(source.as_ptr(), c"<metaffi>".as_ptr(), FILE_INPUT);
        let globals = (api.PyDict_New)();
        let builtins = (api.PyEval_GetBuiltins)();
        (api.PyDict_SetItemString)(globals, c"__builtins__".as_ptr(), builtins);
        let result = match code.is_null() {
            true => ptr::null_mut(),
            false => (api.PyEval_EvalCode)(code, globals, globals),
        };
        (api.Py_DecRef)(code);
        (api.Py_DecRef)(globals);
        (api.Py_DecRef)(result);
        if result.is_null() {
            (api.PyErr_Clear)();
            return Err(Error::new(
                Status::LoadFailed,
                format!("Python {} started, but its standard library does not work", api.version),
            ));
        }
    }
    Ok(())
}
