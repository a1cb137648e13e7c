//! What comes of the functions of a class: what they write, and what they fail with.

use std::ptr;

use super::{HOST, HostObject};
use crate::abi::{
    METAFFI_OK, METAFFI_STATUS_NOT_FOUND, METAFFI_STATUS_OUT_OF_MEMORY, METAFFI_STATUS_UNSUPPORTED,
    metaffi_error, metaffi_object, metaffi_status, metaffi_value,
};
use crate::call::errors::failure;
use crate::call::errors::unwind::catching;
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key};
use crate::object::ValuePlace;
use crate::value::{self, OwnedValue};

/// What a function is asked for, as messages say it.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// What its name says.
    Itself,
    /// An attribute, or a member.
    Attribute(&'a str),
    /// The item at a position.
    Item(i64),
    /// The entry of a key, which is what its type says.
    Entry(&'a metaffi_value),
}

/// Calls a function of the class of an object, which is refused if there is none.
macro_rules! with_function {
    (
        $object:expr, $name:ident, $wanted:expr, $asked:expr,
        |$host:ident, $function:ident, $error:ident| $call:expr
    ) => {
        $crate::object::host_object::using($object, |$host| {
            use $crate::object::host_object::{class, outcome};
            let Some($function) = class::function!($host.class, $name) else {
                return Err($crate::object::refuse($object, $wanted));
            };
            // SAFETY: the function is called as its contract says.
            outcome::run($host, stringify!($name), $asked, |$error| unsafe { $call })
        })
    };
}
pub(super) use with_function;

/// Runs a function of a host: what it fails with, or throws, is the error.
#[inline(always)]
pub(super) fn run(
    host: &HostObject,
    name: &'static str,
    asked: Asked<'_>,
    function: impl FnOnce(*mut *mut metaffi_error) -> metaffi_status,
) -> Result<()> {
    let mut error = ptr::null_mut();
    // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
    let status = unsafe { catching(|| function(&raw mut error)) }?;
    match status == METAFFI_OK && error.is_null() {
        true => Ok(()),
        false => Err(failed(host, name, asked, status, error)),
    }
}

#[cold]
fn failed(
    host: &HostObject,
    function: &'static str,
    asked: Asked<'_>,
    status: metaffi_status,
    error: *mut metaffi_error,
) -> Error {
    if !error.is_null() {
        let status = if status == METAFFI_OK { failure::status_of(error) } else { status };
        return failure::from_c(status, error);
    }
    let (r#type, what) = (host.class.name(), asked.words());
    let at = if what.is_empty() { String::new() } else { format!(" for {what}") };
    let error = match status {
        METAFFI_STATUS_NOT_FOUND => {
            let what = if what.is_empty() { "such thing" } else { &what };
            Error::not_found(format!("{type} has no {what}, says its {function}"))
        }
        METAFFI_STATUS_UNSUPPORTED => {
            Error::unsupported(format!("{function} of {type} is not supported{at}"))
        }
        METAFFI_STATUS_OUT_OF_MEMORY => Error::new(Status::OutOfMemory, ""),
        status => {
            let known = Status::from_code(status);
            let said = known.map_or("an unknown status", Status::name);
            let message = format!("{function} of {type} failed{at} with status {status} ({said})");
            Error::new(known.unwrap_or(Status::Foreign), message)
        }
    };
    error.in_runtime(HOST)
}

impl Asked<'_> {
    fn words(self) -> String {
        match self {
            Asked::Itself => String::new(),
            Asked::Attribute(name) => format!("attribute {name:?}"),
            Asked::Item(index) => format!("item {index}"),
            // SAFETY: whoever asks for it says that it is what its type says.
            Asked::Entry(key) => format!("entry {}", unsafe { value::describe(key) }),
        }
    }
}

/// The value that a function writes, null before; what it writes and then fails is cleared.
#[inline(always)]
pub(super) fn given(
    to: ValuePlace<'_>,
    function: impl FnOnce(*mut metaffi_value) -> Result<()>,
) -> Result<()> {
    let place: *mut metaffi_value = to.write(value::null());
    match function(place) {
        Ok(()) => Ok(()),
        Err(failure) => {
            // SAFETY: null, or what the function wrote, which is ours.
            unsafe { clear(std::slice::from_mut(&mut *place)) };
            Err(failure)
        }
    }
}

/// Clears what a function has written and is not wanted.
///
/// # Safety
/// Each is what its type says, or null, and ours.
#[cold]
pub(super) unsafe fn clear(values: &mut [metaffi_value]) {
    for value in values {
        // SAFETY: as the caller promises; it is null afterwards.
        drop(unsafe { OwnedValue::from_raw(std::mem::replace(value, value::null())) });
    }
}

/// What a function answers.
#[inline(always)]
pub(super) fn answered<T>(mut answer: T, function: impl FnOnce(*mut T) -> Result<()>) -> Result<T> {
    function(&raw mut answer)?;
    Ok(answer)
}

/// The handle that a function makes.
pub(super) fn made(
    object: Key,
    function: impl FnOnce(*mut *mut metaffi_object) -> Result<()>,
) -> Result<Key> {
    let mut made: *mut metaffi_object = ptr::null_mut();
    let result = function(&raw mut made);
    match (result, made.addr()) {
        (Ok(()), 0) => Err(gave_nothing(object)),
        (Ok(()), made) => Ok(made),
        (Err(failure), 0) => Err(failure),
        (Err(failure), made) => {
            let _ = handle::free(made, HandleKind::Object);
            Err(failure)
        }
    }
}

/// What is said where a function has succeeded without making anything.
#[cold]
pub(super) fn gave_nothing(object: Key) -> Error {
    let name = handle::describe_object(object, |object| object.type_name()).unwrap_or_default();
    Error::new(Status::Foreign, format!("a function of {name} has made no object")).in_runtime(HOST)
}

/// An error that C looks at during a call.
pub(super) struct BorrowedError(*const metaffi_error);

impl BorrowedError {
    pub(super) fn new(error: &Error) -> BorrowedError {
        BorrowedError(failure::to_c(error.clone()))
    }

    pub(super) fn get(&self) -> *const metaffi_error {
        self.0
    }

    /// That of a failure, or NULL.
    pub(super) fn of(error: Option<&BorrowedError>) -> *const metaffi_error {
        error.map_or(ptr::null(), BorrowedError::get)
    }
}

impl Drop for BorrowedError {
    fn drop(&mut self) {
        let _ = handle::free(self.0.addr(), HandleKind::Error);
    }
}
