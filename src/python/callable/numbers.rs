use std::any::Any;
use std::mem::MaybeUninit;
use std::ptr;

use super::class;
use crate::abi::metaffi_slot;
use crate::call::{Callable, HostFunction};
use crate::error::Error;
use crate::process::float;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::gil::{self, Gil};
use crate::python::{arguments, convert, error};
use crate::signature::Kind;

/// The most arguments of such a function.
const MOST: usize = 6;

/// A host's function whose arguments and return, if it has one, are numbers: nothing of such a
/// call is pinned, deferred or allocated, so that it needs no span of use.
pub(super) struct Numbers {
    /// The callable has it.
    host: *const HostFunction,
    count: usize,
    params: [Kind; MOST],
    returned: Kind,
}

impl Numbers {
    /// How such a function is called; `None` if the callable's is none.
    pub(super) fn of(callable: &Callable) -> Option<Numbers> {
        let function = callable.function();
        let callee: &dyn Any = function.callee();
        let host = ptr::from_ref(callee.downcast_ref::<HostFunction>()?);
        let signature = function.signature();
        let number =
            |info| Some(arguments::plain_kind(info)).filter(|kind| convert::is_number(*kind));
        let count = signature.params.len();
        if count > MOST {
            return None;
        }
        let mut params = [Kind::Null; MOST];
        for (kind, param) in params.iter_mut().zip(&signature.params) {
            *kind = number(&param.info)?;
        }
        let returned = match signature.returns.as_slice() {
            [] => Kind::Null,
            [info] => number(info)?,
            _ => return None,
        };
        Some(Numbers { host, count, params, returned })
    }

    /// Fills the arguments of a frame; false if one of them has to be converted.
    #[inline(always)]
    unsafe fn load(&self, api: &Api, objects: *const Object, frame: *mut metaffi_slot) -> bool {
        for index in 0..self.count {
            // SAFETY: the caller has so many objects, and a slot for each.
            unsafe {
                let kind = *self.params.get_unchecked(index);
                match convert::exact(api, *objects.add(index), kind) {
                    Some(slot) => *frame.add(index) = slot,
                    None => return false,
                }
            }
        }
        true
    }

    /// A new reference to the return as an object; NULL with an exception set.
    #[inline(always)]
    unsafe fn give(&self, api: &Api, frame: *const metaffi_slot) -> Object {
        // SAFETY: the caller has the GIL, and the frame of a call that has returned.
        unsafe {
            match self.returned {
                Kind::Null => {
                    api.incref(api._Py_NoneStruct);
                    api._Py_NoneStruct
                }
                kind => arguments::scalar(api, kind, frame.add(self.count)),
            }
        }
    }
}

/// What Python calls an instance by that has [`Numbers`]. Arguments that have to be converted go
/// the general way.
pub(super) unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL; while it has
    // a reference to the instance, the callable lives, and what it calls.
    unsafe {
        let fields = class::fields(object);
        let Some(numbers) = &(*fields).numbers else { return ptr::null_mut() };
        let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; MOST + 1];
        let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
        let given = count & !PY_VECTORCALL_ARGUMENTS_OFFSET;
        if !names.is_null() || given != numbers.count || !numbers.load(api, objects, frame) {
            return super::call(object, objects, count, names);
        }
        let (gil, host) = (Gil::assume(api), &*numbers.host);
        let outcome = match (*(*fields).callable).is_quick() {
            true => host.run(frame),
            false => gil::release(&gil, || host.run(frame)),
        };
        match outcome {
            Ok(()) => {
                float::keep_default();
                numbers.give(api, frame)
            }
            Err(failed) => raise(&gil, &failed),
        }
    }
}

#[cold]
fn raise(gil: &Gil, failed: &Error) -> Object {
    error::raise(gil, failed);
    ptr::null_mut()
}
