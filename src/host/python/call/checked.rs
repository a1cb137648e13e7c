//! The fast way of calls of functions that may fail and whose values are in slots: numbers, text, and objects
//! of other runtimes. Whatever needs a closer look goes the slow way.

use std::mem::{self, MaybeUninit};
use std::ptr;
use std::slice;

use super::entity_fields::{self, EntityFields};
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::call::errors::failure::from_c;
use crate::call::errors::unwind::caught;
use crate::call::{Function, HostCall, Lifetime, Passing};
use crate::error::Result;
use crate::handle::Fast;
use crate::handle::pin;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET, Vectorcall};
use crate::python::convert::{self, NumberForm};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::unwrap;
use crate::python::upcall::numbers::{none, number};
use crate::signature::{Kind, TypeInfo};
use crate::value::memory;

/// The most slots of the arguments of such a call, and of its result.
const MOST: usize = 32;
const MOST_RESULT: usize = 2;

/// How a function is called.
pub(in crate::host::python) struct CheckedPlan {
    fast: Fast,
    arguments: Box<[CheckedForm]>,
    returned: CheckedResult,
}

/// How an argument is given.
enum CheckedForm {
    Number(NumberForm),
    Text,
    Object,
}

/// What comes back.
enum CheckedResult {
    /// A number of this kind; null for nothing.
    Number(Kind),
    Text,
    Other,
}

impl CheckedForm {
    fn of(info: &TypeInfo) -> Option<CheckedForm> {
        match info.r#type.kind() {
            Kind::String8 => Some(CheckedForm::Text),
            Kind::Handle => Some(CheckedForm::Object),
            kind => match NumberForm::of(kind) {
                NumberForm::Other => None,
                form => Some(CheckedForm::Number(form)),
            },
        }
    }

    fn slots(&self) -> usize {
        if matches!(self, CheckedForm::Text) { 2 } else { 1 }
    }
}

impl CheckedPlan {
    /// The plan for a function; `None` if it has no such way.
    pub(in crate::host::python) fn new(function: &Function) -> Option<CheckedPlan> {
        let callee = function.callee();
        let params = function.param_types();
        let is_plain = |at| matches!(callee.passing(at), Passing::Slots);
        // Who keeps the function needs no key.
        let is_kept = matches!(callee.lifetime(), Lifetime::Locked) && !function.is_variadic();
        if !is_kept || !(0..params.len()).all(is_plain) || callee.counts_bools() {
            return None;
        }
        let arguments: Box<[CheckedForm]> =
            params.iter().map(CheckedForm::of).collect::<Option<_>>()?;
        let returned = match function.return_types() {
            [] => CheckedResult::Number(Kind::Null),
            [info] => match info.r#type.kind() {
                Kind::String8 => CheckedResult::Text,
                Kind::Handle => CheckedResult::Other,
                kind if convert::is_number(kind) => CheckedResult::Number(kind),
                _ => return None,
            },
            _ => return None,
        };
        let fits = arguments.iter().map(CheckedForm::slots).sum::<usize>() <= MOST;
        fits.then(|| callee.fast())?.map(|fast| CheckedPlan { fast, arguments, returned })
    }

    /// What Python calls an entity with such a plan by.
    pub(in crate::host::python) fn vectorcall() -> Vectorcall {
        call
    }
}

impl CheckedForm {
    /// Writes what is given for an argument; false if it needs a closer look.
    ///
    /// # Safety
    /// `object` is alive, the GIL is held, and there is room.
    #[inline(always)]
    unsafe fn load(&self, api: &Api, object: Object, to: *mut metaffi_slot) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            match self {
                CheckedForm::Number(form) => match form.load(api, object) {
                    Some(word) => to.write(word),
                    None => return false,
                },
                CheckedForm::Text => {
                    if api.type_of(object) != api.PyUnicode_Type {
                        return false;
                    }
                    let Some((data, length)) = api.utf8(object) else {
                        (api.PyErr_Clear)();
                        return false;
                    };
                    to.write(data.expose_provenance() as metaffi_slot);
                    to.add(1).write(length as metaffi_slot);
                }
                CheckedForm::Object => match unwrap(api, object) {
                    Some(Ok(key)) => to.write(key as metaffi_slot),
                    _ => return false,
                },
            }
            true
        }
    }
}

/// Calls with arguments that need no closer look; others go the slow way.
unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance that has a plan and with its arguments, holding the
    // GIL; there is room for each argument and for the result.
    unsafe {
        let EntityFields { checked: Some(plan), entity, keeps_lock, .. } =
            entity_fields::fields(object)
        else {
            return super::call_entity(object, objects, count, names);
        };
        let slowly = || super::call_entity(object, objects, count, names);
        let expected = plan.arguments.len();
        let is_other = !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != expected;
        if is_other || entity.module().runtime().check_process().is_err() {
            return slowly();
        }
        let mut words = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + MOST_RESULT];
        let words: *mut metaffi_slot = words.as_mut_ptr().cast();
        let mut at = words;
        for (index, form) in plan.arguments.iter().enumerate() {
            if !form.load(api, *objects.add(index), at) {
                return slowly();
            }
            at = at.add(form.slots());
        }
        let (gil, host_call, mut error) = (Gil::assume(api), HostCall::default(), ptr::null_mut());
        let Fast { invoke, code, map, .. } = plan.fast;
        let mut run = || host_call.run(|| caught(invoke, code, words, map, &raw mut error, 0));
        let outcome = if *keeps_lock { run() } else { gil::release(&gil, run) };
        let status = outcome.status();
        if !matches!(status, Ok(METAFFI_OK)) || host_call.has_failed() {
            let status = status.map(|status| (status, error));
            return failed(&gil, object, plan, at, status, host_call);
        }
        // It has nothing to drop.
        mem::forget(host_call);
        plan.returned.object(api, object, at)
    }
}

impl CheckedResult {
    /// The object of a result, which is taken over.
    ///
    /// # Safety
    /// The function of the entity has written it there; the GIL is held.
    #[inline(always)]
    unsafe fn object(&self, api: &'static Api, entity: Object, at: *mut metaffi_slot) -> Object {
        // SAFETY: as the caller says: text is of so many bytes, and ours.
        unsafe {
            match self {
                // Nothing is written there.
                CheckedResult::Number(Kind::Null) => none(api),
                CheckedResult::Number(kind) => number(api, *kind, *at),
                CheckedResult::Text => {
                    let text: *mut u8 = ptr::with_exposed_provenance_mut(*at as usize);
                    if text.is_null() {
                        return none(api);
                    }
                    let bytes = slice::from_raw_parts(text, *at.add(1) as usize);
                    let made = api.new_utf8(text, bytes.len(), c"strict".as_ptr());
                    if made.is_null() {
                        (api.PyErr_Clear)();
                        return super::finish_slowly(api, entity, &pin::enter(), at);
                    }
                    memory::free(text);
                    made
                }
                CheckedResult::Other => super::finish_slowly(api, entity, &pin::enter(), at),
            }
        }
    }
}

/// What Python gets of a call that has failed, or in which a callback has.
#[cold]
unsafe fn failed(
    gil: &Gil,
    object: Object,
    plan: &CheckedPlan,
    at: *mut metaffi_slot,
    status: Result<(metaffi_status, *mut metaffi_error)>,
    host_call: HostCall,
) -> Object {
    // SAFETY: an entity's object, whose function has written a result if it has not failed.
    unsafe {
        let outcome = status.and_then(|(status, error)| match status {
            METAFFI_OK => match plan.returned.object(gil.api, object, at) {
                none if none.is_null() => Err(fetch(gil)),
                made => Ok(made),
            },
            status => Err(from_c(status, error)),
        });
        let runtime = entity_fields::fields(object).entity.module().runtime().name();
        super::finish(gil, (outcome, host_call.into_failure()), Some(runtime))
    }
}
