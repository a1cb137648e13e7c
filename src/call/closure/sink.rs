use std::fmt::Write as _;
use std::sync::Arc;

use crate::error::Error;

/// Who is told of failures: there is no caller to return them to. By default, they are printed to
/// standard error.
#[derive(Clone, Default)]
pub struct ErrorSink {
    report: Option<Arc<dyn Fn(&Error)>>,
    pub(super) at_once: bool,
}

// SAFETY: whoever makes a sink vouches that it may be called from any thread.
unsafe impl Send for ErrorSink {}
// SAFETY: as above.
unsafe impl Sync for ErrorSink {}

impl ErrorSink {
    /// A sink that may be called from any thread, whatever it captures.
    pub fn new(report: impl Fn(&Error) + 'static) -> ErrorSink {
        ErrorSink { report: Some(Arc::new(report)), at_once: false }
    }

    /// The same sink, told of failures before the runtime's lock is given up that the failing
    /// function has taken: it waits for nobody.
    #[must_use]
    pub fn at_once(self) -> ErrorSink {
        ErrorSink { at_once: true, ..self }
    }

    pub(super) fn is_default(&self) -> bool {
        self.report.is_none()
    }

    pub(super) fn report(&self, error: &Error) {
        match &self.report {
            Some(report) => report(error),
            None => print(error),
        }
    }
}

/// Says it on standard error, if there is one: that may be closed, or nobody may be reading.
fn print(error: &Error) {
    let mut line = String::new();
    let _ =
        writeln!(line, "metaffi: a callback failed, and zero was returned to its caller: {error}");
    crate::standard_error::write(&line);
}
