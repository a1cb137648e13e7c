use serde_json::Value;

use crate::run::{Outcome, metaffi, printed, refused, run};

/// A run where no compiler is installed.
fn without_compiler(arguments: &[&str]) -> Outcome {
    let mut command = metaffi();
    command.args(arguments).env("PATH", "/nonexistent").env_remove("CC");
    command.output().unwrap().into()
}

#[test]
fn what_is_here_is_listed() {
    let lines = printed(&["doctor"]);
    assert!(lines.starts_with("RUNTIME  NEEDS       STATE"), "{lines}");
    assert!(lines.contains("c        C library   found"), "{lines}");
    assert!(lines.contains("c        C compiler  found"), "{lines}");
    assert!(lines.contains("python3  Python      found"), "{lines}");
    let lines = printed(&["doctor", "c"]);
    assert!(lines.contains("C compiler  found"), "{lines}");
    assert!(!lines.contains("python3"), "{lines}");
}

#[test]
fn what_is_missing_comes_with_advice_and_exits_with_1() {
    let outcome = without_compiler(&["doctor"]);
    assert_eq!((outcome.code, &*outcome.err), (Some(1), ""));
    assert!(outcome.out.contains("c        C compiler  missing\n"), "{}", outcome.out);
    assert!(outcome.out.contains("\nc: C compiler: headers cannot be loaded"), "{}", outcome.out);
}

#[test]
fn json_has_a_finding_for_each_need() {
    let report: Value = serde_json::from_str(&printed(&["doctor", "--json"])).unwrap();
    let findings = report[0]["findings"].as_array().unwrap();
    assert_eq!(report[0]["runtime"], "c");
    assert!(findings.iter().all(|finding| finding["usable"] == true));
    let outcome = without_compiler(&["doctor", "--json", "c"]);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let compiler = &report[0]["findings"][1];
    assert_eq!((outcome.code, &compiler["usable"]), (Some(1), &Value::Bool(false)));
    assert!(compiler["advice"].as_str().unwrap().contains("apt install gcc"));
}

#[test]
fn an_unknown_runtime_is_refused() {
    let message = refused(1, &["doctor", "cobol"]);
    assert!(message.starts_with("metaffi: there is no runtime \"cobol\""), "{message}");
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(printed(&["--version"]), concat!("metaffi ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_wrong_command_exits_with_2() {
    assert!(refused(2, &[]).contains("Usage: metaffi"));
    assert!(refused(2, &["docter"]).contains("'doctor'"));
    assert!(refused(2, &["doctor", "--xml"]).contains("'--xml'"));
    assert_eq!(run(&["--help"]).code, Some(0));
}
