use std::any::Any;
use std::mem::MaybeUninit;
use std::ptr;

use super::class;
use crate::abi::metaffi_slot;
use crate::call::{Callable, HostFunction};
use crate::error::Error;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::convert::scalar::plain_kind;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::upcall::numbers::{MOST, NumberKinds};
use crate::python::{NATURE, error};
use crate::signature::Kind;

/// A host's function whose arguments and return, if it has one, are numbers: nothing of such a
/// call is pinned, deferred or allocated, so that it needs no call scope.
pub(super) struct HostNumbers {
    api: &'static Api,
    /// The callable has it.
    host: *const HostFunction,
    numbers: NumberKinds,
}

impl HostNumbers {
    /// How such a function is called; `None` if the callable's is none.
    pub(super) fn of(gil: &Gil, callable: &Callable) -> Option<HostNumbers> {
        let function = callable.function();
        let callee: &dyn Any = function.callee();
        let host = ptr::from_ref(callee.downcast_ref::<HostFunction>()?);
        let returned = match function.return_types() {
            [] => Kind::Null,
            [info] => Some(plain_kind(info)).filter(|kind| *kind != Kind::Null)?,
            _ => return None,
        };
        let params = function.param_types().iter().map(plain_kind);
        let numbers = NumberKinds::new(params, returned)?;
        Some(HostNumbers { api: gil.api, host, numbers })
    }
}

/// What Python calls an instance by that has [`HostNumbers`]. Arguments that have to be converted go
/// the general way.
pub(super) unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    // SAFETY: Python calls this with an instance that has them and with its arguments, holding the
    // GIL; while it has a reference to the instance, the callable lives, and what it calls.
    unsafe {
        let fields = class::fields(object);
        let HostNumbers { api, host, numbers } = (*fields).numbers.as_deref().unwrap_unchecked();
        let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
        let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
        let given = count & !PY_VECTORCALL_ARGUMENTS_OFFSET;
        if !names.is_null() || given != numbers.count() {
            return super::call(object, objects, count, names);
        }
        for index in 0..given {
            let Some(slot) = numbers.load(api, index, *objects.add(index)) else {
                return super::call(object, objects, count, names);
            };
            *frame.add(index) = slot;
        }
        let (gil, host) = (Gil::assume(api), &**host);
        let outcome = match (*(*fields).callable).keeps_lock() {
            true => NATURE.go_out(|| host.run(frame)),
            false => gil::release(&gil, || NATURE.go_out(|| host.run(frame))),
        };
        match outcome {
            Ok(()) => numbers.give(api, frame),
            Err(failed) => raise(&gil, &failed),
        }
    }
}

#[cold]
fn raise(gil: &Gil, failed: &Error) -> Object {
    error::raise(gil, failed);
    ptr::null_mut()
}
