//! [`Doctor`]: what every runtime needs, and whether it is here.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use metaffi::backend::{Backend, Finding, registry};
use metaffi::error::Result;
use serde::Serialize;

use crate::failure::Failure;
use crate::listing;

/// Show what each runtime needs, and whether it is here
///
/// Exits with 0 if every need is met, and with 1 if something is missing. Several findings of one
/// name are a choice, of which one is enough.
#[derive(Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The runtimes to look at; without any, all
    runtimes: Vec<String>,
}

/// What was found of one runtime.
#[derive(Serialize)]
struct Examination {
    runtime: &'static str,
    findings: Vec<Finding>,
}

impl Doctor {
    /// Prints what is here, and what is not.
    pub fn run(&self, out: &mut impl Write) -> std::result::Result<ExitCode, Failure> {
        let examinations: Vec<Examination> =
            self.backends()?.into_iter().map(Examination::of).collect();
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &examinations)?;
            writeln!(out)?;
        } else {
            print(&examinations, out)?;
        }
        let missing = findings(&examinations).any(|(runtime, needed)| {
            !findings(&examinations).any(|(other, finding)| {
                other == runtime && finding.what == needed.what && finding.usable
            })
        });
        Ok(if missing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn backends(&self) -> Result<Vec<&'static dyn Backend>> {
        match self.runtimes.as_slice() {
            [] => Ok(registry::all().to_vec()),
            names => names.iter().map(|name| registry::find(name)).collect(),
        }
    }
}

impl Examination {
    fn of(backend: &dyn Backend) -> Examination {
        Examination { runtime: backend.name(), findings: backend.doctor() }
    }
}

fn findings(examinations: &[Examination]) -> impl Iterator<Item = (&str, &Finding)> {
    examinations.iter().flat_map(|examination| {
        examination.findings.iter().map(|finding| (examination.runtime, finding))
    })
}

/// A line for each finding, and below them what to do about what is missing.
fn print(examinations: &[Examination], out: &mut impl Write) -> io::Result<()> {
    let rows = findings(examinations).map(|(runtime, finding)| {
        let state = if finding.usable { "found" } else { "missing" };
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let [version, path, origin] =
            [&finding.version, &finding.path, &finding.origin].map(optional);
        [runtime.to_owned(), finding.what.clone(), state.to_owned(), version, path, origin]
    });
    write!(
        out,
        "{}",
        listing::lines(["RUNTIME", "NEEDS", "STATE", "VERSION", "PATH", "BY"], rows)
    )?;
    for (runtime, finding) in findings(examinations) {
        if let Some(advice) = &finding.advice {
            writeln!(out, "{runtime}: {}: {advice}", finding.what)?;
        }
    }
    Ok(())
}
