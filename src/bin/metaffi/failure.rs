//! [`Failure`]: why a command ends without success.

use std::io;
use std::process::ExitCode;

use metaffi::error::Error;

/// Why a command ends without success.
#[derive(Debug)]
pub enum Failure {
    /// The library, or the code that was called, refused.
    Refused(Error),
    /// The results could not be written.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Refused(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Output(error.into())
    }
}

impl Failure {
    /// Says it on the standard error, and with what code to exit. A reader that has had enough,
    /// such as `head`, is no failure.
    pub fn report(&self) -> ExitCode {
        match self {
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Failure::Output(error) => eprintln!("metaffi: the output cannot be written: {error}"),
            Failure::Refused(error) => eprint!("{}", text(error)),
        }
        ExitCode::FAILURE
    }
}

/// Says what is wrong with the command itself.
pub fn misused(refused: &clap::Error) -> ExitCode {
    let text = refused.to_string();
    eprint!("metaffi: {}", text.strip_prefix("error: ").unwrap_or(&text));
    ExitCode::from(2)
}

/// The message; below it the foreign exception's type and stack, and what led to it.
fn text(error: &Error) -> String {
    let mut text = format!("metaffi: {error}\n");
    if let Some(foreign) = error.foreign_error() {
        text += &format!("foreign type: {}\n", foreign.type_name());
        let trace = foreign.trace();
        if !trace.is_empty() {
            text += &format!("{}\n", trace.trim_end());
        }
    }
    let mut cause = error.cause();
    while let Some(error) = cause {
        text += &format!("caused by: {error}\n");
        cause = error.cause();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use metaffi::error::ForeignError;

    struct Raised;

    impl ForeignError for Raised {
        fn type_name(&self) -> String {
            "ValueError".to_owned()
        }
        fn trace(&self) -> String {
            "  File \"a.py\", line 1\n".to_owned()
        }
    }

    #[test]
    fn a_foreign_failure_shows_its_type_trace_and_cause() {
        let cause = Error::not_found("no such key");
        let error = Error::foreign("python3", "bad value", Box::new(Raised), Some(cause));
        assert_eq!(
            text(&error),
            "metaffi: bad value\nforeign type: ValueError\n  File \"a.py\", line 1\n\
             caused by: no such key\n"
        );
    }

    #[test]
    fn any_other_failure_is_its_message() {
        assert_eq!(text(&Error::not_found("nothing there")), "metaffi: nothing there\n");
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed.report(), ExitCode::SUCCESS);
        let full = Failure::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.report(), ExitCode::FAILURE);
    }
}
