//! The examples of the documentation, run as they are written.

use crate::run::shell;

#[test]
fn examples_print_what_they_show() {
    let document = include_str!("../../docs/cli.md");
    let sessions = document.split("```console\n").skip(1).map(|rest| rest.split("```").next());
    let examples: Vec<&str> =
        sessions.flat_map(|session| session.expect("a block ends").split("$ ").skip(1)).collect();
    assert!(examples.len() >= 5, "the examples are gone");
    for example in examples {
        let (line, shown) = example.split_once('\n').expect("a line of its own");
        let outcome = shell(&format!("{line} 2>&1"));
        assert_eq!(outcome.out, shown, "{line}");
    }
}
