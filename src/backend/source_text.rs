//! [`SourceText`]: what a module is asked to run.

use crate::abi::metaffi_value;
use crate::handle::Key;

/// Source text in a runtime's language.
#[derive(Clone, Copy)]
pub struct SourceText<'a> {
    /// The text.
    pub text: &'a str,
    /// What it is called in traces; if nothing, a name of its own.
    pub file: Option<&'a str>,
    /// Where it runs; if nowhere, in the module's own namespace.
    pub namespace: Option<Key>,
    /// Names that it finds first, with their values. If there are any, what it defines of its own is
    /// among them, and gone when it has run.
    pub locals: &'a [(&'a str, &'a metaffi_value)],
    /// Whether the value of the last expression is asked for.
    pub asks_value: bool,
}

impl<'a> SourceText<'a> {
    /// Text that runs in the module's own namespace.
    pub fn new(text: &'a str) -> SourceText<'a> {
        SourceText { text, file: None, namespace: None, locals: &[], asks_value: false }
    }
}

// SAFETY: the values are borrowed by whoever waits until the text has run.
unsafe impl Send for SourceText<'_> {}
// SAFETY: as above; they are only read.
unsafe impl Sync for SourceText<'_> {}
