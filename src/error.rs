//! [`Error`]: what went wrong, whose fault it was, and what to do next.

use std::any::Any;
use std::borrow::Cow;
use std::ffi::CStr;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::abi;
use crate::fork::Once;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The kind of a failure; the numbers are those of [`abi::metaffi_status`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u32)]
pub enum Status {
    /// An argument is outside what the function accepts.
    InvalidArgument = abi::METAFFI_STATUS_INVALID_ARGUMENT,
    /// A handle is NULL, stale, freed twice, of another kind, or no handle at all.
    InvalidHandle = abi::METAFFI_STATUS_INVALID_HANDLE,
    /// Nothing of that name exists.
    NotFound = abi::METAFFI_STATUS_NOT_FOUND,
    /// Text does not follow its grammar.
    Syntax = abi::METAFFI_STATUS_SYNTAX,
    /// A type, rank or shape is not what was declared.
    TypeMismatch = abi::METAFFI_STATUS_TYPE_MISMATCH,
    /// A value does not fit, or an index is out of bounds.
    OutOfRange = abi::METAFFI_STATUS_OUT_OF_RANGE,
    /// Malformed UTF-8, UTF-16 or UTF-32.
    InvalidText = abi::METAFFI_STATUS_INVALID_TEXT,
    /// Found, but could not be loaded.
    LoadFailed = abi::METAFFI_STATUS_LOAD_FAILED,
    /// The runtime, platform or type cannot do this.
    Unsupported = abi::METAFFI_STATUS_UNSUPPORTED,
    /// The guest's own code failed.
    Foreign = abi::METAFFI_STATUS_FOREIGN,
    /// Memory could not be allocated.
    OutOfMemory = abi::METAFFI_STATUS_OUT_OF_MEMORY,
    /// A defect in this crate.
    Internal = abi::METAFFI_STATUS_INTERNAL,
    /// Cancelled, or given up before it was done.
    Cancelled = abi::METAFFI_STATUS_CANCELLED,
    /// Not done in time.
    TimedOut = abi::METAFFI_STATUS_TIMED_OUT,
    /// No more values.
    Ended = abi::METAFFI_STATUS_ENDED,
}

impl Status {
    /// Every status, in the order of their numbers.
    pub const ALL: [Status; 15] = [
        Status::InvalidArgument,
        Status::InvalidHandle,
        Status::NotFound,
        Status::Syntax,
        Status::TypeMismatch,
        Status::OutOfRange,
        Status::InvalidText,
        Status::LoadFailed,
        Status::Unsupported,
        Status::Foreign,
        Status::OutOfMemory,
        Status::Internal,
        Status::Cancelled,
        Status::TimedOut,
        Status::Ended,
    ];

    /// The status as C sees it.
    pub const fn code(self) -> abi::metaffi_status {
        self as abi::metaffi_status
    }

    /// The status of a number that came from C; `None` for `METAFFI_OK` and unknown numbers.
    pub fn from_code(code: abi::metaffi_status) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.code() == code)
    }

    /// A short name in words, such as `invalid argument`.
    pub fn name(self) -> &'static str {
        self.name_c().to_str().unwrap_or_default()
    }

    /// The name for C.
    pub const fn name_c(self) -> &'static CStr {
        match self {
            Status::InvalidArgument => c"invalid argument",
            Status::InvalidHandle => c"invalid handle",
            Status::NotFound => c"not found",
            Status::Syntax => c"syntax error",
            Status::TypeMismatch => c"type mismatch",
            Status::OutOfRange => c"out of range",
            Status::InvalidText => c"invalid text",
            Status::LoadFailed => c"load failed",
            Status::Unsupported => c"unsupported",
            Status::Foreign => c"foreign error",
            Status::OutOfMemory => c"out of memory",
            Status::Internal => c"internal error",
            Status::Cancelled => c"cancelled",
            Status::TimedOut => c"timed out",
            Status::Ended => c"ended",
        }
    }
}

/// One frame of a foreign stack.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StackFrame {
    /// The function's name as its language prints it.
    pub function: String,
    /// The source file; empty where the guest does not know it.
    pub file: String,
    /// The line, from 1; 0 where the guest does not know it.
    pub line: u32,
    /// The text of that line; empty where the guest does not know it.
    pub text: String,
}

/// What a runtime knows about an exception of its own. Asked only when somebody looks.
pub trait ForeignError: Any + Send + Sync {
    /// The exception's type as its language names it: `ValueError`, `java.io.IOException`.
    fn type_name(&self) -> String;
    /// Most of it is about to be asked: who can find it out at once does so.
    fn look(&self) {}
    /// What it says, in UTF-8, where the runtime has it: the message of an error that has none of
    /// its own.
    fn message(&self) -> Option<&CStr> {
        None
    }
    /// The stack as that language prints it.
    fn trace(&self) -> String {
        String::new()
    }
    /// The stack, innermost frame last.
    fn frames(&self) -> Vec<StackFrame> {
        Vec::new()
    }
    /// What led to it.
    fn cause(&self) -> Option<Error> {
        None
    }
    /// The failures that it gathers, as an exception group does.
    fn members(&self) -> Vec<Error> {
        Vec::new()
    }
    /// Whether the exception itself may be an object of a runtime, by its name: who looks for one of
    /// its own does not have to ask.
    fn may_be_of(&self, runtime: &str) -> bool {
        let _ = runtime;
        true
    }
    /// The exception itself: a new handle of the object, which the caller owns.
    fn original(&self) -> Option<usize> {
        None
    }

    /// It passes through frames of another runtime, the innermost last, on its way out of that: who
    /// keeps its stack puts them before it. Who does not does not ask for them.
    fn passes(&self, frames: &dyn Fn() -> Vec<StackFrame>) {
        let _ = frames;
    }
    /// The error that it was raised for in its runtime, on the way of that through it.
    fn raised_for(&self) -> Option<Error> {
        None
    }
    /// What it names itself as what has led to it, also where it was raised for an error.
    fn raised_from(&self) -> Option<Error> {
        self.cause()
    }
}

/// A failure: a status, a message that says what to do next, and where it came from.
///
/// Cheap to clone, one pointer wide. Its source is the cause that it was given; [`Failure::cause`]
/// asks the guest's exception as well.
#[derive(Clone, thiserror::Error)]
#[error(transparent)]
pub struct Error(Arc<Failure>);

/// What an [`Error`] is: its clones share it, and so do the handles that C has of it.
#[derive(thiserror::Error)]
#[error("{}", self.message())]
pub struct Failure {
    status: Status,
    /// `None` if it is the exception's.
    message: Option<Message>,
    runtime: Option<Cow<'static, str>>,
    foreign: Option<Box<dyn ForeignError>>,
    #[source]
    cause: Option<Error>,
    /// What the exception says that led to it, once somebody has asked.
    asked: Once<Option<Error>>,
    /// What somebody keeps with it.
    attachment: Once<Box<dyn Any + Send + Sync>>,
}

/// Text with a NUL behind it, so that C can read it where it is.
struct Message(String);

impl Message {
    fn new(mut text: String) -> Message {
        text.push('\0');
        Message(text)
    }

    fn as_str(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }
}

impl Error {
    /// A failure with its message; without words, the name of its status.
    #[cold]
    pub fn new(status: Status, message: impl Into<String>) -> Error {
        let message = Some(Message::new(or_else(message.into(), || status.name().to_owned())));
        Failure { message, ..Failure::of(status) }.shared()
    }

    /// A value or a type that is not of the kind that is wanted.
    #[cold]
    pub fn mismatch(message: impl Into<String>) -> Error {
        Error::new(Status::TypeMismatch, message)
    }

    /// An argument that is never right.
    #[cold]
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::new(Status::InvalidArgument, message)
    }

    /// A number that is too large or too small.
    #[cold]
    pub fn out_of_range(message: impl Into<String>) -> Error {
        Error::new(Status::OutOfRange, message)
    }

    /// What there is, but not here.
    #[cold]
    pub fn unsupported(message: impl Into<String>) -> Error {
        Error::new(Status::Unsupported, message)
    }

    /// What is asked for is not there.
    #[cold]
    pub fn not_found(message: impl Into<String>) -> Error {
        Error::new(Status::NotFound, message)
    }

    /// What was found and cannot be loaded.
    #[cold]
    pub fn load_failed(message: impl Into<String>) -> Error {
        Error::new(Status::LoadFailed, message)
    }

    /// A failure of the guest's own code; without words, the exception's type. Without a cause, the
    /// exception is asked for one when somebody wants to know it.
    #[cold]
    pub fn foreign(
        runtime: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        foreign: Box<dyn ForeignError>,
        cause: Option<Error>,
    ) -> Error {
        let status = Status::Foreign;
        let message = or_else(message.into(), || foreign.type_name());
        let message = Some(Message::new(or_else(message, || status.name().to_owned())));
        let (runtime, foreign) = (Some(runtime.into()), Some(foreign));
        Failure { message, runtime, foreign, cause, ..Failure::of(status) }.shared()
    }

    /// The same with the message that the exception has.
    #[cold]
    pub fn speaking(runtime: &'static str, foreign: Box<dyn ForeignError>) -> Error {
        if foreign.message().is_none_or(CStr::is_empty) {
            return Error::foreign(runtime, "", foreign, None);
        }
        Error::silent(Status::Foreign, runtime, foreign)
    }

    /// A failure whose message the exception is asked for when somebody wants to know it.
    #[cold]
    pub fn silent(status: Status, runtime: &'static str, foreign: Box<dyn ForeignError>) -> Error {
        let (runtime, foreign) = (Some(Cow::Borrowed(runtime)), Some(foreign));
        Failure { runtime, foreign, ..Failure::of(status) }.shared()
    }

    /// The same failure with another status.
    #[must_use]
    pub fn with_status(self, status: Status) -> Error {
        self.edit(|repr| repr.status = status)
    }

    /// The same failure, as one that happened in `runtime`.
    #[must_use]
    pub fn in_runtime(self, runtime: &str) -> Error {
        match self.runtime() {
            // It stays the same error, also for others that have it.
            Some(_) => self,
            None => self.edit(|repr| repr.runtime = Some(Cow::Owned(runtime.to_owned()))),
        }
    }

    /// The same failure with `prefix: ` before its message.
    #[must_use]
    pub fn context(self, prefix: impl fmt::Display) -> Error {
        self.edit_message(|message| format!("{prefix}: {message}"))
    }

    /// The same failure, said to be at `place`. What is said to be at a place within that follows
    /// without a gap: `argument 2: …`, but `argument 2[17][3]: …`.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Error {
        match self.message().starts_with('[') {
            true => self.edit_message(|message| format!("{place}{message}")),
            false => self.context(place),
        }
    }

    /// The same failure with `; advice` behind its message.
    #[must_use]
    pub fn advised(self, advice: impl fmt::Display) -> Error {
        self.edit_message(|message| format!("{message}; {advice}"))
    }

    /// The same failure with what led to it.
    #[must_use]
    pub fn caused_by(self, cause: Error) -> Error {
        self.edit(|repr| repr.cause = Some(cause))
    }

    /// What a handle of it stands for.
    pub fn into_failure(self) -> Arc<Failure> {
        Arc::clone(&self.0)
    }

    /// What led to it, taken out, if nobody else has it.
    fn take_cause(&mut self) -> Option<Error> {
        let failure = Arc::get_mut(&mut self.0)?;
        failure.cause.take().or_else(|| failure.asked.take().flatten())
    }

    fn edit_message(self, change: impl FnOnce(&str) -> String) -> Error {
        let message = Message::new(change(self.message()));
        self.edit(|repr| repr.message = Some(message))
    }

    /// Changes a failure nobody else holds; one that is shared becomes the cause of a new one.
    fn edit(mut self, change: impl FnOnce(&mut Failure)) -> Error {
        if let Some(repr) = Arc::get_mut(&mut self.0) {
            change(repr);
            repr.attachment = Once::new();
            return self;
        }
        let mut repr = Failure {
            message: Some(Message::new(self.message().to_owned())),
            runtime: self.0.runtime.clone(),
            ..Failure::of(self.0.status)
        };
        repr.cause = Some(self);
        change(&mut repr);
        repr.shared()
    }
}

/// Causes go one after the other: however many there are, they do not go into the stack.
impl Drop for Error {
    fn drop(&mut self) {
        let mut next = self.take_cause();
        while let Some(mut cause) = next {
            next = cause.take_cause();
        }
    }
}

impl Deref for Error {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl Failure {
    /// A failure of which nothing else is known.
    fn of(status: Status) -> Failure {
        let (message, runtime, foreign, cause) = (None, None, None, None);
        let (asked, attachment) = (Once::new(), Once::new());
        Failure { status, message, runtime, foreign, cause, asked, attachment }
    }

    fn shared(self) -> Error {
        Error(Arc::new(self))
    }

    /// The error again.
    pub fn error(self: Arc<Self>) -> Error {
        Error(self)
    }

    /// The kind of failure.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What went wrong and what to do next.
    pub fn message(&self) -> &str {
        match &self.message {
            Some(message) => message.as_str(),
            None => self.foreign_message().to_str().unwrap_or_default(),
        }
    }

    fn foreign_message(&self) -> &CStr {
        self.foreign_error().and_then(ForeignError::message).unwrap_or_default()
    }

    /// The message for C, if there is no NUL in it.
    pub fn message_c(&self) -> Option<&CStr> {
        let Some(Message(text)) = &self.message else { return Some(self.foreign_message()) };
        // SAFETY: a NUL is behind it.
        let message = unsafe { CStr::from_ptr(text.as_ptr().cast()) };
        (message.count_bytes() + 1 == text.len()).then_some(message)
    }

    /// The name of the runtime it happened in, if it happened in one.
    pub fn runtime(&self) -> Option<&str> {
        self.runtime.as_deref()
    }

    /// What the guest knows about its exception.
    pub fn foreign_error(&self) -> Option<&dyn ForeignError> {
        self.foreign.as_deref()
    }

    /// What somebody keeps with it, made when first asked for. Only one type is.
    pub fn attachment<T: Any + Default + Send + Sync>(&self) -> &T {
        let attachment = self.attachment.get_or_init(|| Box::new(T::default()));
        attachment.downcast_ref().expect("only one type is kept with a failure")
    }

    /// What led to this failure, also if only the exception knows.
    pub fn cause(&self) -> Option<&Error> {
        let (None, Some(foreign)) = (&self.cause, &self.foreign) else {
            return self.cause.as_ref();
        };
        if let Some(known) = self.asked.get() {
            return known.as_ref();
        }
        // Asked before the place is locked: a runtime may wait for a lock of its own meanwhile.
        let found = foreign.cause();
        self.asked.get_or_set(found).as_ref()
    }
}

/// A text, or another one if it is empty.
fn or_else(text: String, other: impl FnOnce() -> String) -> String {
    if text.is_empty() { other() } else { text }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.status)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn an_error_is_one_word_that_shows_its_message_and_has_its_cause_as_source() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        let cause = Error::new(Status::NotFound, "no such file");
        let error = Error::new(Status::LoadFailed, "it is not there").caused_by(cause);
        assert_eq!(format!("{error}, {error:?}"), "it is not there, LoadFailed: it is not there");
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "no such file");
        assert!(source.source().is_none());
    }

    #[test]
    fn a_long_chain_of_causes_is_dropped_without_the_stack() {
        let links = 1_000_000;
        let link = |cause: Error, _| Error::not_found("effect").caused_by(cause);
        let chain = (0..links).fold(Error::not_found("first"), link);
        let kept = chain.cause().cloned();
        drop(chain);
        let mut length = 0;
        let mut next = kept.as_ref();
        while let Some(error) = next {
            (length, next) = (length + 1, error.cause());
        }
        assert_eq!(length, links);
    }

    /// An exception that knows its cause, and counts how often it is asked.
    struct Raised(AtomicUsize);

    impl ForeignError for Raised {
        fn type_name(&self) -> String {
            "ValueError".to_owned()
        }
        fn cause(&self) -> Option<Error> {
            let asked = self.0.fetch_add(1, Ordering::SeqCst);
            Some(Error::new(Status::Foreign, format!("asked {asked}")))
        }
    }

    #[test]
    fn an_exception_is_asked_for_its_cause_once_and_only_without_a_given_one() {
        let raised = || Box::new(Raised(0.into()));
        let error = Error::speaking("python3", raised());
        assert_eq!(error.cause().unwrap().message(), "asked 0");
        assert_eq!(error.cause().unwrap().message(), "asked 0");
        let given = Error::new(Status::NotFound, "given");
        let error = Error::foreign("python3", "message", raised(), Some(given));
        assert_eq!(error.cause().unwrap().message(), "given");
    }

    #[test]
    fn a_failure_without_words_says_its_kind() {
        let silent = || Error::new(Status::NotFound, "");
        assert_eq!(silent().message_c(), Some(c"not found"));
        assert_eq!(silent().at("[1]").at("argument 0").message(), "argument 0[1]: not found");
        let raised = || Box::new(Raised(0.into()));
        assert_eq!(Error::foreign("python3", "", raised(), None).message(), "ValueError");
        assert_eq!(Error::speaking("python3", raised()).message_c(), Some(c"ValueError"));
    }
}
