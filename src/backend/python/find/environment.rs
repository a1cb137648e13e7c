//! Virtual environments: active ones, and that of the project around the working directory.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The executable of an environment or installation: `bin/python3` in its directory.
pub fn executable_in(directory: &Path) -> Option<PathBuf> {
    const PLACES: [&str; 3] = ["bin/python3", "Scripts/python.exe", "python.exe"];
    PLACES.iter().map(|place| directory.join(place)).find(|file| file.is_file())
}

/// The executable of the environment that option `venv` names.
pub fn given(directory: &str) -> Result<PathBuf> {
    let path = absolute(Path::new(directory));
    if !path.join("pyvenv.cfg").is_file() && !path.join("conda-meta").is_dir() {
        return Err(Error::not_found(format!(
            "option venv is \"{directory}\", which is no virtual environment: there is no \
                 pyvenv.cfg in it; make one with `python3 -m venv {directory}`"
        )));
    }
    executable_in(&path).ok_or_else(|| {
        Error::load_failed(format!(
            "the virtual environment \"{directory}\" has no interpreter any more (was the \
                 Python it was made with removed?); make it again with \
                 `python3 -m venv --clear {directory}`"
        ))
    })
}

/// The environment of the project that the working directory is in: the nearest `.venv`.
pub fn of_project() -> Option<PathBuf> {
    let directory = std::env::current_dir().ok()?;
    directory
        .ancestors()
        .map(|ancestor| ancestor.join(".venv"))
        .find(|environment| environment.join("pyvenv.cfg").is_file())
}

/// A path that does not depend on the working directory. Links are not followed: a virtual
/// environment's executable is one.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
