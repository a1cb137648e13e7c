//! The fast way of calls from Python: arguments that are what the function's invoker takes, or that
//! hold it, go where it looks for them. Nothing is converted, laid out or allocated; whatever needs
//! that goes the slow way.

use std::ffi::c_char;
use std::mem::{self, MaybeUninit};
use std::ptr;

use super::loan;
use crate::abi::metaffi_slot;
use crate::call::errors::unwind::{Outcome, caught};
use crate::call::{Function, HostCall, Lifetime, Passing, registers};
use crate::handle::Fast;
use crate::handle::pin::{self, CallScope};
use crate::host::python::call;
use crate::host::python::call::entity_fields;
use crate::host::python::handle::address::{Accepted, let_go, update_accepted, word};
use crate::process::float;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET, Vectorcall};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::upcall::callable;
use crate::python::upcall::numbers::{MOST, NumberKinds, none};
use crate::signature::{Kind, Type};

/// How a function is called.
pub(in crate::host::python) struct FastPlan {
    api: &'static Api,
    fast: Fast,
    /// The arguments that are numbers, and what comes back: a number, text or nothing.
    numbers: NumberKinds,
    /// How each argument is given.
    params: Box<[FastParam]>,
    /// Which arguments are handles, a bit for each.
    handles: u32,
}

/// How an argument is given.
struct FastParam {
    passing: Passing,
    /// How many dimensions an array has; 0 for any.
    rank: usize,
    accepted: Accepted,
}

impl FastPlan {
    /// The plan for a function; `None` if it has no such way.
    pub(in crate::host::python) fn new(gil: &Gil, function: &Function) -> Option<FastPlan> {
        let callee = function.callee();
        let fast = callee.fast().filter(|_| callee.lifetime() == Lifetime::Forever)?;
        // Code that lasts for ever cannot fail but by what it throws.
        let fast = Fast { invoke: registers::without_status(fast), ..fast };
        let mut params = Vec::with_capacity(function.params().len());
        for (index, param) in function.signature().params.iter().enumerate() {
            let passing = callee.passing(index);
            let is_given = match passing {
                Passing::Slots => is_number(param.info.r#type),
                Passing::Slow => false,
                _ => true,
            };
            let (rank, accepted) = (param.info.dimensions, Accepted::default());
            params.push(is_given.then(|| FastParam { passing, rank, accepted })?);
        }
        let handle = |(index, param): (usize, &FastParam)| match param.passing {
            Passing::Address(_) => 1 << index,
            _ => 0,
        };
        let returned = match (function.signature().returns.as_slice(), callee.returning()) {
            ([], _) => Kind::Null,
            ([info], Passing::Slots) if is_number(info.r#type) => info.r#type.kind(),
            ([_], Passing::Text) => Kind::String8,
            _ => return None,
        };
        let kinds = function.signature().params.iter().map(|param| param.info.r#type.kind());
        let numbers = NumberKinds::new(kinds, returned)?;
        let handles = params.iter().enumerate().map(handle).sum();
        Some(FastPlan { api: gil.api, fast, numbers, params: params.into(), handles })
    }

    /// What Python calls an entity with such a plan by.
    pub(in crate::host::python) fn vectorcall(&self, keeps_lock: bool) -> Vectorcall {
        match (self.demand(), keeps_lock) {
            (NOTHING, true) => call::<NOTHING, true>,
            (NOTHING, false) => call::<NOTHING, false>,
            (NUMBERS, true) => call::<NUMBERS, true>,
            (NUMBERS, false) => call::<NUMBERS, false>,
            (OBJECTS, true) => call::<OBJECTS, true>,
            (OBJECTS, false) => call::<OBJECTS, false>,
            (WORDS, true) => call::<WORDS, true>,
            (WORDS, false) => call::<WORDS, false>,
            (_, true) => call::<LOANS, true>,
            (_, false) => call::<LOANS, false>,
        }
    }

    fn demand(&self) -> u8 {
        let demand = |param: &FastParam| match param.passing {
            Passing::Slots => NUMBERS,
            Passing::Address(_) => OBJECTS,
            Passing::Text | Passing::Function(_) | Passing::Slow => WORDS,
            Passing::Elements { .. } => LOANS,
        };
        let returned = match self.numbers.returned() {
            Kind::Null if self.params.is_empty() => NOTHING,
            Kind::String8 => WORDS,
            _ => NUMBERS,
        };
        self.params.iter().map(demand).fold(returned, u8::max)
    }

    /// The word of an argument; `None` leaves it to the slow way. The memory of a handle is kept from
    /// then on.
    #[inline(always)]
    unsafe fn word<const DEMAND: u8>(
        &self,
        api: &'static Api,
        scope: Option<&CallScope>,
        index: usize,
        object: Object,
    ) -> Option<u64> {
        // SAFETY: the caller has such an argument, a live object, under the GIL.
        unsafe {
            let param = self.params.get_unchecked(index);
            match &param.passing {
                Passing::Slots => self.numbers.load(api, index, object),
                Passing::Address(target) => {
                    let word = word(api, object, &param.accepted);
                    if word.is_none() {
                        update_accepted(&Gil::assume(api), &**target, object, &param.accepted);
                    }
                    word
                }
                _ if DEMAND == OBJECTS => None,
                Passing::Text => text(api, object),
                Passing::Elements { element, constant } => {
                    loan::elements(api, scope?, object, param.rank, *element, *constant)
                }
                Passing::Function(target) => {
                    let code = target.pointer(callable::of_object(api, object)?).ok()?;
                    Some(code.expose_provenance() as u64)
                }
                Passing::Slow => None,
            }
        }
    }

    /// Lets the memory of the handles go that are among the first `count` arguments.
    #[inline(always)]
    unsafe fn let_go(&self, objects: *const Object, count: usize) {
        let mut handles = self.handles & ((1 << count) - 1);
        while handles != 0 {
            // SAFETY: the caller has so many arguments, whose memory was kept.
            unsafe { let_go(*objects.add(handles.trailing_zeros() as usize)) };
            handles &= handles - 1;
        }
    }
}

/// Whether it is a number or a bool; characters are text in Python.
fn is_number(r#type: Type) -> bool {
    convert::is_number(r#type.kind())
}

/// What a call may have to do: there are no arguments, and no result.
const NOTHING: u8 = 0;
/// Or they are numbers.
const NUMBERS: u8 = 1;
/// Or the addresses of objects.
const OBJECTS: u8 = 2;
/// Or text and functions.
const WORDS: u8 = 3;
/// Or memory, which is lent until the call ends.
const LOANS: u8 = 4;

/// Calls with arguments that need no conversion; others go the slow way.
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
        let api = plan.api;
        let expected = if DEMAND == NOTHING { 0 } else { plan.numbers.count() };
        if !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != expected {
            return call::call_entity(object, objects, count, names);
        }
        let mut words = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
        let words: *mut metaffi_slot = words.as_mut_ptr().cast();
        let scope = (DEMAND == LOANS).then(pin::enter);
        for index in 0..expected {
            let argument = *objects.add(index);
            let word = match DEMAND {
                NUMBERS => plan.numbers.load(api, index, argument),
                _ => plan.word::<DEMAND>(api, scope.as_ref(), index, argument),
            };
            let Some(word) = word else {
                plan.let_go(objects, index);
                end::<DEMAND>(scope);
                return call::call_entity(object, objects, count, names);
            };
            *words.add(index) = word;
        }
        let host_call = HostCall::default();
        let outcome = run::<KEEPS_LOCK>(api, &host_call, plan.fast, words);
        if DEMAND >= OBJECTS {
            plan.let_go(objects, expected);
        }
        if outcome.has_thrown() || host_call.has_failed() {
            end::<DEMAND>(scope);
            return call::finish_fast(object, outcome, host_call);
        }
        // It has nothing to drop.
        mem::forget(host_call);
        let result = match DEMAND {
            NOTHING => none(api),
            WORDS.. if plan.numbers.returned() == Kind::String8 => {
                text_at(api, *words.add(expected))
            }
            _ => plan.numbers.give(api, words),
        };
        end::<DEMAND>(scope);
        match DEMAND < WORDS || !result.is_null() {
            true => result,
            false => call::finish_fast(object, outcome, HostCall::default()),
        }
    }
}

/// Ends the scope of a call that lends memory; others have none, and nothing to look at.
#[inline(always)]
fn end<const DEMAND: u8>(scope: Option<CallScope>) {
    match DEMAND {
        LOANS => drop(scope),
        _ => mem::forget(scope),
    }
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

/// The `str` of NUL-terminated UTF-8, or `None`; NULL with an exception set.
#[inline(always)]
unsafe fn text_at(api: &Api, word: metaffi_slot) -> Object {
    let text = ptr::with_exposed_provenance::<c_char>(word as usize);
    // SAFETY: the function has given such text, or NULL, under the GIL.
    unsafe {
        match text.is_null() {
            true => none(api),
            false => api.new_utf8(text.cast(), libc::strlen(text), c"strict".as_ptr()),
        }
    }
}

/// The address of the UTF-8 of an exact `str`.
#[inline(always)]
unsafe fn text(api: &Api, object: Object) -> Option<u64> {
    // SAFETY: the caller has a live object, under the GIL.
    unsafe {
        if api.type_of(object) != api.PyUnicode_Type {
            return None;
        }
        let Some((data, _)) = api.utf8(object) else {
            (api.PyErr_Clear)();
            return None;
        };
        Some(data.expose_provenance() as u64)
    }
}
