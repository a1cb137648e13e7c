//! The system's compilers of C and C++: libraries for tests, and the oracle, a program of print
//! statements and what it prints.
#![allow(dead_code, reason = "no test uses all of it")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles a file of C or, by its name, C++; returns where in `directory` is what came out.
pub(crate) fn compile(directory: &Path, source: &Path, options: &[&str]) -> PathBuf {
    let (variable, default, standard) = match source.extension().is_some_and(|end| end == "cpp") {
        true => ("CXX", "c++", "-std=c++17"),
        false => ("CC", "cc", "-std=gnu17"),
    };
    let compiler = env::var(variable).unwrap_or_else(|_| default.to_owned());
    let output = directory.join("output");
    let result = Command::new(&compiler)
        .args([standard, "-w", "-Wno-psabi", "-o"])
        .args([&output, source])
        .args(options)
        .output()
        .unwrap_or_else(|error| panic!("{compiler}: {error}; install a compiler of C and C++"));
    let messages = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{compiler} refused the source:\n{messages}");
    output
}

/// Compiles C that is given as text.
pub(crate) fn compile_text(directory: &Path, text: &str, options: &[&str]) -> PathBuf {
    let source = directory.join("input.c");
    fs::write(&source, text).unwrap();
    compile(directory, &source, options)
}

/// Compiles a guest of `tests/guests` as a shared library.
pub(crate) fn compile_guest(directory: &Path, name: &str, options: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests").join(name);
    compile(directory, &source, &[&["-shared", "-fPIC"], options].concat())
}

/// Compiles a C program with these options, runs it and returns its standard output.
pub(crate) fn run_c(program: &str, options: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let binary = compile_text(directory.path(), program, options);
    let output = Command::new(&binary).output().unwrap();
    assert!(output.status.success(), "the oracle fails: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
