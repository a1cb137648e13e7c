//! [`ErrorSink`]: who hears of failures that no call can report.

use std::sync::Arc;

use crate::error::Error;

/// Who is told of failures that are not left to the call that runs the C code.
#[derive(Clone)]
pub struct ErrorSink(Arc<dyn Fn(&Error)>);

// SAFETY: whoever makes a sink vouches that it may be called from any thread.
unsafe impl Send for ErrorSink {}
// SAFETY: as above.
unsafe impl Sync for ErrorSink {}

impl ErrorSink {
    /// A sink that may be called from any thread, whatever it captures.
    pub fn new(report: impl Fn(&Error) + 'static) -> ErrorSink {
        ErrorSink(Arc::new(report))
    }

    pub(in crate::call) fn report(&self, error: &Error) {
        (self.0)(error);
    }
}
