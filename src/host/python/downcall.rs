//! Calls from Python: arguments to a frame, and its returns to objects.

pub(super) mod argument;
pub(super) mod fast;
mod keyword_arguments;
pub(super) mod loan;
pub(super) mod results;
pub(super) mod same_runtime;

use std::ptr;

use super::entity::{self, EntityFields};
use super::error::{is_for_memory, raise, raise_from_foreign};

use crate::abi::metaffi_slot;
use crate::call::errors::repeated::Sort;
use crate::call::errors::unwind::Outcome;
use crate::call::{Function, HostCall, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::pin::{self, CallScope};
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::error::{self, fetch};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::upcall::callable;
use crate::python::{NATURE, support};

/// What a call does beside its arguments.
#[derive(Clone, Copy)]
struct CallOptions {
    /// Whether the GIL is held while the guest runs.
    holds_gil: bool,
    /// Whether a tuple is returned in any case.
    tuple: bool,
}

/// The arguments of a vectorcall: those of the keyword `names` after `count` positional ones.
#[derive(Clone, Copy)]
struct VectorcallArguments {
    objects: *const Object,
    count: usize,
    names: Object,
}

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
        let EntityFields { entity, holds_gil, is_python, .. } = entity::fields(object);
        let arguments =
            VectorcallArguments { objects, count: count & !PY_VECTORCALL_ARGUMENTS_OFFSET, names };
        let manner = CallOptions { holds_gil: *holds_gil, tuple: false };
        let runtime = entity.module().runtime();
        let mut callback = None;
        let outcome = match runtime.check_process() {
            Ok(()) => call(&gil, &scope, entity.function(), arguments, manner, &mut callback),
            Err(refused) => Err(refused),
        };
        drop(scope);
        finish(&gil, outcome, callback, *is_python, runtime.name())
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
        let manner = CallOptions { holds_gil: false, tuple: true };
        let mut callback = None;
        let outcome = call(&gil, &scope, callable.function(), arguments, manner, &mut callback);
        drop(scope);
        finish(&gil, outcome, callback, false, "")
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
pub(super) unsafe fn finish_fast(object: Object, outcome: Outcome, own: HostCall) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let callback = own.into_failure();
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

/// Calls a function. A new reference; a callback that fails leaves its failure in `callback`.
///
/// # Safety
/// The arguments are alive as long as the call; the function outlives it; the GIL is held.
#[inline(always)]
unsafe fn call(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    arguments: VectorcallArguments,
    manner: CallOptions,
    callback: &mut Option<Error>,
) -> Result<Object> {
    // SAFETY: the caller's promise.
    unsafe {
        let outcome = match arguments.names.is_null() && arguments.count == function.params().len()
        {
            true => call_in_order(gil, scope, function, arguments.objects, manner, callback),
            false => keyword_arguments::call(gil, scope, function, arguments, manner, callback),
        };
        outcome.map_err(|failure| hint(gil, failure, arguments))
    }
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

/// # Safety
/// As for [`call`], with an argument for each parameter.
#[inline(always)]
unsafe fn call_in_order(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    objects: *const Object,
    manner: CallOptions,
    callback: &mut Option<Error>,
) -> Result<Object> {
    with_stack(function.frame_size(), |frame: *mut metaffi_slot| {
        // SAFETY: the frame has the function's layout, and there are as many objects as
        // parameters.
        unsafe {
            for (index, place) in function.params().iter().enumerate() {
                load(gil, scope, function, index, *objects.add(index), frame.add(place.slot()))?;
            }
            let own = HostCall::default();
            let run = || own.run(|| NATURE.go_out(|| function.call(scope, frame)));
            let outcome = match manner.holds_gil {
                true => run(),
                false => gil::release(gil, run),
            };
            *callback = own.into_failure();
            outcome?;
            match manner.tuple {
                false => results::give(gil, scope, function, frame),
                true => Ok(results::several(gil, scope, function, frame)?.into_ptr()),
            }
        }
    })
}

/// Puts an argument into its slots.
#[inline(always)]
unsafe fn load(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    index: usize,
    object: Object,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let param = &function.signature().params[index];
    // SAFETY: the caller's promise.
    unsafe { argument::load(gil, scope, &param.info, object, slots) }
        .map_err(|error| error.at(param.argument(index)))
}
