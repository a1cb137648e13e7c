//! What interpreters have said of themselves: asking takes a process, and a search asks many.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::interpreter::Interpreter;
use super::shim;
use crate::error::Result;
use crate::fork::Lock;

/// What an executable is known by: its file, and the link to it if it is one.
#[derive(PartialEq, Eq, Debug)]
struct Stamp([Option<(SystemTime, u64)>; 2]);

static KNOWN: Lock<Option<HashMap<PathBuf, (Stamp, Interpreter)>>> = Lock::new(None);

/// What an executable says of itself, asked once as long as its file stays the same.
pub fn ask(executable: &Path) -> Result<Interpreter> {
    let known = || KNOWN.lock();
    let stamp = Stamp::of(executable);
    if let Some((asked, interpreter)) = known().get_or_insert_default().get(executable)
        && *asked == stamp
    {
        return Ok(interpreter.clone());
    }
    let interpreter = Interpreter::ask(executable)?;
    // Which interpreter a shim runs is decided anew each time.
    if !shim::is_shim(executable) {
        let entry = (stamp, interpreter.clone());
        known().get_or_insert_default().insert(executable.to_path_buf(), entry);
    }
    Ok(interpreter)
}

impl Stamp {
    fn of(executable: &Path) -> Stamp {
        let link = executable.symlink_metadata();
        Stamp([link, executable.metadata()].map(|metadata| {
            let metadata = metadata.ok()?;
            Some((metadata.modified().ok()?, inode(&metadata)))
        }))
    }
}

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;
    use std::time::Duration;

    use super::*;

    /// An executable that notes each time it is run.
    fn counting(directory: &Path) -> PathBuf {
        let executable = directory.join("python3");
        let noted = directory.join("noted");
        let script = format!("echo run >> '{}'\nexec /usr/bin/python3 \"$@\"\n", noted.display());
        let made = Command::new("sh")
            .args(["-c", "printf '#!/bin/sh\\n%s' \"$1\" > \"$0\" && chmod +x \"$0\""])
            .arg(&executable)
            .arg(script)
            .status();
        assert!(made.unwrap().success());
        executable
    }

    fn runs(directory: &Path) -> usize {
        fs::read_to_string(directory.join("noted")).map_or(0, |text| text.lines().count())
    }

    #[test]
    fn an_executable_is_asked_once_until_its_file_changes() {
        let directory = tempfile::tempdir().unwrap();
        let executable = counting(directory.path());
        let version = ask(&executable).unwrap().version();
        assert_eq!(ask(&executable).unwrap().version(), version);
        assert_eq!(runs(directory.path()), 1);
        let modified = SystemTime::now() + Duration::from_secs(5);
        fs::File::open(&executable).unwrap().set_modified(modified).unwrap();
        ask(&executable).unwrap();
        assert_eq!(runs(directory.path()), 2);
    }

    #[test]
    fn a_shim_and_a_failure_are_asked_each_time() {
        let directory = tempfile::tempdir().unwrap();
        let shims = directory.path().join("shims");
        fs::create_dir(&shims).unwrap();
        fs::create_dir(directory.path().join("versions")).unwrap();
        let shim = counting(&shims);
        ask(&shim).unwrap();
        ask(&shim).unwrap();
        assert_eq!(runs(&shims), 2);
        let failing = directory.path().join("failing");
        assert!(ask(&failing).is_err());
        fs::rename(&shim, &failing).unwrap();
        ask(&failing).unwrap();
    }
}
