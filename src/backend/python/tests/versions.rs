//! The tests of this backend with every interpreter of this machine.

use std::collections::BTreeMap;
use std::process::Command;

use super::super::doctor;
use crate::python::version::Version;

/// Names the interpreter to the process that runs the tests with it.
const INTERPRETER: &str = "METAFFI_TEST_PYTHON";

#[test]
fn every_interpreter_passes() {
    let mut interpreters = BTreeMap::new();
    for finding in doctor::findings().into_iter().filter(|finding| finding.usable) {
        let version = Version::parse(finding.version.as_deref().unwrap()).unwrap();
        interpreters.entry(version.minor).or_insert(finding.path.unwrap());
    }
    assert!(!interpreters.is_empty(), "there is no Python that can be embedded");
    for (minor, interpreter) in interpreters {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["python::", "--skip", "every_interpreter_passes"])
            .env(INTERPRETER, interpreter)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "Python 3.{minor}: {}\n{text}", output.status);
        assert!(text.contains("test result: ok"), "Python 3.{minor}:\n{text}");
    }
}
