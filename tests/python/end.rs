//! The end of an interpreter by its host, while threads are inside it.

use std::ffi::{CString, c_int, c_void};
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use crate::process::{for_each, interpreter, load, load_interpreter, run, symbol};
use metaffi::error::Status;
use metaffi::model::{Entity, Module, Runtime};

type State = *mut c_void;
type Start = extern "C-unwind" fn(State) -> State;

/// A function of the C API.
fn api<F: Copy>(name: &std::ffi::CStr) -> F {
    let address = symbol(name);
    assert_eq!(size_of::<F>(), size_of::<*mut c_void>());
    // SAFETY: the callers name the functions' types as they are documented.
    unsafe { std::mem::transmute_copy(&address) }
}

/// Starts the interpreter as a host does that does not know of metaffi.
fn initialize() {
    let script = "import sysconfig\n\
                  print(sysconfig.get_config_var('LIBDIR'), sysconfig.get_config_var('INSTSONAME'))";
    let output = Command::new(interpreter()).args(["-c", script]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (directory, file) = text.trim().split_once(' ').unwrap();
    let opened = [format!("{directory}/{file}"), file.to_owned()].into_iter().any(|name| {
        let name = CString::new(name).unwrap();
        // SAFETY: a libpython is opened.
        !unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) }.is_null()
    });
    assert!(opened, "{text}");
    api::<extern "C" fn(c_int)>(c"Py_InitializeEx")(0);
}

/// What the threads call.
static NAP: OnceLock<Arc<Entity>> = OnceLock::new();
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// By values, and through the function pointer; for ever.
extern "C-unwind" fn work(_: *mut c_void) -> *mut c_void {
    let nap = NAP.get().unwrap();
    // SAFETY: a Python function without arguments.
    unsafe {
        let native: extern "C-unwind" fn() -> i64 = std::mem::transmute(nap.native(None).unwrap());
        while nap.call(&[]).is_ok() && native() == 1 {
            CALLS.fetch_add(1, Ordering::Relaxed);
        }
    }
    ptr::null_mut()
}

fn start_threads(runtime: &Arc<Runtime>) -> Vec<libc::pthread_t> {
    run("import sys, time, types\n\
         module = sys.modules['naps'] = types.ModuleType('naps')\n\
         def nap() -> int:\n\ttime.sleep(0.0001)\n\treturn 1\n\
         module.nap = nap");
    let module = Module::load(runtime, "naps").unwrap();
    assert!(NAP.set(module.load_entity("callable=nap", None, None).unwrap()).is_ok());
    let threads = (0..4)
        .map(|_| {
            let mut id = 0;
            // SAFETY: unwinding is what ends the thread, and passes its first function.
            let made = unsafe {
                let start = std::mem::transmute::<Start, extern "C" fn(State) -> State>(work);
                libc::pthread_create(&raw mut id, ptr::null(), start, ptr::null_mut())
            };
            assert_eq!(made, 0);
            id
        })
        .collect();
    while CALLS.load(Ordering::Relaxed) < 40 {
        thread::sleep(Duration::from_millis(1));
    }
    threads
}

/// Finalises, and sees to it that what is used of Python afterwards is refused.
fn finalize(runtime: &Arc<Runtime>, threads: &[libc::pthread_t]) {
    let version = api::<extern "C" fn() -> *const libc::c_char>(c"Py_GetVersion")();
    // SAFETY: static text.
    let version = unsafe { std::ffi::CStr::from_ptr(version) }.to_str().unwrap().to_owned();
    let minor: u32 = version.split('.').nth(1).unwrap().parse().unwrap();
    api::<extern "C" fn() -> c_int>(c"PyGILState_Ensure")();
    assert_eq!(api::<extern "C-unwind" fn() -> c_int>(c"Py_FinalizeEx")(), 0);
    // Later versions let them wait for ever.
    if minor < 14 {
        for thread in threads {
            // SAFETY: a thread of ours, joined once.
            assert_eq!(unsafe { libc::pthread_join(*thread, ptr::null_mut()) }, 0);
        }
    }
    is_refused(runtime);
    api::<extern "C" fn(c_int)>(c"Py_InitializeEx")(0);
    is_refused(runtime);
    api::<extern "C" fn() -> State>(c"PyEval_SaveThread")();
    is_refused(runtime);
    run("import json, threading\nassert json.loads('[1]') == [1]");
}

fn is_refused(runtime: &Arc<Runtime>) {
    let nap = NAP.get().unwrap();
    // SAFETY: a Python function without arguments.
    let (called, native) = unsafe {
        let native: extern "C-unwind" fn() -> i64 = std::mem::transmute(nap.native(None).unwrap());
        (nap.call(&[]), native())
    };
    assert_eq!(native, 0);
    let failures =
        [called.err(), load(&[]).err(), Module::load(runtime, "json").err(), module_again(nap)];
    for failure in failures {
        let failure = failure.expect("the interpreter has gone");
        assert_eq!(failure.status(), Status::Unsupported, "{failure}");
        assert!(failure.message().contains("was finalised"), "{failure}");
    }
}

fn module_again(nap: &Arc<Entity>) -> Option<metaffi::error::Error> {
    nap.module().load_entity("callable=nap", None, None).err()
}

#[test]
fn a_host_finalises_its_interpreter_while_threads_are_inside() {
    for _ in 0..3 {
        for_each("end::host_finalises");
    }
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn host_finalises() {
    initialize();
    let state = api::<extern "C" fn() -> State>(c"PyEval_SaveThread")();
    let runtime = load(&[]).unwrap();
    let threads = start_threads(&runtime);
    api::<extern "C" fn(State)>(c"PyEval_RestoreThread")(state);
    finalize(&runtime, &threads);
}

#[test]
fn a_host_finalises_an_interpreter_that_metaffi_started() {
    for_each("end::host_finalises_ours");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn host_finalises_ours() {
    let runtime = load_interpreter();
    let threads = start_threads(&runtime);
    finalize(&runtime, &threads);
}
