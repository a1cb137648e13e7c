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
            advice: Some(
                "no python3 is found; on Debian: apt install python3 libpython3-dev".to_owned(),
            ),
            ..Finding::default()
        });
    }
    findings
}

fn finding(interpreter: Result<Interpreter>, place: &Candidate) -> Finding {
    let (what, origin) = (WHAT.to_owned(), Some(place.origin.to_owned()));
    match interpreter {
        Ok(interpreter) => {
            let library = interpreter.library();
            Finding {
                what,
                origin,
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
            origin,
            path: Some(place.executable.display().to_string()),
            advice: Some(error.message().to_owned()),
            ..Finding::default()
        },
    }
}

fn free_threaded(interpreter: &Interpreter) -> String {
    format!("{} is free-threaded, and runs with its GIL enabled", interpreter.executable.display())
}
