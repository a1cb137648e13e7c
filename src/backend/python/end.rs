//! The end of the process. The interpreter is not finalised: its extension modules do not survive
//! that. What Python programs rely on is done all the same.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::api::{Api, METH_NOARGS, Object, PyMethodDef};
use super::gil;
use super::start::run;
use crate::error::{Error, Result, Status};

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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting,
    Running,
    Done,
}

static PROGRESS: (Mutex<Progress>, Condvar) = (Mutex::new(Progress::Waiting), Condvar::new());

/// On another thread, as the GIL may never come; on this one if it has it.
extern "C" fn at_exit() {
    let Some(api) = Api::get() else { return };
    if gil::is_held(api) {
        return say_last_words(api);
    }
    if thread::Builder::new().spawn(move || say_last_words(api)).is_err() {
        return;
    }
    let (progress, changed) = &PROGRESS;
    let waiting = progress.lock().unwrap_or_else(PoisonError::into_inner);
    let (reached, _) = changed
        .wait_timeout_while(waiting, PATIENCE, |progress| *progress == Progress::Waiting)
        .unwrap_or_else(PoisonError::into_inner);
    if *reached == Progress::Running {
        drop(changed.wait_while(reached, |progress| *progress == Progress::Running));
    }
}

fn say_last_words(api: &'static Api) {
    if let Ok(_gil) = gil::enter(api) {
        report(Progress::Running);
        // SAFETY: the GIL is held. A failure has nobody left to hear of it.
        _ = unsafe { run(api, LAST_WORDS) };
    }
    report(Progress::Done);
}

fn report(progress: Progress) {
    *PROGRESS.0.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    PROGRESS.1.notify_all();
}

/// Learns of the end of an interpreter that is not ours: nobody attaches from then on.
pub(super) fn end_with_host(api: &'static Api) -> Result<()> {
    let _gil = gil::enter(api)?;
    // SAFETY: the GIL is held; the definition lives as long as the process.
    let registered = unsafe {
        let definition = ptr::from_ref(&CLOSE.0).cast_mut();
        let close = (api.PyCFunction_NewEx)(definition, ptr::null_mut(), ptr::null_mut());
        let atexit = (api.PyImport_ImportModule)(c"atexit".as_ptr());
        let register = match atexit.is_null() {
            true => ptr::null_mut(),
            false => (api.PyObject_GetAttrString)(atexit, c"register".as_ptr()),
        };
        let result = match register.is_null() || close.is_null() {
            true => ptr::null_mut(),
            false => (api.PyObject_VectorcallDict)(register, &raw const close, 1, ptr::null_mut()),
        };
        for owned in [close, atexit, register, result] {
            (api.Py_DecRef)(owned);
        }
        if result.is_null() {
            (api.PyErr_Clear)();
        }
        !result.is_null()
    };
    match registered {
        true => Ok(()),
        false => Err(Error::new(
            Status::LoadFailed,
            "the module atexit of the Python in this process does not work",
        )),
    }
}

struct Definition(PyMethodDef);

// SAFETY: never written.
unsafe impl Sync for Definition {}

static CLOSE: Definition = Definition(PyMethodDef {
    name: c"metaffi_close".as_ptr(),
    function: close as *const c_void,
    flags: METH_NOARGS as c_int,
    doc: ptr::null(),
});

unsafe extern "C-unwind" fn close(_: Object, _: Object) -> Object {
    gil::close();
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: the interpreter calls, so the GIL is held.
    unsafe { (api.Py_IncRef)(api._Py_NoneStruct) };
    api._Py_NoneStruct
}
