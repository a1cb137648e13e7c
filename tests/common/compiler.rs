//! The system's C compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles `source` in `directory` and returns the path of what came out.
pub(crate) fn compile(directory: &Path, source: &str, options: &[&str]) -> PathBuf {
    let input = directory.join("input.c");
    let output = directory.join("output");
    std::fs::write(&input, source).expect("the source can be written");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let result = Command::new(&compiler)
        .args(["-std=gnu11", "-w", "-Wno-psabi"])
        .args(options)
        .arg(&input)
        .arg("-o")
        .arg(&output)
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}; install a C compiler"));
    let messages = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{compiler} refused the source:\n{messages}");
    output
}
