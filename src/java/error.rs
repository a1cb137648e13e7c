//! What Java throws, as an error.

use std::any::Any;
use std::cell::Cell;
use std::ffi::{CStr, CString};
use std::ptr;

use jni_sys::jobject;
use serde::Deserialize;

use super::env::Env;
use super::nature::NAME;
use super::object::JavaReference;
use super::support::{self, JavaSupport, LOST};
use super::vm::LIFE;
use crate::error::{Error, ForeignError, Result, StackFrame, Status};
use crate::fork::Once;
use crate::handle::Key;
use crate::kit::Interruption;

/// Something that was thrown. Java is asked about it when somebody looks.
struct JavaThrowable {
    object: JavaReference,
    message: Once<Option<CString>>,
    told: Once<Told>,
    /// What led to it, if that has been found out.
    cause: Option<Option<Error>>,
}

/// What Java tells at once, as it is when somebody asks first.
#[derive(Default)]
struct Told {
    type_name: String,
    /// The innermost frame last.
    frames: Vec<StackFrame>,
    /// Whether something led to it.
    has_cause: bool,
}

/// What the part of ours refuses.
#[derive(Deserialize)]
struct Refused {
    message: String,
    /// A status of ours.
    #[serde(default)]
    refusal: String,
    /// A name that is not there, and those that are, a line for each.
    #[serde(default)]
    name: String,
    #[serde(default)]
    known: String,
}

thread_local! {
    /// How many failures this thread asks Java about.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// So many failures to tell what has failed are told themselves: one may be that of a program's own text.
const MOST_ASKED: u32 = 2;

/// Asks Java about a failure.
fn asking<T>(ask: impl FnOnce() -> T) -> T {
    let count = |by: fn(u32, u32) -> u32| ASKED.set(by(ASKED.get(), 1));
    count(u32::saturating_add);
    let told = ask();
    count(u32::saturating_sub);
    told
}

/// What is said where Java cannot be asked.
const UNTOLD: &CStr = c"Java fails, and fails to tell why: it may have no memory left";

/// The error of something that was thrown, by its index.
#[cold]
pub fn of_index(thrown: i32) -> Error {
    with_cause(thrown, None)
}

/// The error that an object is, by its index, which is another's.
pub(super) fn of_object(thrown: i32) -> Result<Error> {
    let gone = || Error::new(Status::Internal, "Java is gone");
    let support = support::get().ok_or_else(gone)?;
    support.retain(thrown)?;
    Ok(of_any(support, thrown, None))
}

fn with_cause(thrown: i32, cause: Option<Option<Error>>) -> Error {
    if ASKED.get() >= MOST_ASKED {
        drop(JavaReference::of_index(thrown));
        return Error::new(Status::OutOfMemory, UNTOLD.to_string_lossy());
    }
    Error::speaking(NAME, Box::new(JavaThrowable::new(thrown, cause)))
}

/// The error of something that was thrown, by its index, whatever it is.
fn of_any(support: &JavaSupport, thrown: i32, cause: Option<Option<Error>>) -> Error {
    match foreign(support, thrown) {
        Some(error) => {
            support.release(thrown);
            error
        }
        None => with_cause(thrown, cause),
    }
}

/// The error of what another language failed with, which leaves Java again.
fn passing(support: &JavaSupport, thrown: i32) -> Error {
    let Some(error) = foreign(support, thrown) else { return of_index(thrown) };
    if let Some(foreign) = error.foreign_error() {
        foreign.passes(&|| frames(&support.passed(thrown).unwrap_or_default()));
    }
    support.release(thrown);
    error
}

/// What another language failed with, if that is what was thrown.
fn foreign(support: &JavaSupport, thrown: i32) -> Option<Error> {
    match support.foreign(thrown) {
        // SAFETY: lent to Java, which has it as long as the index.
        Ok(failure) if failure != 0 => Some(unsafe { of_lent(failure).clone() }),
        _ => None,
    }
}

/// What an error is as an object: of one that went through another runtime, what that was raised for, if
/// Java has thrown it.
pub(super) fn original(error: &Error) -> Option<Key> {
    let known = error.foreign_error()?;
    let mut through = known.raised_for();
    while let Some(earlier) = through {
        let foreign = earlier.foreign_error()?;
        let any: &dyn Any = foreign;
        if any.is::<JavaThrowable>() {
            return foreign.original();
        }
        through = foreign.raised_for();
    }
    known.original()
}

/// What led to an error: of one that Java has thrown, and another runtime raised, what led to it there.
pub(super) fn cause(error: &Error) -> Option<Error> {
    match error.foreign_error().filter(|foreign| foreign.raised_for().is_some()) {
        Some(foreign) => foreign.raised_from(),
        None => error.cause().cloned(),
    }
}

/// What is told to Java of an error: what it says, its runtime, its type and its trace, and function, file
/// and line of each frame, the innermost last.
pub(super) fn told(error: &Error) -> Vec<String> {
    let foreign = error.foreign_error();
    let mut told = vec![
        error.message().to_owned(),
        error.runtime().unwrap_or_default().to_owned(),
        foreign.map(ForeignError::type_name).unwrap_or_default(),
        foreign.map(ForeignError::trace).unwrap_or_default(),
    ];
    for frame in foreign.map(ForeignError::frames).unwrap_or_default() {
        told.extend([frame.function, frame.file, frame.line.to_string()]);
    }
    told
}

/// An error as Java has it, until it is released.
pub(super) fn lent(error: Error) -> i64 {
    Box::into_raw(Box::new(error)).expose_provenance() as i64
}

/// The error that Java has.
///
/// # Safety
/// It was lent, and is not released meanwhile.
pub(super) unsafe fn of_lent<'a>(failure: i64) -> &'a Error {
    // SAFETY: as the caller says.
    unsafe { &*ptr::with_exposed_provenance::<Error>(failure as usize) }
}

/// Takes it back.
///
/// # Safety
/// It was lent, and is released once.
pub(super) unsafe fn release(failure: i64) {
    // SAFETY: as the caller says.
    drop(unsafe { Box::from_raw(ptr::with_exposed_provenance_mut::<Error>(failure as usize)) });
}

/// Set beside the index of what another language failed with.
const FOREIGN: i32 = 1 << 30;

/// Beside the index of what was thrown because a host has interrupted what ran, and why: 1 because it was
/// asked for, 2 because the time was over.
const INTERRUPTED: i32 = 3 << 28;

/// The same of what calling an entity has thrown: what is below zero, the part of ours refuses.
#[cold]
pub fn of_call(thrown: i32) -> Error {
    let Some(support) = support::get() else { return of_index(thrown) };
    if thrown == LOST {
        return LIFE.check().err().unwrap_or_else(|| Error::new(Status::Internal, "Java is lost"));
    }
    match thrown {
        ..0 => refusal(support, thrown.wrapping_neg()),
        _ if thrown > 0 && thrown & INTERRUPTED != 0 => interrupted(thrown),
        FOREIGN.. => passing(support, thrown & !FOREIGN),
        thrown => of_index(thrown),
    }
}

fn interrupted(thrown: i32) -> Error {
    let why = match (thrown & INTERRUPTED) >> INTERRUPTED.trailing_zeros() {
        1 => Interruption::Asked,
        _ => Interruption::TimedOut,
    };
    let (status, message) = why.told();
    let throwable = JavaThrowable::new(thrown & !INTERRUPTED, None);
    Error::foreign(NAME, message, Box::new(throwable), None).with_status(status)
}

fn refusal(support: &JavaSupport, index: i32) -> Error {
    let refused =
        if ASKED.get() < MOST_ASKED { asking(|| support.refused(index)).ok() } else { None };
    support.release(index);
    let Some(refused) = refused.and_then(|text| serde_json::from_str::<Refused>(&text).ok()) else {
        return Error::new(Status::OutOfMemory, UNTOLD.to_string_lossy());
    };
    let hint = crate::suggest::hint(&refused.name, refused.known.lines());
    Error::new(status(&refused.refusal), refused.message + &hint)
}

/// The error of something that was thrown. What the part of ours refuses is an error of ours.
#[cold]
pub fn of_thrown(env: Env, thrown: jobject) -> Error {
    let Some(support) = support::get() else { return env.text_of_thrown(thrown) };
    // SAFETY: a reference to something that was thrown.
    match unsafe { support.keep(env, thrown) } {
        Ok(index) => of_call(index),
        Err(error) => error,
    }
}

fn status(name: &str) -> Status {
    match name {
        "invalid_handle" => Status::InvalidHandle,
        "load_failed" => Status::LoadFailed,
        "not_found" => Status::NotFound,
        "out_of_range" => Status::OutOfRange,
        "invalid_argument" => Status::InvalidArgument,
        "invalid_text" => Status::InvalidText,
        "syntax" => Status::Syntax,
        "type_mismatch" => Status::TypeMismatch,
        _ => Status::Unsupported,
    }
}

impl JavaThrowable {
    fn new(thrown: i32, cause: Option<Option<Error>>) -> JavaThrowable {
        let object = JavaReference::of_index(thrown);
        JavaThrowable { object, message: Once::new(), told: Once::new(), cause }
    }

    fn told_at_once(&self) -> &Told {
        self.told.get_or_init(|| {
            let ask = || support::get()?.tell(self.object.index());
            let Some((text, has_cause)) = asking(ask) else {
                return Told { has_cause: true, ..Told::default() };
            };
            let (type_name, rest) = text.split_once('\n').unwrap_or((&text, ""));
            Told { type_name: type_name.to_owned(), frames: frames(rest), has_cause }
        })
    }

    /// What Java says of it; nothing where it cannot be asked.
    fn told(&self, ask: impl FnOnce(&JavaSupport, i32) -> Result<String>) -> String {
        support::get()
            .and_then(|support| asking(|| ask(support, self.object.index())).ok())
            .unwrap_or_default()
    }
}

/// Frames, which Java has the innermost first: function, file and line of each.
fn frames(told: &str) -> Vec<StackFrame> {
    let mut lines = told.lines();
    let mut frames = Vec::new();
    while let (Some(function), Some(file), Some(line)) = (lines.next(), lines.next(), lines.next())
    {
        let (function, file) = (function.to_owned(), file.to_owned());
        let line = line.parse().unwrap_or_default();
        frames.push(StackFrame { function, file, line, text: String::new() });
    }
    frames.reverse();
    frames
}

impl ForeignError for JavaThrowable {
    fn message(&self) -> Option<&CStr> {
        let ask = || {
            let told = support::get()?.message(self.object.index());
            Some(told.unwrap_or_else(|| UNTOLD.to_owned()))
        };
        self.message.get_or_init(|| asking(ask)).as_deref()
    }

    fn look(&self) {
        self.told_at_once();
    }

    fn type_name(&self) -> String {
        match self.told.get() {
            Some(told) if !told.type_name.is_empty() => told.type_name.clone(),
            _ => self.told(JavaSupport::failure_type),
        }
    }

    fn trace(&self) -> String {
        self.told(JavaSupport::trace)
    }

    fn frames(&self) -> Vec<StackFrame> {
        self.told_at_once().frames.clone()
    }

    fn cause(&self) -> Option<Error> {
        if let Some(known) = &self.cause {
            return known.clone();
        }
        if self.told.get().is_some_and(|told| !told.has_cause) {
            return None;
        }
        let support = support::get()?;
        let causes = asking(|| support.causes(self.object.index())).ok()?;
        causes.into_iter().rev().fold(None, |next, one| Some(of_any(support, one, Some(next))))
    }

    fn members(&self) -> Vec<Error> {
        let Some(support) = support::get() else { return Vec::new() };
        let members = asking(|| support.suppressed(self.object.index())).unwrap_or_default();
        members.into_iter().map(|one| of_any(support, one, None)).collect()
    }

    fn may_be_of(&self, runtime: &str) -> bool {
        runtime == NAME
    }

    fn original(&self) -> Option<usize> {
        self.object.to_handle().ok()
    }
}
