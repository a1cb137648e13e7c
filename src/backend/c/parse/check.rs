//! [`check`]: what must hold for every text, for the fuzzer and for its corpus as a test.

use super::Declarations;

/// Declares any text: nothing stays of one that fails, and every name of one that succeeds is
/// found.
///
/// # Panics
/// If that does not hold.
#[doc(hidden)]
pub fn check(text: &str) {
    let declarations = Declarations::default();
    let result = declarations.declare(text, "fuzz");
    let found = declarations.declarations();
    if result.is_err() {
        assert!(found.is_empty() && declarations.tags().is_empty(), "a failed text left something");
    }
    for declaration in &found {
        let again = declarations.get(&declaration.name).expect("a listed name is found");
        assert_eq!(again.location, declaration.location);
    }
    // As another kind of text it may be right or wrong, but must not panic.
    let _ = declarations.declare_preprocessed(text, "fuzz");
    let _ = declarations.parse_type(text);
    let _ = declarations.evaluate(text);
}
