//! The runtime `python3`: CPython, opened at run time.
//!
//! The interpreter that is in the process, or the one that is found on the machine, is used; there
//! is one per process, and it is never finalised.

mod access;
mod describe;
mod doctor;
mod end;
mod entity;
mod find;
mod hosted;
mod module;
mod runtime;
mod source;
mod start;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Finding, Nature, OptionSpec, Options, Result, Runtime};
use crate::python::{NAME, NATURE};

/// The language Python.
pub struct Backend;

const OPTIONS: [OptionSpec; 5] = [
    OptionSpec::once("library", "the libpython to open: a file, or a name to search for"),
    OptionSpec::once("interpreter", "the python executable whose libpython is opened"),
    OptionSpec::once("venv", "the directory of the virtual environment to activate"),
    OptionSpec::once(
        "thread",
        "\"own\": a thread of metaffi's starts Python and is its main one, not the \"caller\"",
    ),
    OptionSpec::once("version", "what the version must be, such as >=3.10,<3.14"),
];

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        NAME
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["python"]
    }

    fn nature(&self) -> &'static Nature {
        &NATURE
    }

    fn options(&self) -> &'static [OptionSpec] {
        &OPTIONS
    }

    fn load(&self, options: &Options) -> Result<Arc<dyn Runtime>> {
        runtime::load(options)
    }

    fn doctor(&self) -> Vec<Finding> {
        doctor::findings()
    }
}
