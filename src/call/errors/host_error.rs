//! [`HostError`]: what a host knows of a failure of its own.

use crate::error::{ForeignError, Result, StackFrame};
use crate::handle::{self, HandleKind, Key};

/// A failure of a host's own.
#[derive(Default)]
pub struct HostError {
    /// The type of its exception.
    pub type_name: String,
    /// The stack as its language prints it.
    pub trace: String,
    /// The stack, innermost frame last.
    pub frames: Vec<StackFrame>,
    /// The exception itself.
    pub original: Option<OriginalObject>,
}

/// A handle of the object that a failure is, freed with it.
pub struct OriginalObject(Key);

impl OriginalObject {
    /// Another handle of an object.
    pub fn of(object: Key) -> Result<OriginalObject> {
        handle::clone(object, HandleKind::Object).map(OriginalObject)
    }
}

impl Drop for OriginalObject {
    fn drop(&mut self) {
        let _ = handle::free(self.0, HandleKind::Object);
    }
}

impl ForeignError for HostError {
    fn type_name(&self) -> String {
        self.type_name.clone()
    }

    fn trace(&self) -> String {
        self.trace.clone()
    }

    fn frames(&self) -> Vec<StackFrame> {
        self.frames.clone()
    }

    fn original(&self) -> Option<usize> {
        let original = self.original.as_ref()?;
        handle::clone(original.0, HandleKind::Object).ok()
    }
}
