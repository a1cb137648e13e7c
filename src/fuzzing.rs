//! What the fuzzer runs, as plain functions: `fuzz/` feeds them random bytes, and a test feeds
//! them the corpus.

use crate::backend::c::declare::Declarations;

/// Declares the bytes as text. An error must leave nothing, a success must be repeatable.
pub fn declarations(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let declarations = Declarations::default();
    match declarations.declare(text, "fuzz") {
        Ok(()) => {
            let found = declarations.declarations();
            for declaration in &found {
                assert!(declarations.get(&declaration.name).is_ok(), "{}", declaration.name);
            }
        }
        Err(_) => {
            assert!(declarations.declarations().is_empty() && declarations.tags().is_empty());
        }
    }
    // Either kind of text, type name or expression, only must not panic.
    let _ = declarations.declare_preprocessed(text, "fuzz");
    let _ = declarations.parse_type(text);
    let _ = declarations.evaluate(text);
}
