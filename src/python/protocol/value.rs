//! Values of the protocol: what Python gives as a value, and what a value is in Python.

use std::ptr::{self, NonNull};

use super::entered::Kept;
use crate::abi::metaffi_value;
use crate::call::load_unread;
use crate::error::{Result, Status};
use crate::handle::pin;
use crate::object::ValuePlace;
use crate::python::api::{Object, PlainNumber};
use crate::python::convert::{self, plain_value, scalar};
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
    // SAFETY: `object` is alive.
    match unsafe { number(gil, object) } {
        Some(number) => {
            to.write(number);
            Ok(())
        }
        // SAFETY: as above.
        None => unsafe { give_other(gil, object, to) },
    }
}

/// The number that an exact `int` of one digit or a `float` is; `None` of anything else.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub(super) unsafe fn number(gil: &Gil, object: Object) -> Option<metaffi_value> {
    // SAFETY: `object` is alive, and the GIL is held.
    Some(match unsafe { gil.api.number(object) }? {
        PlainNumber::Int(number) => number.into(),
        PlainNumber::Float(number) => number.into(),
    })
}

/// The same of what is no handle: numbers, text, truth values and None. False for anything else, of which
/// nothing is written. Runs no code of Python.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub(super) unsafe fn give_plain(gil: &Gil, object: Object, to: ValuePlace<'_>) -> bool {
    // SAFETY: `object` is alive.
    match unsafe { number(gil, object) } {
        Some(number) => {
            to.write(number);
            true
        }
        // SAFETY: as above.
        None => unsafe { give_other_plain(gil, object, to) },
    }
}

#[inline(never)]
unsafe fn give_other_plain(gil: &Gil, object: Object, to: ValuePlace<'_>) -> bool {
    // SAFETY: `object` is alive, the GIL is held, and there is room for the slots of a value.
    unsafe {
        let is_plain = plain_value::from_python(gil.api, object, to.as_mut_ptr().cast());
        if !is_plain {
            (gil.api.PyErr_Clear)();
        }
        is_plain
    }
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
unsafe fn give_other(gil: &Gil, object: Object, to: ValuePlace<'_>) -> Result<()> {
    let api = gil.api;
    // SAFETY: `object` is alive, and is kept as long as it is looked at, since it may be somebody else's;
    // the GIL is held; there is room for the slots of a value.
    unsafe {
        if plain_value::from_python(api, object, to.as_mut_ptr().cast()) {
            return Ok(());
        }
        let kept = Kept::new(gil, object);
        let r#type = api.type_of(object);
        let is_value = r#type == api.PyLong_Type || r#type == api.PyUnicode_Type;
        if is_value || callable::is_one(api, object) {
            // Why an `int` or `str` is no plain value is said by this way.
            (api.PyErr_Clear)();
            let any = TypeInfo::from(Kind::Any);
            match convert::from_python(gil, *kept, any.r#type, &any, to.as_mut_ptr().cast()) {
                // Text with half of a surrogate pair is no text elsewhere: it is an object.
                Err(failure) if failure.status() == Status::InvalidText => {}
                given => return given,
            }
        }
        let handle = handle_of(gil, *kept)?;
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
    // SAFETY: the value is what its type says, which has the slots of one; text is looked at first.
    unsafe {
        if value.r#type != STRING8 {
            let plain = plain_value::to_python(gil.api, ptr::from_ref(value).cast());
            if let Some(object) = NonNull::new(plain) {
                return Kept::owned(gil, object.as_ptr());
            }
        }
        take_other(gil, value)
    }
}

const STRING8: u64 = Kind::String8 as u64;

#[inline(never)]
unsafe fn take_other<'a>(gil: &'a Gil, value: &metaffi_value) -> Result<Kept<'a>> {
    let scope = pin::enter();
    let mut slots = [0; 3];
    // SAFETY: the value is what its type says, and is copied where Python keeps it.
    unsafe {
        let r#type = load_unread(value, slots.as_mut_ptr())?;
        let plain = scalar::to_python(gil.api, r#type.kind(), slots.as_ptr());
        if let Some(object) = NonNull::new(plain) {
            return Kept::owned(gil, object.as_ptr());
        }
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
