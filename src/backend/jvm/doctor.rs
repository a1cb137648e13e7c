//! The JVMs on this machine, and which of them can be started.

use super::find;
use crate::backend::Finding;

const WHAT: &str = "Java";

/// Every installation, in the order in which they would be taken.
pub(super) fn findings() -> Vec<Finding> {
    let found = find::all().into_iter().map(|one| {
        let library = one.library();
        Finding {
            what: WHAT.to_owned(),
            usable: library.is_ok(),
            path: Some(one.home.display().to_string()),
            version: Some(one.spelled_version()),
            advice: library.err().map(|error| error.message().to_owned()),
        }
    });
    let findings: Vec<Finding> = found.collect();
    match findings.is_empty() {
        false => findings,
        true => vec![Finding {
            what: WHAT.to_owned(),
            usable: false,
            path: None,
            version: None,
            advice: Some(
                "no Java is found; on Debian: apt install default-jre-headless".to_owned(),
            ),
        }],
    }
}
