//! The tests of this backend with every interpreter of this machine.

use std::collections::BTreeMap;
use std::process::Command;

use super::super::find;

/// Names the interpreter to the process that runs the tests with it.
const INTERPRETER: &str = "METAFFI_TEST_PYTHON";

#[test]
fn every_interpreter_passes() {
    let mut interpreters = BTreeMap::new();
    for interpreter in find::different().filter_map(|(_, interpreter)| interpreter.ok()) {
        if interpreter.library().is_ok() {
            let build = (interpreter.version().minor, interpreter.free_threaded);
            interpreters.entry(build).or_insert(interpreter.executable);
        }
    }
    assert!(!interpreters.is_empty(), "there is no Python that can be embedded");
    for ((minor, free_threaded), interpreter) in interpreters {
        let suffix = if free_threaded { "t" } else { "" };
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["python::", "--skip", "every_interpreter_passes"])
            .env(INTERPRETER, interpreter)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "Python 3.{minor}{suffix}: {}\n{text}", output.status);
        assert!(text.contains("test result: ok"), "Python 3.{minor}{suffix}:\n{text}");
    }
}
