//! Calls from Python: arguments to a frame, and its returns to objects.

pub(super) mod fast;
pub(super) mod loan;
pub(super) mod same_runtime;

use std::ptr;

use super::entity::{self, EntityFields};
use super::error::{is_for_memory, raise, raise_from_foreign};

use crate::call::HostCall;
use crate::call::errors::repeated::Sort;
use crate::call::errors::unwind::Outcome;
use crate::error::{Error, Result, Status};
use crate::handle::pin;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::error::{self, fetch};
use crate::python::lifecycle::gil::Gil;
use crate::python::support;
use crate::python::upcall::binder::VectorcallArguments;
use crate::python::upcall::call::{CallOptions, call};
use crate::python::upcall::callable;
use crate::python::upcall::rules::{CallableRules, ConversionRules};

/// How arguments and returns of entities, and of callables that they return, are converted.
pub(super) static RULES: ConversionRules = ConversionRules {
    bool_is_number: false,
    aliases: false,
    lists: true,
    other_counts: true,
    returned: None,
    callables: Some(CallableRules {
        to_handle: super::callable::to_handle,
        to_python: super::callable::to_python,
    }),
};

/// Calls an entity.
pub(super) unsafe extern "C-unwind" fn call_entity(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let scope = pin::enter();
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        let gil = Gil::assume(api);
        let EntityFields { entity, keeps_lock, is_python, .. } = entity::fields(object);
        let arguments =
            VectorcallArguments { objects, count: count & !PY_VECTORCALL_ARGUMENTS_OFFSET, names };
        let host_call = HostCall::default();
        let options = CallOptions {
            rules: &RULES,
            keeps_lock: *keeps_lock,
            tuple: false,
            host_call: Some(&host_call),
        };
        let runtime = entity.module().runtime();
        let outcome = match runtime.check_process() {
            Ok(()) => call(&gil, &scope, entity.function(), arguments, options)
                .map_err(|failure| hint(&gil, failure, arguments)),
            Err(refused) => Err(refused),
        };
        drop(scope);
        finish(&gil, outcome, host_call.into_failure(), *is_python, runtime.name())
    }
}

/// Calls a callable that a guest returned.
pub(super) unsafe extern "C-unwind" fn call_returned(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let scope = pin::enter();
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        let gil = Gil::assume(api);
        let Some(callable) = callable::callable(api, object) else { return ptr::null_mut() };
        let callable = scope.keep(callable);
        let arguments =
            VectorcallArguments { objects, count: count & !PY_VECTORCALL_ARGUMENTS_OFFSET, names };
        let host_call = HostCall::default();
        let options = CallOptions {
            rules: &RULES,
            keeps_lock: false,
            tuple: true,
            host_call: Some(&host_call),
        };
        let outcome = call(&gil, &scope, callable.function(), arguments, options)
            .map_err(|failure| hint(&gil, failure, arguments));
        drop(scope);
        finish(&gil, outcome, host_call.into_failure(), false, "")
    }
}

/// What Python gets of a call; `callback` is the failure of a callback that it ran.
#[inline(always)]
fn finish(
    gil: &Gil,
    outcome: Result<Object>,
    callback: Option<Error>,
    is_python: bool,
    runtime: &str,
) -> Object {
    match (outcome, callback) {
        (Ok(object), None) => object,
        (outcome, callback) => finish_failed(gil, outcome, callback, is_python, runtime),
    }
}

/// What Python gets of a call on the fast way that an exception has ended, or in which a callback has
/// failed; or its text is none, for which an exception is set.
///
/// # Safety
/// `object` is an entity's; the GIL is held.
#[cold]
pub(super) unsafe fn finish_fast(object: Object, outcome: Outcome, host_call: HostCall) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let callback = host_call.into_failure();
    // SAFETY: the caller's promise.
    unsafe {
        let EntityFields { entity, .. } = entity::fields(object);
        let gil = Gil::assume(api);
        let outcome = outcome.status().and_then(|_| match callback {
            Some(_) => Ok(support::none(&gil).into_ptr()),
            None => {
                let failure = fetch(&gil);
                Err(match is_for_memory(&gil, &failure) {
                    true => Error::new(Status::OutOfMemory, "the return: no room for the text"),
                    false => {
                        let message = format!("the return: {}", failure.message());
                        Error::new(Status::InvalidText, message)
                    }
                })
            }
        });
        finish_failed(&gil, outcome, callback, false, entity.module().runtime().name())
    }
}

#[cold]
fn finish_failed(
    gil: &Gil,
    outcome: Result<Object>,
    callback: Option<Error>,
    is_python: bool,
    runtime: &str,
) -> Object {
    let outcome = outcome.map_err(|failure| match runtime {
        "" => failure,
        runtime => failure.in_runtime(runtime),
    });
    let failure = match (callback, outcome) {
        (None, Ok(object)) => return object,
        (None, Err(failure)) => failure,
        (Some(callback), Ok(object)) => {
            // SAFETY: what the call returned is not used: a callback that it ran has failed.
            unsafe { gil.api.decref(object) };
            callback
        }
        (Some(callback), Err(failure)) => {
            if Sort::of(&failure).is_news() {
                error::report(gil.api, &failure, None);
            }
            callback
        }
    };
    match is_python {
        true => raise(gil, &failure),
        false => raise_from_foreign(gil, &failure),
    }
    ptr::null_mut()
}

/// Says where something was given that has to be called for its value.
#[cold]
unsafe fn hint(
    gil: &Gil,
    failure: Error,
    VectorcallArguments { objects, count, .. }: VectorcallArguments,
) -> Error {
    if failure.foreign_error().is_some() {
        return failure;
    }
    // SAFETY: the caller's arguments are alive, and the GIL is held.
    let uncalled = |index| unsafe { entity::uncalled(gil.api, *objects.add(index)) };
    match (0..count).find_map(uncalled) {
        Some(name) => {
            failure.advised(format_args!("{name} has to be called for its value: {name}()"))
        }
        None => failure,
    }
}
