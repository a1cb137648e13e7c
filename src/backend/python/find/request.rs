//! [`Request`]: the interpreter that the options ask for.

use std::path::PathBuf;

use super::{candidates, environment};
use crate::backend::Options;
use crate::error::{Error, Result};
use crate::kit::Constraint;

/// A constraint on versions of Python.
const EXAMPLE: &str = ">=3.10,<3.14";

/// The interpreter that the options of a load ask for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The libpython to open.
    pub library: Option<String>,
    /// The executable: that of option `interpreter`, or of the environment of option `venv`.
    pub executable: Option<PathBuf>,
    /// Whether a thread of ours is to start it.
    pub own_thread: bool,
    /// What the version must be.
    pub version: Constraint,
}

impl Request {
    /// Checks what was given.
    pub fn new(options: &Options) -> Result<Request> {
        let executable = match (options.get("interpreter"), options.get("venv")) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid(
                    "options interpreter and venv are both given: a virtual environment has an \
                     interpreter of its own, so give venv alone",
                ));
            }
            (Some(name), None) => Some(candidates::resolve(name)),
            (None, Some(directory)) => Some(environment::given(directory)?),
            (None, None) => None,
        };
        let own_thread = match options.get("thread") {
            None | Some("caller") => false,
            Some("own") => true,
            Some(other) => {
                return Err(Error::invalid(format!(
                    "option thread is \"{other}\", but there are only \"caller\" and \"own\""
                )));
            }
        };
        let version =
            options.get("version").map(|text| Constraint::parse(text, EXAMPLE)).transpose()?;
        Ok(Request {
            library: options.get("library").map(str::to_owned),
            executable,
            own_thread,
            version: version.unwrap_or_default(),
        })
    }
}
