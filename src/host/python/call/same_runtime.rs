//! Calls of Python functions through entities: caller and callee share one interpreter, so that an
//! object that is what was declared is passed as it is. Lists in values of type any are copied, as
//! they are on the way to any other guest.

mod keyword_arguments;
mod pass_mode;
pub(in crate::host::python) mod raised;

use std::any::Any;
use std::ptr;

use self::pass_mode::{PassMode, pass_mode};
use crate::host::python::call::entity_fields::{self, EntityFields};
use crate::host::python::{call, error};

use crate::call::{Function, with_stack};
use crate::error::Result;
use crate::handle::pin;
use crate::process::stack;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET, Vectorcall};
use crate::python::convert;
use crate::python::convert::scalar::plain_kind;
use crate::python::downcall::function::{CallTarget, PyFunction, too_deep};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::results;
use crate::signature::{Kind, TypeInfo};

/// How a Python function is called.
pub(in crate::host::python) struct SameRuntimePlan {
    target: CallTarget,
    params: Box<[Kind]>,
    names: Box<[Option<Box<str>>]>,
    /// Whether it takes more than its parameters by position.
    is_variadic: bool,
    /// What it returns; null if what it returns is not looked at.
    returned: Kind,
    info: Option<TypeInfo>,
}

impl SameRuntimePlan {
    /// The plan for a function; `None` if it is none of Python's, or returns several values.
    pub(in crate::host::python) fn new(function: &Function) -> Option<SameRuntimePlan> {
        let callee: &dyn Any = function.callee();
        let callee = callee.downcast_ref::<PyFunction>()?;
        let target = callee.target().clone();
        let info = match function.return_types() {
            [] => None,
            [info] => Some(info.clone()),
            _ => return None,
        };
        let params = function.param_types().iter().map(plain_kind).collect();
        let names =
            (0..function.params().len()).map(|index| function.name(index).map(Box::from)).collect();
        let returned = info.as_ref().map_or(Kind::Null, plain_kind);
        let is_variadic = function.is_variadic();
        Some(SameRuntimePlan { target, params, names, is_variadic, returned, info })
    }

    /// What Python calls an entity with such a plan by.
    pub(in crate::host::python) fn vectorcall() -> Vectorcall {
        call_entity
    }
}

unsafe extern "C-unwind" fn call_entity(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    if stack::is_low() {
        return too_deep(api);
    }
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        let EntityFields { same_runtime: Some(plan), .. } = entity_fields::fields(object) else {
            return ptr::null_mut();
        };
        let given = count & !PY_VECTORCALL_ARGUMENTS_OFFSET;
        if !names.is_null() {
            return keyword_arguments::call(api, object, plan, (objects, count, names));
        }
        if given != plan.params.len() {
            return call::call_entity(object, objects, count, names);
        }
        for (index, kind) in plan.params.iter().enumerate() {
            match pass_mode(api, *objects.add(index), *kind) {
                PassMode::Same => {}
                PassMode::Copy(copy) => {
                    return call_with_copies(api, object, plan, objects, index, copy);
                }
                PassMode::Converted => return call::call_entity(object, objects, count, names),
            }
        }
        finish(api, plan, plan.target.call(api, objects, count))
    }
}

/// Calls with arguments of which the one at `index` is the first that is passed as a copy, which
/// is taken over.
#[inline(never)]
unsafe fn call_with_copies(
    api: &'static Api,
    entity: Object,
    plan: &SameRuntimePlan,
    given: *const Object,
    mut index: usize,
    mut copy: Object,
) -> Object {
    let count = plan.params.len();
    with_stack(count + 1, |objects: *mut Object| {
        // SAFETY: there is room for the arguments and the place before them. Each is a reference
        // of ours.
        unsafe {
            let objects = objects.add(1);
            for before in 0..index {
                api.incref(*given.add(before));
                *objects.add(before) = *given.add(before);
            }
            loop {
                *objects.add(index) = copy;
                index += 1;
                if index == count {
                    break;
                }
                copy = *given.add(index);
                match pass_mode(api, copy, plan.params[index]) {
                    PassMode::Same => api.incref(copy),
                    PassMode::Copy(other) => copy = other,
                    PassMode::Converted => {
                        release(api, objects, index);
                        return call::call_entity(entity, given, count, ptr::null_mut());
                    }
                }
            }
            let result = plan.target.call(api, objects, count | PY_VECTORCALL_ARGUMENTS_OFFSET);
            release(api, objects, count);
            finish(api, plan, result)
        }
    })
}

unsafe fn release(api: &Api, objects: *const Object, count: usize) {
    for index in 0..count {
        // SAFETY: the caller owns so many references, and holds the GIL.
        unsafe { api.decref(*objects.add(index)) };
    }
}

/// What the caller gets of a result, which is taken over.
#[inline(always)]
unsafe fn finish(api: &'static Api, plan: &SameRuntimePlan, result: Object) -> Object {
    // SAFETY: a new reference or NULL, under the GIL.
    unsafe {
        if !result.is_null() && plan.info.is_some() {
            match pass_mode(api, result, plan.returned) {
                PassMode::Same => return result,
                PassMode::Copy(copy) => {
                    api.decref(result);
                    return copy;
                }
                PassMode::Converted => {}
            }
        }
        finish_other(api, plan, result)
    }
}

#[inline(never)]
unsafe fn finish_other(api: &'static Api, plan: &SameRuntimePlan, result: Object) -> Object {
    // SAFETY: as above.
    unsafe {
        let gil = Gil::assume(api);
        let outcome = match (PyRef::from_owned(result), &plan.info) {
            (None, _) => {
                raised::raise(&gil);
                return ptr::null_mut();
            }
            (Some(_), None) => {
                api.incref(api._Py_NoneStruct);
                return api._Py_NoneStruct;
            }
            (Some(result), Some(info)) => converted(&gil, &result, info),
        };
        match outcome {
            Ok(object) => object.into_ptr(),
            Err(failure) => {
                error::raise(&gil, &failure.in_runtime(crate::python::NAME));
                ptr::null_mut()
            }
        }
    }
}

/// The object of a result by way of its declared type.
unsafe fn converted(gil: &Gil, result: &PyRef, info: &TypeInfo) -> Result<PyRef> {
    let mut slots = [0; 3];
    // SAFETY: a live object under the GIL; no value takes more slots.
    unsafe {
        let (r#type, slots) = (info.r#type, slots.as_mut_ptr());
        convert::from_python(gil, result.as_ptr(), r#type, info, slots)
            .map_err(|error| error.context("the return"))
            .and_then(|()| results::one(gil, &pin::enter(), &call::RULES, info, slots))
    }
}
