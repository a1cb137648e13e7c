//! The system's C compiler as the oracle: a program of print statements, and what it prints.

use std::fs;
use std::process::Command;

/// Compiles a C program with these options, runs it and returns its standard output.
pub(crate) fn run_c(program: &str, options: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("oracle.c");
    let binary = directory.path().join("oracle");
    fs::write(&source, program).unwrap();
    let compiled = Command::new("cc")
        .args(["-std=gnu17", "-w", "-O0"])
        .args(options)
        .arg("-o")
        .args([&binary, &source])
        .output()
        .expect("a C compiler");
    let complaint = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "the oracle does not compile:\n{complaint}");
    let output = Command::new(&binary).output().unwrap();
    assert!(output.status.success(), "the oracle fails: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
