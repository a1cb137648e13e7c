//! Calls of functions that take a handle first, and numbers after it: what methods of structs are.

use std::mem::MaybeUninit;
use std::ptr;

use super::call::{self, Vectorcall};
use super::direct::run;
use super::entity::{self, Fields};
use super::handle::word::{learn, memory};
use super::words::{MOST, Plan};
use crate::abi::metaffi_slot;
use crate::call::Passing;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::gil::Gil;
use crate::python::{arguments, convert};

/// What Python calls such an entity by.
pub(super) fn vectorcall(holds_gil: bool) -> Vectorcall {
    match holds_gil {
        true => call_method::<true>,
        false => call_method::<false>,
    }
}

/// Calls with arguments that need no conversion; others go the general way.
unsafe extern "C-unwind" fn call_method<const HOLDS_GIL: bool>(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL; there is a
    // word for each argument and one for the result.
    unsafe {
        let Some(Fields { words: Some(plan), .. }) = entity::fields(object) else {
            return ptr::null_mut();
        };
        let given = plan.params.len();
        if !names.is_null() || count & !PY_VECTORCALL_ARGUMENTS_OFFSET != given {
            return call::call_entity(object, objects, count, names);
        }
        let mut words = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
        let words: *mut metaffi_slot = words.as_mut_ptr().cast();
        let first = *objects;
        let accepted = &plan.params.get_unchecked(0).accepted;
        let Some((address, memory)) = memory(api, first, accepted) else {
            look(api, plan, first);
            return call::call_entity(object, objects, count, names);
        };
        *words = address;
        for index in 1..given {
            let kind = plan.params.get_unchecked(index).kind;
            let Some(slot) = convert::exact(api, *objects.add(index), kind) else {
                return call::call_entity(object, objects, count, names);
            };
            *words.add(index) = slot;
        }
        memory.hold(1);
        let failure = run::<HOLDS_GIL>(api, plan.fast, words);
        memory.hold(-1);
        let result = match &plan.returned {
            None => {
                api.incref(api._Py_NoneStruct);
                api._Py_NoneStruct
            }
            Some((kind, _)) => arguments::scalar(api, *kind, words.add(given)),
        };
        match failure {
            None => result,
            failure => call::finish_slow(object, result, failure),
        }
    }
}

/// Looks at a first argument, for the next time.
#[cold]
unsafe fn look(api: &'static Api, plan: &Plan, object: Object) {
    let first = &plan.params[0];
    let Passing::Address(target) = &first.passing else { return };
    // SAFETY: the caller has a live object, under the GIL.
    unsafe { learn(&Gil::assume(api), &**target, object, &first.accepted) }
}
