//! Running the program.

use std::process::{Command, Output};

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Outcome {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Outcome { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The program, with arguments still to come.
pub(crate) fn metaffi() -> Command {
    Command::new(env!("CARGO_BIN_EXE_metaffi"))
}

/// Runs the program.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    metaffi().args(arguments).output().expect("the program starts").into()
}

/// Runs a line of a shell that finds the program as `metaffi`.
pub(crate) fn shell(line: &str) -> Outcome {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_metaffi"));
    let directory = program.parent().expect("a program is in a directory").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([directory].into_iter().chain(std::env::split_paths(&path)));
    let path = path.expect("the paths were a list before");
    Command::new("sh").args(["-c", line]).env("PATH", path).output().expect("a shell").into()
}

/// The standard output of a run that must succeed in silence.
pub(crate) fn printed(arguments: &[&str]) -> String {
    let outcome = run(arguments);
    assert_eq!((outcome.code, &*outcome.err), (Some(0), ""), "{arguments:?}");
    outcome.out
}

/// The message of a run that must fail with this code and print nothing else.
pub(crate) fn refused(code: i32, arguments: &[&str]) -> String {
    let outcome = run(arguments);
    assert_eq!((outcome.code, &*outcome.out), (Some(code), ""), "{arguments:?}: {}", outcome.err);
    outcome.err
}
