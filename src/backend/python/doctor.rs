//! The interpreters on this machine, and which of them can be embedded.

use std::collections::HashSet;

use super::find::{self, Interpreter, Place};
use crate::backend::Finding;
use crate::error::Result;

/// One that can be embedded is enough.
const WHAT: &str = "Python";

/// Every interpreter, in the order in which they would be taken.
pub(super) fn findings() -> Vec<Finding> {
    let mut asked = HashSet::new();
    let mut listed = HashSet::new();
    let mut findings = Vec::new();
    for place in find::all() {
        if !asked.insert(place.executable.clone()) {
            continue;
        }
        let interpreter = Interpreter::ask(&place.executable);
        let is_new = interpreter.as_ref().map_or(true, |one| listed.insert(one.identity()));
        if is_new {
            findings.push(finding(interpreter, &place));
        }
    }
    if findings.is_empty() {
        findings.push(Finding {
            what: WHAT.to_owned(),
            usable: false,
            path: None,
            version: None,
            advice: Some("no python3 is found; on Debian: apt install libpython3-dev".to_owned()),
        });
    }
    findings
}

fn finding(interpreter: Result<Interpreter>, place: &Place) -> Finding {
    let what = WHAT.to_owned();
    match interpreter {
        Ok(interpreter) => {
            let library = interpreter.library();
            Finding {
                what,
                usable: library.is_ok(),
                path: Some(interpreter.executable.display().to_string()),
                version: Some(interpreter.version().to_string()),
                advice: library.err().map(|error| error.message().to_owned()),
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
