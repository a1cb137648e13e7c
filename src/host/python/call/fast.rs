//! The fast way of calls from Python: arguments that are what the function's invoker takes, or that
//! hold it, go where it looks for them. What an argument is given as was compiled when the entity was
//! loaded ([`Argument`]); whatever needs a closer look goes the slow way.

mod argument;
mod values;

use std::ffi::c_char;
use std::mem::{self, MaybeUninit};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use self::argument::{Argument, Keeping};
use self::values::{CallValues, Returned};
use crate::abi::metaffi_slot;
use crate::call::errors::unwind::{Outcome, caught};
use crate::call::{Function, HostCall, Lifetime, registers, scratch};
use crate::handle::Fast;
use crate::handle::pin::{self, CallScope};
use crate::host::python::call;
use crate::host::python::call::entity_fields;
use crate::host::python::data;
use crate::host::python::error::{raise, refusal};
use crate::process::float;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET, Vectorcall};
use crate::python::lifecycle::gil::Gil;
use crate::python::upcall::numbers::{none, number};
use crate::signature::Kind;
use crate::value::memory;
use crate::value::text::nowhere;

/// The most words of the arguments of such a call, and of its result.
const MOST: usize = 64;
const MOST_RESULT: usize = 2;

/// How a function is called.
pub(in crate::host::python) struct FastPlan {
    fast: Fast,
    values: Arc<CallValues>,
    /// Whether somebody was told that what C writes to a list is lost.
    told: AtomicBool,
}

impl FastPlan {
    /// The plan for a function; `None` if it has no such way.
    pub(in crate::host::python) fn new(gil: &Gil, function: &Function) -> Option<FastPlan> {
        let callee = function.callee();
        // The entity has the function. What of these is called cannot fail but by what it throws.
        let lasts = matches!(callee.lifetime(), Lifetime::Forever | Lifetime::Kept);
        let fast = callee.fast().filter(|_| lasts)?;
        let fast = Fast { invoke: registers::without_status(fast), ..fast };
        let values = CallValues::of(gil, function)?;
        Some(FastPlan { fast, values, told: AtomicBool::new(false) })
    }

    /// What Python calls an entity with such a plan by.
    pub(in crate::host::python) fn vectorcall(&self, keeps_lock: bool) -> Vectorcall {
        match (self.demand(), keeps_lock) {
            (NOTHING, true) => call::<NOTHING, true>,
            (NOTHING, false) => call::<NOTHING, false>,
            (NUMBERS, true) => call::<NUMBERS, true>,
            (NUMBERS, false) => call::<NUMBERS, false>,
            (_, true) => call::<OBJECTS, true>,
            (_, false) => call::<OBJECTS, false>,
        }
    }

    fn demand(&self) -> u8 {
        let CallValues { arguments, returned, .. } = &*self.values;
        match returned {
            Returned::Number(Kind::Null) if arguments.is_empty() => NOTHING,
            Returned::Number(_) if arguments.iter().all(Argument::is_number) => NUMBERS,
            _ => OBJECTS,
        }
    }
}

/// What a call may have to do: there are no arguments, and no result.
const NOTHING: u8 = 0;
/// Or they are numbers.
const NUMBERS: u8 = 1;
/// Or anything else, which may take memory for the time of the call.
const OBJECTS: u8 = 2;

/// Calls with arguments that need no closer look; others go the slow way.
unsafe extern "C-unwind" fn call<const DEMAND: u8, const KEEPS_LOCK: bool>(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    // SAFETY: Python calls this with an instance that has a plan and with its arguments, holding
    // the GIL; there is a word for each argument and one for the result.
    unsafe {
        let plan = entity_fields::fields(object).fast.as_ref().unwrap_unchecked();
        let CallValues { api, arguments, returned } = &*plan.values;
        let api = *api;
        let expected = if DEMAND == NOTHING { 0 } else { arguments.len() };
        if !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != expected {
            return call::call_entity(object, objects, count, names);
        }
        let mut words = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + MOST_RESULT];
        let words: *mut metaffi_slot = words.as_mut_ptr().cast();
        let (scope, mut kept, mut at) = (pin::enter(), Keeping::new(&plan.told), words);
        for index in 0..expected {
            let (argument, given) = (arguments.get_unchecked(index), *objects.add(index));
            let word = match DEMAND {
                NUMBERS => argument.number(api, given),
                _ => argument.word(api, &scope, &mut kept, given, &mut at),
            };
            let Some(word) = word else {
                end::<DEMAND>(scope, &kept);
                return match argument.refuses(api, given) {
                    true => refusal::raise(api, object, index, given, call::refused),
                    false => call::call_entity(object, objects, count, names),
                };
            };
            *at = word;
            at = at.add(1);
        }
        if let (OBJECTS, Returned::Bytes { room, .. }) = (DEMAND, returned) {
            let Ok(room) = scratch(&scope, *room) else {
                end::<DEMAND>(scope, &kept);
                return call::call_entity(object, objects, count, names);
            };
            *at = room.expose_provenance() as u64;
        }
        let host_call = HostCall::default();
        let outcome = run::<KEEPS_LOCK>(api, &host_call, plan.fast, words);
        if outcome.has_thrown() || host_call.has_failed() {
            end::<DEMAND>(scope, &kept);
            return call::finish_fast(object, outcome, host_call);
        }
        // It has nothing to drop.
        mem::forget(host_call);
        let result = match returned {
            _ if DEMAND == NOTHING => none(api),
            Returned::Number(kind) => number(api, *kind, *at),
            _ if DEMAND == NUMBERS => none(api),
            Returned::Char => char(api, object, &scope, at),
            Returned::Pointer(_) if *at == 0 => none(api),
            Returned::Pointer(table) => {
                let value = ptr::with_exposed_provenance_mut(*at as usize);
                data::make::view(api, table, value, ptr::null_mut())
            }
            Returned::Words(table) => data::make::copy(api, table, at.cast()),
            Returned::Bytes { table, .. } => {
                data::make::copy(api, table, ptr::with_exposed_provenance(*at as usize))
            }
            Returned::Text => {
                let text = text_at(api, *at);
                if text.is_null() {
                    end::<DEMAND>(scope, &kept);
                    return call::finish_fast(object, outcome, HostCall::default());
                }
                text
            }
        };
        end::<DEMAND>(scope, &kept);
        result
    }
}

/// Ends the scope of a call, and lets go what was kept; a call of numbers has nothing to look at.
///
/// # Safety
/// The GIL is held, and this happens once.
#[inline(always)]
unsafe fn end<const DEMAND: u8>(scope: CallScope, kept: &Keeping<'_>) {
    if DEMAND < OBJECTS {
        return mem::forget(scope);
    }
    // SAFETY: the GIL is held, and this happens once.
    unsafe { kept.let_go() };
    scope.leave();
}

/// Runs the function.
///
/// # Safety
/// The words are as the function has them; the GIL is held.
#[inline(always)]
unsafe fn run<const KEEPS_LOCK: bool>(
    api: &Api,
    host_call: &HostCall,
    Fast { invoke, code, map, .. }: Fast,
    words: *mut metaffi_slot,
) -> Outcome {
    // SAFETY: the words are as the function has them; the GIL is held; the state that was saved on
    // this thread is restored.
    unsafe {
        let state = if KEEPS_LOCK { ptr::null_mut() } else { (api.PyEval_SaveThread)() };
        let outcome = host_call.run(|| caught(invoke, code, words, map, ptr::null_mut(), 0));
        if !KEEPS_LOCK {
            (api.PyEval_RestoreThread)(state);
        }
        float::keep_default();
        outcome
    }
}

/// The `str` of a character's unit; what is none by itself is refused as everywhere.
#[inline(always)]
unsafe fn char(
    api: &'static Api,
    entity: Object,
    scope: &CallScope,
    slot: *mut metaffi_slot,
) -> Object {
    // SAFETY: the caller has an entity, under the GIL, and the slot that its function has filled in.
    unsafe {
        let unit = *slot as u8;
        match unit.is_ascii() {
            true => api.new_utf8(&raw const unit, 1, c"strict".as_ptr()),
            false => call::finish_slowly(api, entity, scope, slot),
        }
    }
}

/// The `str` of NUL-terminated UTF-8, or `None`; NULL with an exception set.
#[inline(always)]
unsafe fn text_at(api: &'static Api, word: metaffi_slot) -> Object {
    let text = ptr::with_exposed_provenance::<c_char>(word as usize);
    // SAFETY: the function has given such text, or NULL, under the GIL.
    unsafe {
        match () {
            _ if text.is_null() => none(api),
            _ if memory::is_failure(text) => {
                raise(&Gil::assume(api), &nowhere(text));
                ptr::null_mut()
            }
            _ => api.new_utf8(text.cast(), libc::strlen(text), c"strict".as_ptr()),
        }
    }
}
