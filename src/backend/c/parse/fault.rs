//! [`Fault`]: a problem at a byte of the text being read, before it becomes an error with a place.

use crate::error::{Error, Status};

use super::lexer::Malformed;
use super::position::Source;

/// What goes wrong while a text is read.
#[derive(Debug)]
pub(crate) struct Fault(Box<Content>);

#[derive(Debug)]
struct Content {
    at: u32,
    status: Status,
    message: String,
}

/// The result of reading.
pub(crate) type Parse<T> = Result<T, Fault>;

impl Fault {
    /// A violation of the grammar or of a constraint of C at an offset.
    #[cold]
    pub(crate) fn new(at: u32, message: impl Into<String>) -> Fault {
        Fault::with_status(Status::Syntax, at, message)
    }

    /// Something C has and this crate does not.
    #[cold]
    pub(crate) fn unsupported(at: u32, message: impl Into<String>) -> Fault {
        Fault::with_status(Status::Unsupported, at, message)
    }

    /// A refusal by the type model.
    #[cold]
    pub(crate) fn of(at: u32, error: &Error) -> Fault {
        let status = match error.status() {
            Status::Unsupported | Status::OutOfRange | Status::OutOfMemory => error.status(),
            _ => Status::Syntax,
        };
        Fault::with_status(status, at, error.message())
    }

    fn with_status(status: Status, at: u32, message: impl Into<String>) -> Fault {
        Fault(Box::new(Content { at, status, message: message.into() }))
    }

    /// Whether the text is right, but needs what is not supported.
    pub(crate) fn is_unsupported(&self) -> bool {
        self.0.status == Status::Unsupported
    }

    /// What went wrong, without the place.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The error with its place in the source.
    pub(crate) fn locate(self, source: &Source) -> Error {
        let location = source.location(self.0.at);
        Error::new(self.0.status, format!("{location}: {}", self.0.message))
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Fault {
        Fault::new(malformed.at as u32, malformed.problem)
    }
}
