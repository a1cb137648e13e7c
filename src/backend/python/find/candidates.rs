//! Where interpreters are, in the order in which they are looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::environment::{absolute, executable_in, of_project};
use crate::kit::Version;

/// An executable that may be an interpreter, and how it was come by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The executable.
    pub executable: PathBuf,
    /// Where it comes from, in words.
    pub origin: &'static str,
    /// Whether somebody chose it: then it is used or refused, never passed over.
    pub chosen: bool,
}

const NEWEST_MINOR: u8 = 15;
const OLDEST_MINOR: u8 = 9;
const OLDEST_FREE_THREADED: u8 = 13;

/// Every place; lazy, so that a search ends at the first that fits.
pub fn all() -> impl Iterator<Item = Candidate> {
    chosen().into_iter().chain(on_path()).chain(managed()).chain(system())
}

/// What the environment variables and the project choose.
pub fn chosen() -> Vec<Candidate> {
    let place = |executable: PathBuf, origin| Candidate { executable, origin, chosen: true };
    let in_variable = |name: &'static str| {
        let directory = absolute(Path::new(&variable(name)?));
        Some(place(executable_in(&directory).unwrap_or(directory), name))
    };
    let project = of_project()
        .map(|directory| place(executable_in(&directory).unwrap_or(directory), ".venv"));
    [
        in_variable("METAFFI_PYTHON"),
        in_variable("VIRTUAL_ENV"),
        in_variable("CONDA_PREFIX"),
        project,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `python3` on PATH, and those with a version in their name.
fn on_path() -> impl Iterator<Item = Candidate> {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories: Vec<PathBuf> = env::split_paths(&path).collect();
    names().flat_map(move |name| {
        let found = directories.iter().map(|directory| directory.join(&name));
        found.filter(|file| file.is_file()).map(|file| passing(file, "PATH")).collect::<Vec<_>>()
    })
}

/// A name on PATH, or a path.
pub fn resolve(name: &str) -> PathBuf {
    let path = Path::new(name);
    if path.components().count() > 1 {
        return absolute(path);
    }
    let search = env::var_os("PATH").unwrap_or_default();
    let mut found = env::split_paths(&search).map(|directory| directory.join(name));
    found.find(|file| file.is_file()).unwrap_or_else(|| path.to_path_buf())
}

/// What version managers installed, the newest first.
fn managed() -> impl Iterator<Item = Candidate> {
    let home = |rest: &str| Some(Path::new(&variable("HOME")?).join(rest));
    let versions = [
        (variable("UV_PYTHON_INSTALL_DIR").map(PathBuf::from), "uv"),
        (home(".local/share/uv/python"), "uv"),
        (variable("PYENV_ROOT").map(|root| Path::new(&root).join("versions")), "pyenv"),
        (home(".pyenv/versions"), "pyenv"),
        (home("miniconda3/envs"), "conda"),
        (home("miniforge3/envs"), "conda"),
        (home("anaconda3/envs"), "conda"),
    ];
    let single = ["miniconda3", "miniforge3", "anaconda3"].map(home);
    let single = single.into_iter().flatten().chain([PathBuf::from("/opt/conda")]);
    let single: Vec<PathBuf> = single.collect();
    versions
        .into_iter()
        .filter_map(|(directory, origin)| Some((directory?, origin)))
        .flat_map(|(directory, origin)| {
            newest_first(&directory).into_iter().map(move |version| (version, origin))
        })
        .chain(single.into_iter().chain(of_conda()).map(|directory| (directory, "conda")))
        .filter_map(|(directory, origin)| Some(passing(executable_in(&directory)?, origin)))
}

/// The installations and environments that conda has noted, wherever they are.
fn of_conda() -> Vec<PathBuf> {
    let noted = variable("HOME").map(|home| Path::new(&home).join(".conda/environments.txt"));
    let installed = variable("CONDA_EXE").map(PathBuf::from);
    let base = installed.and_then(|file| Some(file.parent()?.parent()?.to_path_buf()));
    let noted = noted.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    base.into_iter().chain(noted.lines().map(|line| PathBuf::from(line.trim()))).collect()
}

/// Where the system and its package managers put interpreters.
fn system() -> impl Iterator<Item = Candidate> {
    const PLACES: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"];
    const FRAMEWORK: &str = "/Library/Frameworks/Python.framework/Versions";
    let framework = newest_first(Path::new(FRAMEWORK)).into_iter().map(|v| v.join("bin"));
    let directories: Vec<PathBuf> =
        PLACES.into_iter().map(PathBuf::from).chain(framework).collect();
    directories.into_iter().flat_map(|directory| {
        let files = names().map(move |name| directory.join(name));
        files.filter(|file| file.is_file()).map(|file| passing(file, "system"))
    })
}

fn passing(executable: PathBuf, origin: &'static str) -> Candidate {
    Candidate { executable, origin, chosen: false }
}

/// `python3`, `python3.15`, `python3.14` and so on, then `python3.15t` and so on.
fn names() -> impl Iterator<Item = String> {
    let versions = |oldest: u8| (oldest..=NEWEST_MINOR).rev();
    let ordinary = versions(OLDEST_MINOR).map(|minor| format!("python3.{minor}"));
    let free_threaded = versions(OLDEST_FREE_THREADED).map(|minor| format!("python3.{minor}t"));
    std::iter::once("python3".to_owned()).chain(ordinary).chain(free_threaded)
}

/// The directories in a directory, by the version in their names.
fn newest_first(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = directory.read_dir() else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort_by_cached_key(|path| std::cmp::Reverse((version_of(path), path.clone())));
    paths
}

/// The version in a name such as `3.12.1` or `cpython-3.12.1-linux-x86_64-gnu`.
fn version_of(path: &Path) -> Option<Version> {
    let name = path.file_name()?.to_str()?;
    Version::parse(&name[name.find(|c: char| c.is_ascii_digit())?..])
}

/// An environment variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["3.9.18", "3.13.0", "3.10.13", "cpython-3.12.1-linux-x86_64-gnu"] {
            std::fs::create_dir(directory.path().join(name)).unwrap();
        }
        let names: Vec<String> = newest_first(directory.path())
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["3.13.0", "cpython-3.12.1-linux-x86_64-gnu", "3.10.13", "3.9.18"]);
    }

    #[test]
    fn a_name_is_searched_for_and_a_path_is_taken() {
        assert!(resolve("sh").is_absolute());
        assert_eq!(resolve("/no/such/python"), Path::new("/no/such/python"));
        assert!(resolve("./python").ends_with("python"));
        assert!(resolve("./python").is_absolute());
    }
}
