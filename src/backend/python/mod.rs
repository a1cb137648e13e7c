//! The runtime `python3`: CPython, opened at run time.
//!
//! Nothing here is linked against Python. The interpreter that is in the process, or the one that
//! is found on the machine, is bound by name as one table, [`api::Api`]; one build serves every
//! version. There is one interpreter per process, and it is never finalised.

mod api;
mod arguments;
mod attribute;
mod callback;
mod convert;
mod describe;
mod doctor;
mod end;
mod entity;
mod error;
mod find;
mod function;
mod gil;
mod host_callable;
mod hosted;
mod inbound;
mod inferred;
mod library;
mod module;
mod object;
mod released;
mod returns;
mod runtime;
mod start;
mod support;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod version;

use std::sync::Arc;

use super::{Finding, OptionSpec, Options, Result, Runtime};

/// The runtime's name.
pub const NAME: &str = "python3";

/// The language Python.
pub struct Backend;

const OPTIONS: [OptionSpec; 4] = [
    OptionSpec { key: "library", help: "the libpython to open: a file, or a name to search for" },
    OptionSpec { key: "interpreter", help: "the python executable whose libpython is opened" },
    OptionSpec { key: "venv", help: "the directory of the virtual environment to activate" },
    OptionSpec { key: "version", help: "what the version must be, such as >=3.10,<3.14" },
];

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        NAME
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["python"]
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
