//! The classes that are checked in are those of the sources: the compiler that made them makes them again.

#[path = "support/jdk.rs"]
mod jdk;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The files of a directory and its directories by their paths in it.
fn files(of: &Path) -> BTreeMap<String, Vec<u8>> {
    let kinds = ["base", "ffm", "compiler"].map(|kind| fs::read_dir(of.join(kind)).unwrap());
    let paths = kinds.into_iter().flatten().map(|entry| entry.unwrap().path());
    let named = |path: &Path| path.strip_prefix(of).unwrap().to_str().unwrap().to_owned();
    paths.map(|path| (named(&path), fs::read(&path).unwrap())).collect()
}

#[test]
fn compiled_classes_are_those_of_the_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let checked_in = root.join("src/backend/jvm/classes");
    let version = fs::read_to_string(checked_in.join("javac.txt")).unwrap();
    let same = |home: &&std::path::PathBuf| {
        jdk::compiler_version(home).is_some_and(|found| found == version.trim())
    };
    let homes = jdk::homes();
    let Some(home) = homes.iter().find(same) else {
        eprintln!("skipped: the compiler that made the classes, {}, is not here", version.trim());
        return;
    };
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("java_classes");
    let script =
        Command::new(root.join("scripts/build_java.sh")).arg(&made).env("JAVA_HOME", home).status();
    assert!(script.unwrap().success());
    let (made, checked_in) = (files(&made), files(&checked_in));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&made), names(&checked_in));
    let differ: Vec<_> = made.iter().filter(|(name, bytes)| checked_in[*name] != **bytes).collect();
    let differ: Vec<_> = differ.into_iter().map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "others by scripts/build_java.sh: {differ:?}");
}
