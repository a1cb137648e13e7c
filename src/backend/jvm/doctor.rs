//! The JVMs on this machine, and which of them can be started.

use std::path::PathBuf;

use super::find;
use super::installation::{ADVICE, Installation};
use crate::backend::Finding;

const WHAT: &str = "Java";

/// Every installation, in the order in which they would be taken.
pub(super) fn findings() -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        find::empty_variables().map(empty).chain(find::all().iter().map(finding)).collect();
    if findings.is_empty() {
        let advice = Some(format!("no Java is found; {ADVICE}"));
        findings.push(Finding { what: WHAT.to_owned(), advice, ..Finding::default() });
    }
    findings
}

fn finding(one: &Installation) -> Finding {
    let library = one.library();
    Finding {
        usable: library.is_ok(),
        path: Some(one.home.display().to_string()),
        version: one.version.map(|version| version.to_string()),
        origin: Some(one.origin.to_owned()),
        advice: library.err().map(|error| error.message().to_owned()),
        what: WHAT.to_owned(),
    }
}

/// A variable that names a directory without Java.
fn empty((name, home): (&str, PathBuf)) -> Finding {
    Finding {
        what: WHAT.to_owned(),
        path: Some(home.display().to_string()),
        origin: Some(name.to_owned()),
        advice: Some(format!("{name}: there is no Java in {}", home.display())),
        ..Finding::default()
    }
}
