//! Calls of functions whose arguments and result are numbers in registers: no frame is laid out,
//! nothing is pinned, nothing is allocated.

use std::mem::MaybeUninit;
use std::ptr;

use super::call::{self, Vectorcall};
use super::entity::{self, Fields};
use crate::abi::metaffi_slot;
use crate::call::{Function, HostCall, Lifetime};
use crate::error::Error;
use crate::handle::Fast;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::{arguments, convert};
use crate::signature::Kind;

/// The most arguments of such a function.
const MOST: usize = 14;

/// How it is called.
pub(super) struct Plan {
    fast: Fast,
    count: usize,
    params: [Kind; MOST],
    returned: Kind,
}

impl Plan {
    /// The plan for a function; `None` if it is none of these.
    pub(super) fn new(function: &Function) -> Option<Plan> {
        let forever = function.callee().lifetime() == Lifetime::Forever;
        let fast = function.fast().filter(|_| forever)?;
        let (places, count) = (function.params(), function.params().len());
        if count > MOST {
            return None;
        }
        let mut params = [Kind::Null; MOST];
        for (param, place) in params.iter_mut().zip(places) {
            *param = Some(place.kind).filter(|kind| is_number(*kind))?;
        }
        let returned = match function.returns() {
            [] => Kind::Null,
            [place] => Some(place.kind).filter(|kind| is_number(*kind))?,
            _ => return None,
        };
        Some(Plan { fast, count, params, returned })
    }

    /// What Python calls an entity with such a plan by.
    pub(super) fn vectorcall(&self, holds_gil: bool) -> Vectorcall {
        match (self.count + usize::from(self.returned != Kind::Null), holds_gil) {
            (0, true) => call_bare::<true>,
            (0, false) => call_bare::<false>,
            (_, true) => call_entity::<true>,
            (_, false) => call_entity::<false>,
        }
    }
}

/// Whether it is a number or a bool; characters are text in Python.
pub(super) fn is_number(kind: Kind) -> bool {
    kind.is_scalar() && !matches!(kind, Kind::Char8 | Kind::Char16 | Kind::Char32)
}

/// Calls with arguments of exactly the types that need no conversion; others go the general way.
unsafe extern "C-unwind" fn call_entity<const HOLDS_GIL: bool>(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL; the frame has
    // a slot for each argument and one for the result.
    unsafe {
        let Some(Fields { direct: Some(plan), .. }) = entity::fields(object) else {
            return ptr::null_mut();
        };
        if !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != plan.count {
            return call::call_entity(object, objects, count, names);
        }
        let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
        let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
        for index in 0..plan.count {
            let kind = *plan.params.get_unchecked(index);
            let Some(slot) = convert::exact(api, *objects.add(index), kind) else {
                return call::call_entity(object, objects, count, names);
            };
            *frame.add(index) = slot;
        }
        let failure = run::<HOLDS_GIL>(api, plan.fast, frame);
        let result = match plan.returned {
            Kind::Null => {
                api.incref(api._Py_NoneStruct);
                api._Py_NoneStruct
            }
            kind => arguments::scalar(api, kind, frame.add(plan.count)),
        };
        match failure {
            None => result,
            failure => call::finish_slow(object, result, failure),
        }
    }
}

/// Calls a function without arguments and result, which is all that has to be done then.
unsafe extern "C-unwind" fn call_bare<const HOLDS_GIL: bool>(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL; such a
    // function is called through a pointer of this type.
    unsafe {
        let Some(Fields { direct: Some(plan), .. }) = entity::fields(object) else {
            return ptr::null_mut();
        };
        if !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != 0 {
            return call::call_entity(object, objects, count, names);
        }
        let code: unsafe extern "C-unwind" fn() = std::mem::transmute(plan.fast.code);
        let failure = run_code::<HOLDS_GIL>(api, || code());
        api.incref(api._Py_NoneStruct);
        match failure {
            None => api._Py_NoneStruct,
            failure => call::finish_slow(object, api._Py_NoneStruct, failure),
        }
    }
}

/// Runs the function. The failure of a callback that it ran, if one failed.
///
/// # Safety
/// The frame is as the function has it; the GIL is held.
#[inline(always)]
pub(super) unsafe fn run<const HOLDS_GIL: bool>(
    api: &Api,
    fast: Fast,
    frame: *mut metaffi_slot,
) -> Option<Error> {
    // SAFETY: the caller's promise.
    unsafe {
        run_code::<HOLDS_GIL>(api, || {
            (fast.invoke)(fast.code, frame, fast.map, ptr::null_mut(), 0);
        })
    }
}

/// # Safety
/// The GIL is held.
#[inline(always)]
unsafe fn run_code<const HOLDS_GIL: bool>(api: &Api, code: impl FnOnce()) -> Option<Error> {
    if HOLDS_GIL {
        return HostCall::run(code).1;
    }
    // SAFETY: the caller's promise; the state that was saved on this thread is restored.
    unsafe {
        let state = (api.PyEval_SaveThread)();
        let ((), failure) = HostCall::run(code);
        (api.PyEval_RestoreThread)(state);
        failure
    }
}
