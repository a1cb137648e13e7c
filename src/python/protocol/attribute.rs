//! Attributes of Python's objects.

use std::ptr::{self, NonNull};

use super::entered::Kept;
use super::value;
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle::Twin;
use crate::object::{AttributeName, InternedName, ValuePlace};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// Reads one, whose name is `key`.
#[inline(always)]
pub(super) fn get(
    gil: &Gil,
    object: Object,
    (name, key): (AttributeName<'_>, Object),
    to: ValuePlace<'_>,
) -> Result<()> {
    // SAFETY: the object is alive under the GIL, and so is what is found.
    unsafe {
        let found = gil.api.attribute(object, key);
        if found.is_null() {
            return Err(missing(gil, object, name.text(), true));
        }
        value::give(gil, *Kept::owned(gil, found)?, to)
    }
}

/// Writes one, whose name is `key`, or deletes it if there is no value.
///
/// # Safety
/// The value is what its type says.
#[inline(always)]
pub(super) unsafe fn set(
    gil: &Gil,
    object: Object,
    (name, key): (AttributeName<'_>, Object),
    value: Option<&metaffi_value>,
) -> Result<()> {
    // SAFETY: the object is alive under the GIL, and so are name and value.
    unsafe {
        let value = match value {
            Some(value) => Some(value::take(gil, value)?),
            None => None,
        };
        let value = value.as_ref().map_or(ptr::null_mut(), |value| **value);
        let done = match name {
            AttributeName::Interned(_) => gil.api.set_attribute(object, key, value),
            AttributeName::Text(_) => (gil.api.PyObject_SetAttr)(object, key, value),
        };
        match done {
            0 => Ok(()),
            _ => Err(missing(gil, object, name.text(), false)),
        }
    }
}

/// The `str` of a name.
pub(super) struct NameObject<'a> {
    pub(super) object: Object,
    /// Keeps it, if it was made for this use.
    _made: Option<Kept<'a>>,
}

impl<'a> NameObject<'a> {
    /// That of an interned name is there as long as the process.
    #[inline(always)]
    pub(super) fn of(gil: &'a Gil, name: AttributeName<'_>) -> Result<NameObject<'a>> {
        match name {
            AttributeName::Interned(name) => {
                Ok(NameObject { object: twin(gil, name)?, _made: None })
            }
            AttributeName::Text(text) => {
                let made = str(gil, text)?;
                Ok(NameObject { object: *made, _made: Some(made) })
            }
        }
    }
}

/// The `str` of an interned name, if it has been made; it is there as long as the process.
#[inline(always)]
pub(super) fn known_twin(name: AttributeName<'_>) -> Option<Object> {
    match name {
        AttributeName::Interned(name) => NonNull::new(name.twin(Twin::Python).cast()),
        AttributeName::Text(_) => None,
    }
    .map(NonNull::as_ptr)
}

/// The same, which is made if it has not been.
#[inline(always)]
pub(super) fn twin(gil: &Gil, name: &InternedName) -> Result<Object> {
    let twin: Object = name.twin(Twin::Python).cast();
    match twin.is_null() {
        false => Ok(twin),
        true => make_twin(gil, name),
    }
}

#[cold]
fn make_twin(gil: &Gil, name: &InternedName) -> Result<Object> {
    let mut made = str(gil, name.text())?.into_ptr();
    // SAFETY: a new `str` under the GIL, which is given up for the one that is interned.
    unsafe { (gil.api.PyUnicode_InternInPlace)(&raw mut made) };
    let known = name.set_twin(Twin::Python, made.cast()).cast();
    if known != made {
        // SAFETY: another thread was first, while this one had no GIL.
        unsafe { gil.api.decref(made) };
    }
    Ok(known)
}

/// A new `str`.
#[inline(never)]
pub(super) fn str<'a>(gil: &'a Gil, text: &str) -> Result<Kept<'a>> {
    // SAFETY: UTF-8, under the GIL.
    unsafe {
        let made = gil.api.new_utf8(text.as_ptr(), text.len(), c"strict".as_ptr());
        Kept::owned(gil, made)
    }
}

/// The failure of looking up an attribute: that it is not there, or what Python raised instead.
#[cold]
pub(super) fn missing(gil: &Gil, object: Object, name: &str, was_read: bool) -> Error {
    let Some(key) = error::quietly(gil, || support::text(gil, name)) else {
        return error::fetch(gil);
    };
    // SAFETY: live objects under the GIL.
    unsafe {
        let failed = gil.api.PyErr_ExceptionMatches;
        if failed(gil.api.PyExc_AttributeError) != 0
            && error::quietly(gil, || is_there(gil, object, &key)) == Some(true)
        {
            return error::fetch(gil);
        }
        error::no_attribute(gil, object, key.as_ptr(), was_read)
    }
}

/// Whether an object has an attribute, whatever asking for it fails with: code that it runs may raise
/// an AttributeError as well.
fn is_there(gil: &Gil, object: Object, name: &PyRef) -> Result<bool> {
    // SAFETY: alive, under the GIL.
    let object = unsafe { PyRef::new_reference(gil, object) };
    let answer = support::call(gil, &support::objects(gil)?.is_there, &[&object, name])?;
    value::truth(gil, answer.as_ptr())
}
