//! The shims of pyenv: scripts on PATH that run the version that is active where they are run.

use std::fs;
use std::path::{Path, PathBuf};

/// Whether a file is a shim.
pub fn is_shim(executable: &Path) -> bool {
    let Some(directory) = executable.parent() else { return false };
    directory.file_name().is_some_and(|name| name == "shims")
        && directory.parent().is_some_and(|root| root.join("versions").is_dir())
}

/// Whether a file is a shim for one version, such as `python3.9`. It fails unless that version is
/// active, and the versions themselves are found without it.
pub fn is_shim_of_a_version(executable: &Path) -> bool {
    is_shim(executable) && executable.file_name().is_some_and(|name| name != "python3")
}

/// What a shim runs here: the program of the same name in the version that is active, if that is one
/// installed version.
pub fn target(shim: &Path) -> Option<PathBuf> {
    let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
    let root = shim.parent()?.parent()?;
    let active = match variable("PYENV_VERSION") {
        Some(version) => version,
        None => {
            let start = variable("PYENV_DIR").map(PathBuf::from);
            active_in(root, &start.map_or_else(std::env::current_dir, Ok).ok()?)?
        }
    };
    program_of(shim, root, &active)
}

/// The text that says which version is active in a directory: of the nearest file, or of the root.
fn active_in(root: &Path, directory: &Path) -> Option<String> {
    let local = directory.ancestors().map(|directory| directory.join(".python-version"));
    local.chain([root.join("version")]).find_map(|file| fs::read_to_string(file).ok())
}

/// The program of a shim in a version, unless the text says more or something else.
fn program_of(shim: &Path, root: &Path, active: &str) -> Option<PathBuf> {
    let version = active.trim();
    let is_one = !version.is_empty() && !version.contains(['/', '#', ':', ' ', '\n', '\t']);
    let program = root.join("versions").join(version).join("bin").join(shim.file_name()?);
    (is_one && program.is_file()).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shim_runs_the_one_version_that_is_active() {
        let root = tempfile::tempdir().unwrap();
        let (shim, bin) =
            (root.path().join("shims/python3"), root.path().join("versions/3.9.18/bin"));
        fs::create_dir_all(shim.parent().unwrap()).unwrap();
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("python3"), "").unwrap();
        let directory = root.path().join("shims");
        let active = |text: &str| {
            fs::write(directory.join(".python-version"), text).unwrap();
            program_of(&shim, root.path(), &active_in(root.path(), &directory)?)
        };
        assert_eq!(active("3.9.18\n"), Some(bin.join("python3")));
        for other in ["system", "3.9.18:3.11.2", "3.9.18\n3.11.2\n", "", "../shims", "# 3.9.18"] {
            assert_eq!(active(other), None, "{other}");
        }
    }

    #[test]
    fn a_shim_is_known_by_its_place() {
        let root = tempfile::tempdir().unwrap();
        let shims = root.path().join("shims");
        assert!(!is_shim(&shims.join("python3")));
        std::fs::create_dir(root.path().join("versions")).unwrap();
        assert!(is_shim(&shims.join("python3")) && is_shim(&shims.join("python3.9")));
        assert!(!is_shim(&root.path().join("versions/3.9.18/bin/python3")));
        assert!(is_shim_of_a_version(&shims.join("python3.9")));
        assert!(!is_shim_of_a_version(&shims.join("python3")));
    }
}
