//! Inside a process that is Python already.

use std::path::PathBuf;
use std::process::Command;

use crate::process::interpreters;

/// The shared library of this build.
fn library() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    let library = binary.with_file_name("libmetaffi.so");
    assert!(library.is_file(), "{library:?}");
    library
}

const HOST: &str = r#"
import ctypes, os, sys, threading
metaffi = ctypes.CDLL(sys.argv[1])
class Option(ctypes.Structure):
    _fields_ = [("key", ctypes.c_char_p), ("value", ctypes.c_char_p)]
metaffi.metaffi_error_message.restype = ctypes.c_char_p

def load(**options):
    pairs = (Option * len(options))(*[Option(k.encode(), v.encode()) for k, v in options.items()])
    runtime, error = ctypes.c_void_p(), ctypes.c_void_p()
    status = metaffi.metaffi_runtime_load(
        b"python3", pairs, ctypes.c_size_t(len(options)), ctypes.byref(runtime), ctypes.byref(error))
    return status, runtime, error

def message(error):
    return metaffi.metaffi_error_message(error).decode()

status, runtime, error = load()
assert status == 0, message(error)
libraries = {line.split()[-1] for line in open("/proc/self/maps") if "libpython3." in line}
assert len(libraries) <= 1, libraries

def scopes():
    for _ in range(100):
        scope = ctypes.c_void_p()
        assert metaffi.metaffi_scope_enter(runtime, ctypes.byref(scope), None) == 0
        assert metaffi.metaffi_scope_leave(scope, None) == 0

threads = [threading.Thread(target=scopes) for _ in range(8)]
for thread in threads: thread.start()
scopes()
for thread in threads: thread.join()
metaffi.metaffi_runtime_free(runtime)

status, runtime, error = load(version="<3.9")
assert status != 0 and "runs Python" in message(error), message(error)
status, runtime, error = load(version=">=3.9")
assert status == 0, message(error)
print("done")
"#;

#[test]
fn the_interpreter_of_the_process_is_joined() {
    for finding in interpreters() {
        let output = Command::new(finding.path.as_deref().unwrap())
            .args(["-c", HOST])
            .arg(library())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{finding:?}: {}\n{err}", output.status);
        assert_eq!(output.stdout, b"done\n", "{finding:?}\n{err}");
    }
}
