//! Calls of functions whose arguments travel as words in registers: numbers, text that the callee
//! reads where the `str` has it, objects and functions.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr;

use super::call::{self, Vectorcall};
use super::direct::{is_number, run};
use super::entity::{self, Fields};
use super::handle::{self, word::Accepted};
use crate::abi::metaffi_slot;
use crate::call::{Function, Word, pending};
use crate::handle::Direct;
use crate::handle::pin::{self, Use};
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::gil::Gil;
use crate::python::{arguments, callable, convert};
use crate::signature::Kind;

/// The most arguments of such a function.
const MOST: usize = 14;

/// How it is called.
pub(super) struct Plan {
    direct: Direct,
    params: Box<[(Kind, Word)]>,
    /// The objects that were last given.
    accepted: Box<[Accepted]>,
    /// Whether what an argument stands for has to be pinned.
    pins: bool,
    returned: Option<(Kind, Word)>,
}

impl Plan {
    /// The plan for a function; `None` if it is none of these.
    pub(super) fn new(function: &Function) -> Option<Plan> {
        let words = function.callee().words()?;
        let places = function.params();
        if places.len() > MOST || places.len() != words.params.len() {
            return None;
        }
        let known = |kind: Kind, word: Word| match word {
            Word::Slot => is_number(kind),
            Word::Text => kind == Kind::String8,
            Word::Other => matches!(kind, Kind::Handle | Kind::Callable | Kind::Any),
        };
        let params: Box<[(Kind, Word)]> =
            places.iter().map(|place| place.kind).zip(words.params).collect();
        let returned = match (function.returns(), words.returned) {
            ([], None) => None,
            ([place], Some(word)) => Some((place.kind, word)),
            _ => return None,
        };
        let all = params.iter().chain(&returned).all(|(kind, word)| known(*kind, *word));
        let pins = params.iter().any(|(kind, _)| matches!(kind, Kind::Handle | Kind::Any));
        let accepted = params.iter().map(|_| Accepted::default()).collect();
        all.then_some(Plan { direct: words.direct, params, accepted, pins, returned })
    }

    /// What Python calls an entity with such a plan by.
    pub(super) fn vectorcall(holds_gil: bool) -> Vectorcall {
        match holds_gil {
            true => call_entity::<true>,
            false => call_entity::<false>,
        }
    }
}

/// Calls with arguments that need no conversion; others go the general way. A stack frame of its
/// own, as [`pin::enter`] asks: it is called by its address.
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
        let here = 0u8;
        let span = plan.pins.then(|| pin::enter(&raw const here));
        let mut used = 0_u32;
        let function = entity.function();
        for (index, (kind, word)) in plan.params.iter().enumerate() {
            let argument = *objects.add(index);
            let made = match word {
                Word::Slot => convert::exact(api, argument, *kind),
                Word::Text => text(api, argument),
                Word::Other => match handle::word::word(api, argument, &plan.accepted[index]) {
                    Some(word) => {
                        handle::word::begin(api, argument);
                        used |= 1 << index;
                        Some(word)
                    }
                    None => other(api, span, function, plan, index, argument),
                },
            };
            let Some(made) = made else {
                end(api, objects, used);
                leave(span);
                return call::call_entity(object, objects, count, names);
            };
            *words.add(index) = made;
        }
        run::<HOLDS_GIL>(api, plan.direct, words);
        let result = give(api, plan, words.add(given));
        end(api, objects, used);
        leave(span);
        match pending::any() || result.is_null() {
            false => result,
            true => call::finish_slow(object, result),
        }
    }
}

#[inline(always)]
fn leave(span: Option<Use>) {
    if let Some(span) = span {
        span.leave();
    }
}

/// Ends the use of those handles among the arguments whose bits are set.
#[inline(always)]
unsafe fn end(api: &Api, objects: *const Object, mut used: u32) {
    while used != 0 {
        // SAFETY: the arguments are alive, and the use of these was begun.
        unsafe { handle::word::end(api, *objects.add(used.trailing_zeros() as usize)) };
        used &= used - 1;
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

/// The word of another object or a function; `None` if it is of another kind, or if there is none.
#[inline(always)]
unsafe fn other(
    api: &'static Api,
    span: Option<Use>,
    function: &Function,
    plan: &Plan,
    index: usize,
    object: Object,
) -> Option<u64> {
    // SAFETY: the caller has a live object, under the GIL, that outlives the call.
    unsafe {
        if let (Some(key), Some(span)) = (handle::carried(api, object), span) {
            let accepted = &plan.accepted[index];
            handle::word::learn(&Gil::assume(api), function, index, object, accepted);
            return function.callee().object_word(span, index, key);
        }
        let callable = callable::borrowed(api, object)?;
        function.callee().callable_word(index, callable).ok()
    }
}

/// The object of the result; NULL with an exception set if its text is none.
#[inline(always)]
unsafe fn give(api: &Api, plan: &Plan, word: *const metaffi_slot) -> Object {
    // SAFETY: the callee has left its result, under the GIL; text is NUL-terminated.
    unsafe {
        match plan.returned {
            Some((kind, Word::Slot)) => arguments::scalar(api, kind, word),
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
