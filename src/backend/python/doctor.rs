//! The interpreters on this machine, and which of them can be embedded.

use super::find::{self, Candidate, Interpreter};
use crate::backend::Finding;
use crate::error::Result;

/// One that can be embedded is enough.
const WHAT: &str = "Python";

/// Every interpreter, in the order in which they would be taken.
pub(super) fn findings() -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        find::different().map(|(place, interpreter)| finding(interpreter, &place)).collect();
    if findings.is_empty() {
        findings.push(Finding {
            what: WHAT.to_owned(),
            usable: false,
            path: None,
            version: None,
            advice: Some(
                "no python3 is found; on Debian: apt install python3 libpython3-dev".to_owned(),
            ),
        });
    }
    findings
}

fn finding(interpreter: Result<Interpreter>, place: &Candidate) -> Finding {
    let what = WHAT.to_owned();
    match interpreter {
        Ok(interpreter) => {
            let library = interpreter.library();
            Finding {
                what,
                usable: library.is_ok(),
                path: Some(interpreter.executable.display().to_string()),
                version: Some(interpreter.version().to_string()),
                advice: match library {
                    Err(error) => Some(error.message().to_owned()),
                    Ok(_) if interpreter.free_threaded => Some(free_threaded(&interpreter)),
                    Ok(_) => None,
                },
            }
        }
        Err(error) => Finding {
            what,
            usable: false,
            path: Some(place.executable.display().to_string()),
            version: None,
            advice: Some(error.message().to_owned()),
        },
    }
}

fn free_threaded(interpreter: &Interpreter) -> String {
    format!("{} is free-threaded, and runs with its GIL enabled", interpreter.executable.display())
}
