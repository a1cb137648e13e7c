//! Attributes: those of the object, and behind them those of the proxy's type. What Python itself asks
//! for, `__class__` and its like, is the type's first.

use std::collections::BTreeSet;
use std::ffi::c_int;
use std::mem::MaybeUninit;

use super::known::{self, NameOfFamily};
use super::{ProxyFields, class, failure, method, slot, status};
use crate::error::{Error, Result, Status};
use crate::object::{AttributeName, Capabilities, Family};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;
use crate::python::upcall::lent_value;

/// `Py_tp_getattro`.
pub(super) unsafe extern "C-unwind" fn get(object: Object, name: Object) -> Object {
    // SAFETY: Python calls this with a proxy and a `str`, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            if let Some(known) = known::find(fields, name) {
                return get_known(gil, fields, (object, name), known);
            }
            let text = text(gil, name)?;
            if is_of_language(text) {
                if let Some(own) = own(gil, object, name)? {
                    return Ok(own);
                }
            } else if fields.family != Family::NONE
                && let Ok(known) = known::learn(gil, fields, name, text)
            {
                return get_known(gil, fields, (object, name), known);
            }
            get_by_text(gil, fields, (object, name), text)
        })
    }
}

/// An attribute whose name stands for that in the object's family.
#[inline(always)]
unsafe fn get_known(
    gil: &Gil,
    fields: &ProxyFields,
    (object, name): (Object, Object),
    known: NameOfFamily,
) -> Result<PyRef> {
    // SAFETY: live objects under the GIL; what is read is what its type says.
    unsafe {
        match known {
            NameOfFamily::Method(member, class) if !fields.is_released() => {
                method::of(gil, (object, name), member, class)
            }
            NameOfFamily::Constant(member) => {
                if let Some(part) = fields.parts.get(gil, name) {
                    return Ok(part);
                }
                let part = get_member(gil, fields, (object, name), member)?;
                // Other threads may have read it, or released the object, meanwhile.
                if let Some(earlier) = fields.parts.get(gil, name) {
                    return Ok(earlier);
                }
                // A class of exceptions keeps its proxy and what it is below: classes do not keep it.
                let is_kept = class::is(gil.api, part.as_ptr())
                    || !fields.capabilities.has(Capabilities::TYPE);
                if is_kept && !fields.is_released() {
                    fields.parts.put(gil, name, &part)?;
                }
                Ok(part)
            }
            NameOfFamily::Attribute(member) => get_member(gil, fields, (object, name), member),
            _ => get_by_text(gil, fields, (object, name), text(gil, name)?),
        }
    }
}

/// An attribute that is a member of the object's family.
#[inline(always)]
unsafe fn get_member(
    gil: &Gil,
    fields: &ProxyFields,
    (object, name): (Object, Object),
    member: u32,
) -> Result<PyRef> {
    let mut to = MaybeUninit::uninit();
    let read = fields.use_object(gil, |key, protocol| protocol.read_member(key, member, &mut to));
    match read {
        // SAFETY: what is read is what its type says.
        Ok(()) => unsafe { lent_value::got(gil, to) },
        Err(failed) => instead(gil, object, name, failed),
    }
}

/// An attribute of any object.
unsafe fn get_by_text(
    gil: &Gil,
    fields: &ProxyFields,
    (object, name): (Object, Object),
    text: &str,
) -> Result<PyRef> {
    let mut to = MaybeUninit::uninit();
    let read = fields.use_object(gil, |key, protocol| {
        protocol.get_attribute(key, AttributeName::Text(text), &mut to)
    });
    match read {
        // SAFETY: what is read is what its type says.
        Ok(()) => unsafe { lent_value::got(gil, to) },
        Err(failed) => instead(gil, object, name, failed),
    }
}

/// What the type of the proxy has instead of an attribute that the object has not.
#[cold]
fn instead(gil: &Gil, object: Object, name: Object, failed: Error) -> Result<PyRef> {
    if failed.status() == Status::NotFound {
        // SAFETY: live objects under the GIL.
        if let Some(own) = unsafe { own(gil, object, name) }? {
            return Ok(own);
        }
        return Err(failure::no_attribute(gil, object, name, failed));
    }
    // What is the proxy's own is there also when it is released.
    if failed.status() == Status::InvalidHandle
        // SAFETY: as above.
        && let Some(own) = unsafe { own(gil, object, name) }?
    {
        return Ok(own);
    }
    // Python and its tools ask every object for such names.
    // SAFETY: as above.
    if failed.status() == Status::InvalidHandle && is_of_language(unsafe { text(gil, name) }?) {
        // SAFETY: as above.
        return unsafe { PyRef::owned(gil, (gil.api.PyObject_GenericGetAttr)(object, name)) };
    }
    Err(failed)
}

/// An attribute of the proxy's own; `None` if it has none of that name.
unsafe fn own(gil: &Gil, object: Object, name: Object) -> Result<Option<PyRef>> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        let found = PyRef::from_owned((api.PyObject_GenericGetAttr)(object, name));
        if found.is_none() {
            if (api.PyErr_ExceptionMatches)(api.PyExc_AttributeError) == 0 {
                return Err(error::fetch(gil));
            }
            (api.PyErr_Clear)();
        }
        Ok(found)
    }
}

/// `Py_tp_setattro`.
pub(super) unsafe extern "C-unwind" fn set(object: Object, name: Object, given: Object) -> c_int {
    // SAFETY: Python calls this with a proxy, a `str` and an object or NULL, holding the GIL.
    unsafe {
        status(object, |gil, fields| {
            let (mut known, name_text) = (known::find(fields, name), text(gil, name)?);
            if known.is_none() && fields.family != Family::NONE && !is_of_language(name_text) {
                known = known::learn(gil, fields, name, name_text).ok();
            }
            let (wanted, lent) = match given.is_null() {
                true => (Capabilities::DELETE_ATTRIBUTES, None),
                false => {
                    let lent = lent_value::LentValue::new(gil, given)?;
                    (Capabilities::WRITE_ATTRIBUTES, Some(lent))
                }
            };
            if !fields.capabilities.has(wanted) {
                return Err(refused(gil, object, name, given));
            }
            let name_text = AttributeName::Text(name_text);
            let given = lent.as_ref().map(lent_value::LentValue::get);
            let done = fields.use_object(gil, |key, protocol| match (known, given) {
                (Some(NameOfFamily::Attribute(member)), Some(given)) => {
                    protocol.write_member(key, member, given)
                }
                _ => protocol.set_attribute(key, name_text, given),
            });
            done.map_err(|failed| failure::no_attribute(gil, object, name, failed))
        })
    }
}

/// As Python says that objects of a type have no such attribute, or none that is written.
#[cold]
unsafe fn refused(gil: &Gil, object: Object, name: Object, given: Object) -> Error {
    // SAFETY: live objects under the GIL.
    match unsafe { (gil.api.PyObject_GenericSetAttr)(object, name, given) } {
        0 => Error::unsupported("the proxy has an attribute of its own"),
        _ => error::fetch(gil),
    }
}

/// `__dir__`: the members, and what the proxy has.
pub(super) unsafe extern "C-unwind" fn list(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let r#type = gil.api.type_of(object);
            let listed = PyRef::owned(gil, (gil.api.PyObject_Dir)(r#type))?;
            let names = support::items(gil, &listed)?.into_iter();
            let names: Result<BTreeSet<String>> = names.map(|name| text_of(gil, &name)).collect();
            let mut names = names?;
            let members = fields.use_object(gil, |key, protocol| protocol.members(key))?;
            names.extend(members.into_iter().map(|member| member.name));
            support::texts(gil, &names.iter().map(String::as_str).collect::<Vec<_>>())
        })
    }
}

/// The UTF-8 of a name, as long as that is there.
#[inline(always)]
pub(super) unsafe fn text<'a>(gil: &Gil, name: Object) -> Result<&'a str> {
    let api = gil.api;
    // SAFETY: a live object under the GIL, whose valid UTF-8 is there as long as it.
    unsafe {
        let found = match api.type_of(name) == api.PyUnicode_Type {
            true => api.utf8(name),
            false => {
                let mut length = 0;
                let data = (api.PyUnicode_AsUTF8AndSize)(name, &raw mut length);
                (!data.is_null()).then_some((data.cast(), length.cast_unsigned()))
            }
        };
        let Some((data, length)) = found else { return Err(error::fetch(gil)) };
        Ok(std::str::from_utf8_unchecked(std::slice::from_raw_parts(data, length)))
    }
}

/// Whether a name is one that Python gives a meaning: `__class__`.
#[inline(always)]
fn is_of_language(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}
