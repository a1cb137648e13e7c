//! Calls from Python: arguments to a frame, and its returns to objects.

pub(super) mod callable_value;
pub(super) mod checked;
pub(super) mod entity_fields;
pub(super) mod fast;
pub(super) mod loan;
pub(super) mod same_runtime;

use std::ptr;

use self::entity_fields::EntityFields;
use super::error::{is_for_memory, raise, raise_from_foreign};

use crate::abi::metaffi_slot;
use crate::call::errors::repeated::Sort;
use crate::call::errors::unwind::Outcome;
use crate::call::{Function, HostCall};
use crate::error::{Error, Result, Status};
use crate::handle::pin::{self, CallScope};
use crate::host::python::data;
use crate::host::python::data::address::{self, CallMemory};
use crate::python::api::{Api, Object};
use crate::python::error::{self, fetch};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::binder::VectorcallArguments;
use crate::python::upcall::call::{CallOptions, call, refusal};
use crate::python::upcall::callable;
use crate::python::upcall::results;
use crate::python::upcall::rules::{CallableRules, ConversionRules};
use crate::python::{NAME, support};

/// How arguments and returns of entities, and of callables that they return, are converted.
pub(super) static RULES: ConversionRules = ConversionRules {
    bool_is_number: false,
    aliases: false,
    lists: true,
    other_counts: true,
    returned: None,
    fill: Some(data::fill),
    callables: Some(CallableRules {
        to_handle: callable_value::to_handle,
        to_python: callable_value::to_python,
    }),
};

/// What a call has come to, and the failure of a callback that it ran.
type Ended = (Result<Object>, Option<Error>);

/// Calls an entity.
pub(super) unsafe extern "C-unwind" fn call_entity(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let (scope, arguments) = (pin::enter(), VectorcallArguments::new(objects, count, names));
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        let gil = Gil::assume(api);
        let EntityFields { entity, keeps_lock, .. } = entity_fields::fields(object);
        let runtime = entity.module().runtime();
        let ended = match runtime.check_process() {
            Ok(()) => run(&gil, &scope, entity.function(), arguments, *keeps_lock, false),
            Err(refused) => (Err(refused), None),
        };
        drop(scope);
        finish(&gil, ended, Some(runtime.name()))
    }
}

/// Calls a callable that a guest returned.
unsafe extern "C-unwind" fn call_returned(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    let (scope, arguments) = (pin::enter(), VectorcallArguments::new(objects, count, names));
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        let gil = Gil::assume(api);
        let Some(callable) = callable::callable(api, object) else { return ptr::null_mut() };
        let ended = run(&gil, &scope, scope.keep(callable).function(), arguments, false, true);
        drop(scope);
        finish(&gil, ended, None)
    }
}

/// Calls a function; `tuple` is whether what it returns is one in any case.
#[inline(always)]
unsafe fn run(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    arguments: VectorcallArguments,
    keeps_lock: bool,
    tuple: bool,
) -> Ended {
    let host_call = HostCall::default();
    let options = CallOptions { rules: &RULES, keeps_lock, tuple, host_call: Some(&host_call) };
    // SAFETY: the arguments are alive as long as the call, and the GIL is held; what is used by them is
    // ended once.
    let outcome = unsafe {
        let used = used_memory(gil, arguments);
        let outcome = call(gil, scope, function, arguments, options);
        used.into_iter().for_each(|used| used.end());
        outcome.map_err(|failure| hint(gil, failure, arguments))
    };
    (outcome, host_call.into_failure())
}

/// The memory of the arguments that are data. What leaves the call otherwise than by returning leaves it
/// kept.
///
/// # Safety
/// The arguments are alive, and the GIL is held.
unsafe fn used_memory(gil: &Gil, arguments: VectorcallArguments) -> Vec<CallMemory> {
    // SAFETY: the arguments are alive, and the GIL is held.
    unsafe {
        let count = arguments.count + arguments.named(gil);
        let used = |index| address::used_memory(gil.api, *arguments.objects.add(index));
        (0..count).filter_map(used).collect()
    }
}

/// What Python gets of a call into a runtime, or of one of which that is not known.
#[inline(always)]
fn finish(gil: &Gil, ended: Ended, runtime: Option<&str>) -> Object {
    match ended {
        (Ok(object), None) => object,
        ended => finish_failed(gil, ended, runtime),
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
    // SAFETY: `object` is an entity's; the GIL is held.
    unsafe {
        let EntityFields { entity, .. } = entity_fields::fields(object);
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
        finish_failed(&gil, (outcome, callback), Some(entity.module().runtime().name()))
    }
}

/// What Python gets of a result that only the general way converts, or refuses.
///
/// # Safety
/// `object` is an entity's, whose function has filled in the slots of its only result; the GIL is held.
#[cold]
pub(super) unsafe fn finish_slowly(
    api: &'static Api,
    object: Object,
    scope: &CallScope,
    slots: *mut metaffi_slot,
) -> Object {
    // SAFETY: as the caller says.
    unsafe {
        let EntityFields { entity, .. } = entity_fields::fields(object);
        let gil = Gil::assume(api);
        let info = &entity.function().return_types()[0];
        let made = results::one(&gil, scope, &RULES, info, slots).map(PyRef::into_ptr);
        finish(&gil, (made, None), Some(entity.module().runtime().name()))
    }
}

/// The failure of an argument that is refused.
///
/// # Safety
/// `object` is an entity's, and the argument is alive; the GIL is held.
#[cold]
pub(super) unsafe fn refused(gil: &Gil, object: Object, index: usize, argument: Object) -> Error {
    // SAFETY: as the caller says.
    unsafe {
        let EntityFields { entity, .. } = entity_fields::fields(object);
        let refused = refusal(gil, &RULES, entity.function(), index, argument);
        refused.in_runtime(entity.module().runtime().name())
    }
}

#[cold]
fn finish_failed(gil: &Gil, (outcome, callback): Ended, runtime: Option<&str>) -> Object {
    let outcome = outcome.map_err(|failure| match runtime {
        Some(runtime) => failure.in_runtime(runtime),
        None => failure,
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
    match runtime == Some(NAME) {
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
    let uncalled = |index| unsafe { entity_fields::uncalled(gil.api, *objects.add(index)) };
    match (0..count).find_map(uncalled) {
        Some(_) if failure.message().contains("has to be called") => failure,
        Some(name) => {
            failure.advised(format_args!("{name} has to be called for its value: {name}()"))
        }
        None => failure,
    }
}
