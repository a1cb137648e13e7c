//! The shims of pyenv: scripts on PATH that run the version that is active where they are run.

use std::path::Path;

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

#[cfg(test)]
mod tests {
    use super::*;

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
