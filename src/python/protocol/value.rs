//! Values of the protocol: what Python gives as a value, and what a value is in Python.

use std::ptr::NonNull;

use super::entered::Kept;
use crate::abi::metaffi_value;
use crate::call::load_unread;
use crate::error::{Result, Status};
use crate::handle::pin;
use crate::object::ValuePlace;
use crate::python::api::Object;
use crate::python::convert::{self, scalar};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::handle_of;
use crate::python::upcall::callable;
use crate::signature::{Kind, TypeInfo};
use crate::value;

/// Writes what an object is as a value: numbers, text, truth values and None; a host's callable as
/// itself; a handle of everything else.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub unsafe fn give(gil: &Gil, object: Object, to: ValuePlace<'_>) -> Result<()> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held; an exact type has the layout that is read.
    unsafe {
        let r#type = api.type_of(object);
        if r#type == api.PyLong_Type
            && let Some(number) = api.small_int(object)
        {
            to.write(number.into());
            return Ok(());
        }
        if r#type == api.PyFloat_Type {
            to.write(api.float(object).into());
            return Ok(());
        }
        give_other(gil, object, r#type, to)
    }
}

/// The same of an object that is somebody else's, who may let go of it.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub(super) unsafe fn give_borrowed(gil: &Gil, object: Object, to: ValuePlace<'_>) -> Result<()> {
    // SAFETY: `object` is alive, and kept as long as it is looked at.
    unsafe { give(gil, *Kept::new(gil, object), to) }
}

/// The same of a reference that is given up.
///
/// # Safety
/// It is the caller's.
#[inline(always)]
pub(super) unsafe fn give_owned(gil: &Gil, object: Object, to: ValuePlace<'_>) -> Result<()> {
    // SAFETY: a reference of the caller's, who gives it up.
    unsafe { give(gil, *Kept::owned(gil, object)?, to) }
}

#[inline(never)]
unsafe fn give_other(gil: &Gil, object: Object, r#type: Object, to: ValuePlace<'_>) -> Result<()> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held; there is room for the slots of a text.
    unsafe {
        let is_plain = [api.PyLong_Type, api.PyUnicode_Type].contains(&r#type)
            || [api._Py_NoneStruct, api._Py_TrueStruct, api._Py_FalseStruct].contains(&object)
            || callable::is_one(api, object);
        if is_plain {
            let any = TypeInfo::from(Kind::Any);
            match convert::from_python(gil, object, any.r#type, &any, to.as_mut_ptr().cast()) {
                // Text with half of a surrogate pair is no text elsewhere: it is an object.
                Err(failure) if failure.status() == Status::InvalidText => {}
                given => return given,
            }
        }
        let handle = handle_of(gil, object)?;
        to.write(value::object(handle));
    }
    Ok(())
}

/// The object of a value, which stays the caller's.
///
/// # Safety
/// The value is what its type says.
#[inline(always)]
pub(super) unsafe fn take<'a>(gil: &'a Gil, value: &metaffi_value) -> Result<Kept<'a>> {
    let mut slots = [0; 3];
    // SAFETY: the value is what its type says.
    unsafe {
        let r#type = load_unread(value, slots.as_mut_ptr())?;
        let plain = scalar::to_python(gil.api, r#type.kind(), slots.as_ptr());
        if let Some(object) = NonNull::new(plain) {
            return Kept::owned(gil, object.as_ptr());
        }
        take_other(gil, value)
    }
}

#[inline(never)]
unsafe fn take_other<'a>(gil: &'a Gil, value: &metaffi_value) -> Result<Kept<'a>> {
    let scope = pin::enter();
    // SAFETY: the value is what its type says, and is copied where Python keeps it.
    unsafe {
        // What a scalar could not be made of is said by this way.
        (gil.api.PyErr_Clear)();
        let object = convert::copy_to_python(gil, &scope, value)?;
        Kept::owned(gil, object.into_ptr())
    }
}

/// Whether an object counts as true.
pub(super) fn truth(gil: &Gil, object: Object) -> Result<bool> {
    // SAFETY: alive, under the GIL.
    match unsafe { (gil.api.PyObject_IsTrue)(object) } {
        -1 => Err(error::fetch(gil)),
        answer => Ok(answer != 0),
    }
}
