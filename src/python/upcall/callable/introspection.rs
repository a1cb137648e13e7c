//! What Python shows of a callable.

use std::borrow::Cow;
use std::ffi::{CStr, c_void};
use std::ptr;

use super::class;
use crate::call::Callable;
use crate::error::{Error, Result, Status};
use crate::python::api::{Api, Object};
use crate::python::convert::spelling;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::{error, support};

/// What it is called where nobody has named it.
const UNNAMED: &str = "callable";

pub(super) unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        let name = name_of(object).unwrap_or(Cow::Borrowed(UNNAMED));
        trampoline(|gil| support::text(gil, &name))
    }
}

pub(super) unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        let name = name_of(object).unwrap_or_default();
        let text = format!("<metaffi.callable {name}{}>", describe(object));
        trampoline(|gil| support::text(gil, &text))
    }
}

/// What a host says of it, or else what it takes and gives.
pub(super) fn documentation(gil: &Gil, object: &PyRef) -> Result<PyRef> {
    // SAFETY: a live instance.
    let text = unsafe {
        let text = class::callable(object.as_ptr()).and_then(Callable::documentation);
        text.map_or_else(|| describe(object.as_ptr()).into(), CStr::to_string_lossy)
    };
    support::text(gil, &text)
}

pub(super) unsafe extern "C-unwind" fn params(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| spelling::spell_all(gil, filled_in(object)?.function().param_types()))
    }
}

pub(super) unsafe extern "C-unwind" fn returns(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| spelling::spell_all(gil, filled_in(object)?.function().return_types()))
    }
}

pub(super) unsafe extern "C-unwind" fn native_pointer(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::int(gil, filled_in(object)?.native()?.addr() as u64)) }
}

/// The callable of an instance.
unsafe fn filled_in<'a>(object: Object) -> Result<&'a Callable> {
    // SAFETY: the caller has an instance.
    unsafe { class::callable(object) }
        .ok_or_else(|| Error::new(Status::InvalidHandle, "this callable was never filled in"))
}

pub(super) unsafe extern "C-unwind" fn signature(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| spelling::signature(gil, filled_in(object)?.function(), None)) }
}

unsafe fn name_of<'a>(object: Object) -> Option<Cow<'a, str>> {
    // SAFETY: the caller has an instance.
    unsafe { class::callable(object) }.and_then(Callable::name).map(CStr::to_string_lossy)
}

/// The signature of an instance's callable.
unsafe fn describe(object: Object) -> String {
    // SAFETY: the caller has an instance.
    let callable = unsafe { class::callable(object) };
    callable.map_or_else(String::new, |callable| callable.function().signature().to_string())
}

/// What Python asked for as a new reference, or NULL with an exception set.
///
/// # Safety
/// The GIL is held.
unsafe fn trampoline(make: impl FnOnce(&Gil) -> Result<PyRef>) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: the GIL is held.
    let gil = unsafe { Gil::assume(api) };
    make(&gil).map_or_else(
        |error| {
            error::raise(&gil, &error);
            ptr::null_mut()
        },
        PyRef::into_ptr,
    )
}
