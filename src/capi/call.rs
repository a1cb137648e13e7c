//! Calls of entities and callables. What guests and hosts throw passes through here.

use std::ptr;

use super::guard::report;
use crate::abi::{
    METAFFI_OK, metaffi_error, metaffi_function, metaffi_slot, metaffi_status, metaffi_value,
};
use crate::call::{Callable, Function, call_values, direct};
use crate::error::{Error, Result, Status};
use crate::handle::pin::{self, Use};
use crate::handle::{
    CALLABLES, Direct, DirectCell, ENTITIES, Entrance, Handled, Key, Shortcut, Table,
};
use crate::model::Entity;

/// What a handle that can be called stands for.
pub(super) trait Callee: Handled {
    /// Where its handles are.
    const TABLE: &'static Table<DirectCell>;

    fn function(&self) -> &Function;
}

impl Callee for Entity {
    /// cbindgen:ignore
    const TABLE: &'static Table<DirectCell> = &ENTITIES;

    #[inline(always)]
    fn function(&self) -> &Function {
        Entity::function(self)
    }
}

impl Callee for Callable {
    /// cbindgen:ignore
    const TABLE: &'static Table<DirectCell> = &CALLABLES;

    #[inline(always)]
    fn function(&self) -> &Function {
        Callable::function(self)
    }
}

/// Calls by frame. A register-only function takes the short way: nothing of it is held on to
/// during the call, so nothing needs protection; neither does what a runtime's lock protects.
///
/// # Safety
/// `frame` has the layout of the signature, with the arguments filled in; `error` is NULL or
/// writable.
#[inline(always)]
pub(super) unsafe fn by_frame<T: Callee>(
    key: Key,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let shortcut = T::TABLE.slot(key).shortcut(key);
    // SAFETY: the words belong together, and the rest is the caller's promise.
    unsafe {
        match shortcut {
            Some(Shortcut::Direct(direct)) if !frame.is_null() => {
                if !error.is_null() {
                    error.write(ptr::null_mut());
                }
                (direct.thunk)(direct.code, frame, direct.order)
            }
            Some(Shortcut::Entrance(entrance)) if !frame.is_null() => {
                (entrance.enter)(entrance.data, frame, error, key, by_frame_held::<T>)
            }
            _ => by_frame_held::<T>(key, frame, error),
        }
    }
}

/// Calls by frame what must be kept alive during the call. A stack frame of its own, as
/// [`pin::enter`] asks.
#[inline(never)]
unsafe extern "C-unwind" fn by_frame_held<T: Callee>(
    key: Key,
    frame: *mut metaffi_slot,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let here = 0u8;
    let span = pin::enter(&raw const here);
    // SAFETY: the caller's promise; nothing here has a destructor while guest code runs.
    unsafe {
        let outcome = match span.get::<T>(key) {
            Ok(callee) => call_frame(callee.function(), span, frame),
            Err(refused) => Err(refused),
        };
        span.leave();
        report(error, outcome)
    }
}

#[inline(always)]
unsafe fn call_frame(function: &Function, span: Use, frame: *mut metaffi_slot) -> Result<()> {
    if frame.is_null() && function.layout().size() != 0 {
        return Err(null("frame"));
    }
    // SAFETY: the caller's promise.
    unsafe { function.call(span, frame) }
}

/// Calls by values.
///
/// # Safety
/// `arguments` has `argument_count` values that are what their types say; `returns` has room for
/// `return_count`; `error` is NULL or writable.
#[inline(always)]
pub(super) unsafe fn by_values<T: Callee>(
    key: Key,
    arguments: *const metaffi_value,
    argument_count: usize,
    returns: *mut metaffi_value,
    return_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    if argument_count | return_count == 0
        && let Some(direct) = T::TABLE.slot(key).direct(key)
        && direct.shape == direct::NOTHING
    {
        if !error.is_null() {
            // SAFETY: the caller's promise.
            unsafe { error.write(ptr::null_mut()) };
        }
        // SAFETY: a function that takes and returns nothing has no frame.
        return unsafe { (direct.thunk)(direct.code, ptr::dangling_mut(), direct.order) };
    }
    // SAFETY: the caller's promise.
    unsafe { by_values_directly::<T>(key, arguments, argument_count, returns, return_count, error) }
}

/// Calls by values the short way what has one and is given exactly its types, else as it must.
#[inline(never)]
unsafe fn by_values_directly<T: Callee>(
    key: Key,
    arguments: *const metaffi_value,
    argument_count: usize,
    returns: *mut metaffi_value,
    return_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the words of a shortcut belong together, and the rest is the caller's promise.
    let called = unsafe {
        match T::TABLE.slot(key).shortcut(key) {
            Some(Shortcut::Direct(Direct { thunk, code, order, shape })) => {
                let call = |frame| {
                    thunk(code, frame, order);
                    if !error.is_null() {
                        error.write(ptr::null_mut());
                    }
                    METAFFI_OK
                };
                direct::call_values(shape, arguments, argument_count, returns, return_count, call)
            }
            Some(Shortcut::Entrance(Entrance { enter, data, shape })) => {
                let call = |frame| match enter(data, frame, error, key, by_frame_held::<T>) {
                    METAFFI_OK => METAFFI_OK,
                    failed => {
                        returns.write_bytes(0, return_count);
                        failed
                    }
                };
                direct::call_values(shape, arguments, argument_count, returns, return_count, call)
            }
            None => None,
        }
    };
    // SAFETY: the caller's promise.
    called.unwrap_or_else(|| unsafe {
        by_values_held::<T>(key, arguments, argument_count, returns, return_count, error)
    })
}

/// Calls by values what must be kept alive during the call, or has values to convert. A stack
/// frame of its own, as [`pin::enter`] asks.
#[inline(never)]
unsafe fn by_values_held<T: Callee>(
    key: Key,
    arguments: *const metaffi_value,
    argument_count: usize,
    returns: *mut metaffi_value,
    return_count: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let here = 0u8;
    let span = pin::enter(&raw const here);
    // SAFETY: the caller's promise; nothing here has a destructor while guest code runs.
    unsafe {
        let outcome = match span.get::<T>(key) {
            Ok(_) if arguments.is_null() && argument_count != 0 => Err(null("arguments")),
            Ok(_) if returns.is_null() && return_count != 0 => Err(null("returns")),
            Ok(callee) => call_values(
                callee.function(),
                span,
                arguments,
                argument_count,
                returns,
                return_count,
            ),
            Err(refused) => Err(refused),
        };
        span.leave();
        if outcome.is_err() && !returns.is_null() {
            returns.write_bytes(0, return_count);
        }
        report(error, outcome)
    }
}

#[cold]
fn null(name: &str) -> Error {
    Error::new(Status::InvalidArgument, format!("{name} is NULL"))
}

/// A code address as C holds it.
pub(super) fn function_pointer(code: *const ()) -> metaffi_function {
    // SAFETY: a code address and an optional function pointer have the same representation
    // wherever there is a dynamic linker.
    unsafe { std::mem::transmute::<*const (), metaffi_function>(code) }
}
