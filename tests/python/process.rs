//! Interpreters of this machine, and a process of its own for each.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::process::{Command, Output};

use metaffi::backend::{Finding, registry};
use metaffi::model::Runtime;

/// Names the interpreter that a test in a process of its own uses.
const INTERPRETER: &str = "METAFFI_TEST_PYTHON";

/// The interpreters that can be embedded, one of each minor version.
pub(crate) fn interpreters() -> Vec<Finding> {
    let mut findings = registry::find("python3").unwrap().doctor();
    findings.retain(|finding| finding.usable);
    findings.sort_by_key(minor);
    findings.dedup_by_key(|finding| minor(finding));
    assert!(!findings.is_empty(), "there is no Python that can be embedded");
    findings
}

pub(crate) fn minor(finding: &Finding) -> u32 {
    finding.version.as_deref().unwrap().split('.').nth(1).unwrap().parse().unwrap()
}

/// Runs the ignored test `name` of this binary once for each interpreter, in processes of its own.
pub(crate) fn for_each(name: &str) {
    for finding in interpreters() {
        let output = alone(name, &finding.path.unwrap(), &[]);
        assert_passed(&output, &finding.version.unwrap());
    }
}

/// Runs the ignored test `name` of this binary in a process of its own.
pub(crate) fn alone(name: &str, interpreter: &str, variables: &[(&str, &str)]) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env(INTERPRETER, interpreter)
        .env_remove("PYTHONUNBUFFERED")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

pub(crate) fn assert_passed(output: &Output, what: &str) {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "Python {what}: {}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "Python {what}: no test ran\n{out}\n{err}");
}

/// The interpreter of this process's test.
pub(crate) fn interpreter() -> String {
    std::env::var(INTERPRETER).unwrap()
}

/// Loads the runtime with options.
pub(crate) fn load(options: &[(&str, &str)]) -> metaffi::error::Result<std::sync::Arc<Runtime>> {
    let owned = options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Runtime::load("python3", owned.collect())
}

/// Loads the runtime of the test's interpreter.
pub(crate) fn load_interpreter() -> std::sync::Arc<Runtime> {
    load(&[("interpreter", &interpreter())]).unwrap()
}

/// A function of the interpreter in this process, which is global once it runs.
pub(crate) fn symbol(name: &CStr) -> *mut c_void {
    // SAFETY: the name is NUL-terminated.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    assert!(!address.is_null(), "{name:?} is not global");
    address
}

/// Runs source text in `__main__`, beside the runtime, by the interpreter's own API.
pub(crate) fn run(source: &str) {
    let text = CString::new(source).unwrap();
    // SAFETY: functions of the C API by their documented types.
    let status = unsafe {
        let ensure: extern "C" fn() -> c_int = std::mem::transmute(symbol(c"PyGILState_Ensure"));
        let release: extern "C" fn(c_int) = std::mem::transmute(symbol(c"PyGILState_Release"));
        let run: extern "C" fn(*const c_char, *mut c_void) -> c_int =
            std::mem::transmute(symbol(c"PyRun_SimpleStringFlags"));
        let held = ensure();
        let status = run(text.as_ptr(), std::ptr::null_mut());
        release(held);
        status
    };
    assert_eq!(status, 0, "Python failed in:\n{source}");
}
