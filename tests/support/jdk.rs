//! The JDKs of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The directories of JDKs with a compiler: the one in `JAVA_HOME` first.
pub fn homes() -> Vec<PathBuf> {
    let named = std::env::var_os("JAVA_HOME").map(PathBuf::from);
    let listed = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten();
    let mut homes: Vec<PathBuf> = named.into_iter().chain(listed.map(|one| one.path())).collect();
    homes.retain(|home| home.join("bin/javac").is_file());
    homes
}

/// What a JDK's compiler says of its version.
pub fn compiler_version(home: &Path) -> Option<String> {
    let said = Command::new(home.join("bin/javac")).arg("-version").output().ok()?;
    Some(String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).trim().to_owned())
}
