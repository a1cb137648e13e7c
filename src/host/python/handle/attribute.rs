//! Fields of records as attributes.

use std::ffi::c_int;
use std::ptr;

use super::inline_cache::CachedObject;
use super::{CLASS, HandleFields, value};
use crate::backend::{Field, LayoutKind};
use crate::error::{Error, Result};
use crate::host::python::trampoline::{trampoline, trampoline_status};
use crate::python::api::{Api, Object};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// The attribute by which numbers and pointers, which have no field of that name, give their value.
const VALUE: &str = "value";

/// `Py_tp_getattro`
pub(super) unsafe extern "C-unwind" fn get(object: Object, name: Object) -> Object {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and a `str`, holding the GIL; the memory of what
    // is known stays.
    unsafe {
        if let Some((entry, at)) = (*class.fields(object)).look.field(name) {
            return entry.scalar.load(api, at);
        }
        get_other(object, name)
    }
}

#[inline(never)]
unsafe fn get_other(object: Object, name: Object) -> Object {
    // SAFETY: `object` is an instance and `name` a `str`, both alive; the GIL is held.
    unsafe {
        trampoline(|gil| {
            let fields = super::fields(gil, object)?;
            let seen = fields.seen(gil)?;
            if let Some(seen) = seen
                && let Some(found) = field(gil, fields, seen, name)?
            {
                return Ok(found);
            }
            let found = (gil.api.PyObject_GenericGetAttr)(object, name);
            PyRef::from_owned(found).ok_or_else(|| no_field(gil, fields, seen, name))
        })
    }
}

/// The value of a field; `None` if there is none of that name.
unsafe fn field(
    gil: &Gil,
    fields: &HandleFields,
    seen: &CachedObject,
    name: Object,
) -> Result<Option<PyRef>> {
    // SAFETY: `name` is alive, what the handle's pointers point to is there, and the GIL is held.
    unsafe {
        let Some((text, field)) = find(gil, seen, name)? else { return Ok(None) };
        let path = match field {
            Some(_) => seen.proxy.part("", &text)?,
            None => String::new(),
        };
        if seen.is_pointer() && field.is_some() {
            fields.look.follow(gil, seen)?;
        }
        value::to_python(gil, seen.proxy.get(&path)?).map(Some)
    }
}

/// The field of a name; no field if the name asks for the value of what has none.
unsafe fn find<'a>(
    gil: &Gil,
    seen: &'a CachedObject,
    name: Object,
) -> Result<Option<(String, Option<&'a Field>)>> {
    // SAFETY: `name` is alive, and the GIL is held.
    let text = text_of(gil, &unsafe { PyRef::new_reference(gil, name) })?;
    let field = seen.fields().iter().find(|field| *field.name == *text);
    let record = seen.layout.as_ref().is_some_and(|l| matches!(l.kind, LayoutKind::Record(_)));
    let found = field.is_some() || !record && text == VALUE;
    Ok(found.then_some((text, field)))
}

/// Says what fields there are, in the place of the pending exception.
#[cold]
unsafe fn no_field(
    gil: &Gil,
    fields: &HandleFields,
    seen: Option<&CachedObject>,
    name: Object,
) -> Error {
    let api = gil.api;
    // SAFETY: an exception is pending, under the GIL.
    unsafe {
        if (api.PyErr_ExceptionMatches)(api.PyExc_AttributeError) == 0 {
            return value::pending();
        }
        let known = seen.map_or(&[][..], CachedObject::fields);
        if known.is_empty() && !fields.is_released() {
            return value::pending();
        }
        (api.PyErr_Clear)();
        match text_of(gil, &PyRef::new_reference(gil, name)) {
            Ok(text) => {
                let hint = crate::suggest::hint(&text, known.iter().map(|field| &*field.name));
                let message = format!("{} has no field {text}{hint}", fields.type_name());
                value::exception(gil, api.PyExc_AttributeError, &message)
            }
            Err(failure) => failure,
        }
    }
}

/// `Py_tp_setattro`
pub(super) unsafe extern "C-unwind" fn set(object: Object, name: Object, given: Object) -> c_int {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return -1 };
    // SAFETY: Python calls this with an instance, a `str`, and an object or NULL, holding the GIL;
    // the memory of what is known stays.
    unsafe {
        if let Some((entry, at)) = (*class.fields(object)).look.field(name)
            && !entry.constant
            && !given.is_null()
        {
            let mut slot = 0;
            if convert::scalar::from_python(api, entry.scalar.kind(), given, &raw mut slot) {
                entry.scalar.store(at, slot);
                return 0;
            }
        }
        set_other(object, name, given)
    }
}

#[inline(never)]
unsafe fn set_other(object: Object, name: Object, given: Object) -> c_int {
    // SAFETY: all three are alive, `object` an instance and `given` perhaps NULL; the GIL is held.
    unsafe {
        trampoline_status(|gil| {
            if !(gil.api.PyErr_Occurred)().is_null() {
                (gil.api.PyErr_Clear)();
            }
            let fields = super::fields(gil, object)?;
            let seen = fields.seen(gil)?;
            if let Some(seen) = seen
                && let Some((text, field)) = find(gil, seen, name)?
            {
                if given.is_null() {
                    let message = format!("field {text} of an object cannot be deleted");
                    return Err(value::exception(gil, gil.api.PyExc_TypeError, &message));
                }
                let given = PyRef::new_reference(gil, given);
                return write(gil, fields, seen, &text, field, &given)
                    .map_err(|error| error.at(format_args!("field {text}")));
            }
            if (gil.api.PyObject_GenericSetAttr)(object, name, given) == 0 {
                return Ok(());
            }
            Err(no_field(gil, fields, seen, name))
        })
    }
}

unsafe fn write(
    gil: &Gil,
    fields: &HandleFields,
    seen: &CachedObject,
    name: &str,
    field: Option<&Field>,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: what pointers on the path point to is there, and the GIL is held.
    unsafe {
        if field.is_none() {
            return value::assign(gil, &*seen.proxy, "", given);
        }
        if seen.is_pointer() {
            fields.look.follow(gil, seen)?;
        }
        let path = seen.proxy.part("", name)?;
        value::assign(gil, &*seen.proxy, &path, given)
    }
}
