//! Calls of functions whose arguments travel as words in registers: numbers, text that the callee
//! reads where the `str` has it, objects and functions.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr;

use super::call::{self, Vectorcall};
use super::direct::{is_number, run};
use super::entity::{self, Fields};
use super::handle::word::{Accepted, hold, learn, word as handle_word};
use super::{lend, method};
use crate::abi::metaffi_slot;
use crate::call::{Function, Lifetime, Passing, Place};
use crate::handle::Fast;
use crate::handle::pin;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::gil::Gil;
use crate::python::{arguments, callable, convert};
use crate::signature::Kind;

/// The most arguments of such a function.
pub(super) const MOST: usize = 14;

/// How it is called.
pub(super) struct Plan {
    pub(super) fast: Fast,
    pub(super) params: Box<[Param]>,
    /// Which arguments are handles.
    handles: Box<[usize]>,
    pub(super) returned: Option<(Kind, Passing)>,
}

/// How an argument is given.
pub(super) struct Param {
    pub(super) kind: Kind,
    pub(super) passing: Passing,
    pub(super) accepted: Accepted,
}

impl Plan {
    /// The plan for a function; `None` if it is none of these.
    pub(super) fn new(function: &Function) -> Option<Plan> {
        let callee = function.callee();
        let fast = callee.fast().filter(|_| callee.lifetime() == Lifetime::Forever)?;
        let places = function.params();
        if places.len() > MOST {
            return None;
        }
        let known = |kind: Kind, passing: Passing| {
            let known = match &passing {
                Passing::Slots => is_number(kind),
                Passing::Slow => false,
                _ => true,
            };
            known.then_some((kind, passing))
        };
        let returned = match function.returns() {
            [] => None,
            [place] => Some(known(place.kind, callee.returning())?),
            _ => return None,
        };
        let param = |(index, place): (usize, &Place)| {
            let (kind, passing) = known(place.kind, callee.passing(index))?;
            Some(Param { kind, passing, accepted: Accepted::default() })
        };
        let params: Box<[Param]> = places.iter().enumerate().map(param).collect::<Option<_>>()?;
        let is_handle = |param: &Param| matches!(param.passing, Passing::Address(_));
        let handles = (0..params.len()).filter(|index| is_handle(&params[*index])).collect();
        Some(Plan { fast, params, handles, returned })
    }

    /// What Python calls an entity with such a plan by.
    pub(super) fn vectorcall(&self, holds_gil: bool) -> Vectorcall {
        match (self.is_method(), holds_gil) {
            (true, _) => method::vectorcall(holds_gil),
            (false, true) => call_entity::<true>,
            (false, false) => call_entity::<false>,
        }
    }

    /// Whether a handle comes first, and everything else is a number.
    fn is_method(&self) -> bool {
        let Some((first, others)) = self.params.split_first() else { return false };
        let is_slots = |passing: &Passing| matches!(passing, Passing::Slots);
        matches!(first.passing, Passing::Address(_))
            && others.iter().all(|param| is_slots(&param.passing))
            && self.returned.as_ref().is_none_or(|(_, passing)| is_slots(passing))
    }
}

/// Calls with arguments that need no conversion; others go the general way.
unsafe extern "C-unwind" fn call_entity<const HOLDS_GIL: bool>(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL; there is a
    // word for each argument and one for the result.
    unsafe {
        let Some(Fields { words: Some(plan), entity, .. }) = entity::fields(object) else {
            return ptr::null_mut();
        };
        let given = plan.params.len();
        if !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != given {
            return call::call_entity(object, objects, count, names);
        }
        let mut words = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
        let words: *mut metaffi_slot = words.as_mut_ptr().cast();
        let span = pin::enter();
        let function = entity.function();
        for (index, param) in plan.params.iter().enumerate() {
            let argument = *objects.add(index);
            let made = match &param.passing {
                Passing::Slots => convert::exact(api, argument, param.kind),
                Passing::Text => text(api, argument),
                Passing::Elements { element, constant } => {
                    let rank = function.signature().params[index].info.dimensions;
                    lend::elements(api, &span, argument, rank, *element, *constant)
                }
                Passing::Address(target) => {
                    let word = handle_word(api, argument, &param.accepted);
                    if word.is_none() {
                        learn(&Gil::assume(api), &**target, argument, &param.accepted);
                    }
                    word
                }
                Passing::Function(target) => callable::borrowed(api, argument)
                    .and_then(|callable| target.pointer(callable).ok())
                    .map(|code| code.expose_provenance() as u64),
                Passing::Slow => None,
            };
            let Some(made) = made else {
                drop(span);
                return call::call_entity(object, objects, count, names);
            };
            *words.add(index) = made;
        }
        plan.hold(objects, 1);
        let failure = run::<HOLDS_GIL>(api, plan.fast, words);
        plan.hold(objects, -1);
        let result = give(api, plan, words.add(given));
        drop(span);
        match failure {
            None if !result.is_null() => result,
            failure => call::finish_slow(object, result, failure),
        }
    }
}

impl Plan {
    /// Keeps the memory of handles among the arguments, by 1, and lets it go again, by -1.
    #[inline(always)]
    unsafe fn hold(&self, objects: *const Object, by: isize) {
        for index in &self.handles {
            // SAFETY: the caller has an argument for each parameter, those being handles.
            unsafe { hold(*objects.add(*index), by) };
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

/// The object of the result; NULL with an exception set if its text is none.
#[inline(always)]
unsafe fn give(api: &Api, plan: &Plan, word: *const metaffi_slot) -> Object {
    // SAFETY: the callee has left its result, under the GIL; text is NUL-terminated.
    unsafe {
        match &plan.returned {
            Some((kind, Passing::Slots)) => arguments::scalar(api, *kind, word),
            Some(_) if *word != 0 => {
                let text = ptr::with_exposed_provenance::<c_char>(*word as usize);
                api.new_utf8(text.cast(), libc::strlen(text), c"strict".as_ptr())
            }
            _ => {
                api.incref(api._Py_NoneStruct);
                api._Py_NoneStruct
            }
        }
    }
}
