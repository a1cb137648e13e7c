//! Handles where Python wants truth, a number or bytes.

use std::ffi::c_int;

use super::inline_cache::CachedObject;
use super::{HandleFields, value};
use crate::backend::LayoutKind;
use crate::error::{Error, Result};
use crate::host::python::trampoline::{trampoline, trampoline_status};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support::int;

/// `Py_nb_bool`: only a null pointer is false.
pub(super) unsafe extern "C-unwind" fn truth(object: Object) -> c_int {
    let mut truth = true;
    // SAFETY: Python calls this with an instance, holding the GIL.
    let failed = unsafe {
        trampoline_status(|gil| {
            if let Some(seen) = super::fields(gil, object)?.seen(gil)?.filter(|s| s.is_pointer()) {
                truth = seen.proxy.address()? != 0;
            }
            Ok(())
        })
    };
    if failed == 0 { c_int::from(truth) } else { failed }
}

/// `Py_nb_int`: of a number, or of a pointer's address.
pub(super) unsafe extern "C-unwind" fn integer(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = super::fields(gil, object)?;
            match fields.seen(gil)? {
                Some(seen) if seen.is_pointer() => int(gil, seen.proxy.address()? as u64),
                seen => {
                    let number = number(gil, fields, seen)?;
                    PyRef::owned(gil, (gil.api.PyNumber_Long)(number.as_ptr()))
                }
            }
        })
    }
}

/// `Py_nb_float`
pub(super) unsafe extern "C-unwind" fn float(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = super::fields(gil, object)?;
            let number = number(gil, fields, fields.seen(gil)?)?;
            PyRef::owned(gil, (gil.api.PyNumber_Float)(number.as_ptr()))
        })
    }
}

/// The number that an object is, or a TypeError.
fn number(gil: &Gil, fields: &HandleFields, seen: Option<&CachedObject>) -> Result<PyRef> {
    let is_number = |seen: &&CachedObject| {
        seen.layout.as_ref().is_some_and(|layout| matches!(layout.kind, LayoutKind::Scalar(_)))
    };
    let Some(seen) = seen.filter(is_number) else {
        let message = format!("{} is no number", fields.type_name());
        return Err(value::exception(gil, gil.api.PyExc_TypeError, &message));
    };
    // SAFETY: no pointer is followed.
    value::to_python(gil, unsafe { seen.proxy.get("") }?)
}

/// `__bytes__`: all bytes of an object; of a pointer to characters, those before the NUL.
pub(super) unsafe extern "C-unwind" fn bytes(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = super::fields(gil, object)?;
            let Some(seen) = fields.seen(gil)? else { return Err(no_bytes(fields)) };
            let new = |data: *const u8, length: usize| {
                let new = gil.api.PyBytes_FromStringAndSize;
                PyRef::owned(gil, new(data.cast(), length.cast_signed()))
            };
            if !seen.is_pointer() {
                let whole = seen
                    .borrowed
                    .as_ref()
                    .and_then(|borrowed| Some((borrowed.address(), borrowed.size()?)));
                let (data, length) = whole.ok_or_else(|| no_bytes(fields))?;
                return new(data, length);
            }
            let element = seen.layout.as_ref().and_then(|layout| layout.element());
            if !element.is_some_and(|e| e.size == 1 && matches!(e.kind, LayoutKind::Scalar(_))) {
                return Err(no_bytes(fields));
            }
            let target = seen.proxy.borrow_target()?;
            let most = target.size().unwrap_or(usize::MAX);
            let length = (0..most).take_while(|at| target.address().add(*at).read() != 0).count();
            new(target.address(), length)
        })
    }
}

#[cold]
fn no_bytes(fields: &HandleFields) -> Error {
    let message = format!(
        "{} does not say how many bytes it has; cast it to an array with a length",
        fields.type_name()
    );
    Error::unsupported(message)
}
