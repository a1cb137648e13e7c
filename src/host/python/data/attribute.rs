//! Fields of records as attributes.

use std::ffi::c_int;
use std::ptr;

use super::place::Place;
use super::raise::{clear, exception, pending};
use super::scalar::ScalarAccess;
use super::table::{RecordPart, Shape};
use super::{Data, DataTable, bit_field, fields, load, memory, store};
use crate::error::{Error, Result};
use crate::host::python::trampoline::{trampoline, trampoline_status};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::name::Name;
use crate::python::object::{PyRef, text_of};

/// The attribute by which what has no fields gives its value.
static VALUE: Name = Name::new(c"value");

/// The part that a name stands for, where it is, and whose memory that is; `None` needs a closer
/// look.
///
/// # Safety
/// `object` is an instance with these fields.
#[inline(always)]
unsafe fn find(
    object: Object,
    data: &Data,
    name: Object,
) -> Option<(&RecordPart, *mut u8, Object)> {
    let table = data.table()?;
    // SAFETY: as above; so is an owner.
    unsafe {
        if table.shape == Shape::Record {
            let part = table.names.find(name)?;
            let root = if data.is_own() { object } else { data.owner() };
            let at = data.address().wrapping_add(part.offset);
            return memory::is_there(root).then_some((part, at, root));
        }
        if table.shape != Shape::Pointer || data.address().is_null() {
            return None;
        }
        let part = table.known_inner()?.names.find(name)?;
        let at = data.address().wrapping_add(part.offset);
        let root = pointed_into(data, at, part.size())?;
        Some((part, at, root))
    }
}

/// The number that an object is, if the name is that of its value, and where it is; `None` needs a
/// closer look.
///
/// # Safety
/// `object` is an instance with these fields.
#[inline(always)]
unsafe fn find_value(object: Object, data: &Data, name: Object) -> Option<(ScalarAccess, *mut u8)> {
    let table = data.table()?;
    let Shape::Scalar(scalar) = table.shape else { return None };
    if !VALUE.is(name) {
        return None;
    }
    // SAFETY: as above; so is an owner.
    let is_there = unsafe { memory::is_there(if data.is_own() { object } else { data.owner() }) };
    is_there.then(|| (scalar, data.address()))
}

/// The object in whose memory so many bytes are that a pointer leads to; NULL if that is C's. `None`
/// needs a closer look.
///
/// # Safety
/// The data is a pointer.
#[inline(always)]
pub(super) unsafe fn pointed_into(data: &Data, at: *const u8, size: usize) -> Option<Object> {
    if data.owner().is_null() {
        return Some(data.owner());
    }
    // SAFETY: what keeps the target is an instance.
    unsafe {
        let root = memory::root(data.owner());
        if root.is_null() || !memory::is_there(root) {
            return None;
        }
        let (start, all) = memory::region(root);
        let rest = all?.checked_sub(at.addr().checked_sub(start.addr())?)?;
        (size <= rest).then_some(root)
    }
}

/// `Py_tp_getattro`
pub(super) unsafe extern "C-unwind" fn get(object: Object, name: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and a `str`, holding the GIL.
    unsafe {
        if let Some((scalar, at)) = find_value(object, fields(object), name) {
            let found = scalar.load(api, at);
            if !found.is_null() {
                return found;
            }
        }
        if let Some((part, at, root)) = find(object, fields(object), name) {
            let found = match part.bits {
                None => load::quick(api, &part.table, at, root),
                Some(bits) => bit_field::load(api, &part.table, bits, at),
            };
            if !found.is_null() {
                return found;
            }
        }
        get_other(object, name)
    }
}

#[inline(never)]
unsafe fn get_other(object: Object, name: Object) -> Object {
    // SAFETY: `object` is an instance and `name` a `str`, both alive; the GIL is held.
    unsafe {
        trampoline(|gil| {
            clear(gil);
            if let Some(place) = field(gil, object, name)? {
                return load::load(gil, &place);
            }
            let found = (gil.api.PyObject_GenericGetAttr)(object, name);
            PyRef::from_owned(found).ok_or_else(|| no_field(gil, object, name))
        })
    }
}

/// The place of a field; `None` if there is none of that name.
unsafe fn field(gil: &Gil, object: Object, name: Object) -> Result<Option<Place>> {
    // SAFETY: `object` is an instance and `name` a `str`, both alive; the GIL is held.
    unsafe {
        let Some(table) = fields(object).table() else { return Ok(None) };
        // The collector may run code that releases the object, the last of its type.
        let table = table.to_ref(gil.api);
        let text = text_of(gil, &PyRef::new_reference(gil, name))?;
        if let Some(record) = record(gil, &table)? {
            let part = super::place::named(record, &text);
            if part.is_some() || record.layout.origin.stands_for(&text).is_some() {
                let place = Place::of(gil, object)?;
                let place = if place.table.is_pointer() { place.follow(gil)? } else { place };
                return match part {
                    Some(part) => Ok(Some(place.part(gil, part))),
                    None => place.member(gil, &text).map(Some),
                };
            }
        }
        // Once it is made, the quick way knows it.
        VALUE.get(gil)?;
        match table.shape != Shape::Record && text == VALUE.text() {
            true => Place::of(gil, object).map(Some),
            false => Ok(None),
        }
    }
}

/// The record that a type is or points to.
pub(super) fn record<'a>(gil: &Gil, table: &'a DataTable) -> Result<Option<&'a DataTable>> {
    Ok(match table.shape {
        Shape::Record => Some(table),
        Shape::Pointer => table.inner(gil)?.filter(|inner| inner.shape == Shape::Record),
        _ => None,
    })
}

/// Says what fields there are, in the place of the pending exception.
#[cold]
unsafe fn no_field(gil: &Gil, object: Object, name: Object) -> Error {
    let api = gil.api;
    // SAFETY: an exception is pending, under the GIL.
    unsafe {
        if (api.PyErr_ExceptionMatches)(api.PyExc_AttributeError) == 0 {
            return pending();
        }
        let table = fields(object).table();
        let spelled = table.map_or("a released handle".to_owned(), DataTable::spell);
        let known = table.and_then(|table| record(gil, table).ok().flatten());
        if table.is_some() && known.is_none() {
            return pending();
        }
        (api.PyErr_Clear)();
        match text_of(gil, &PyRef::new_reference(gil, name)) {
            Ok(text) => {
                let known = known.map_or(&[][..], |known| known.layout.fields());
                let hint = crate::suggest::hint(&text, known.iter().map(|field| &*field.name));
                let message = format!("{spelled} has no field {text}{hint}");
                exception(gil, api.PyExc_AttributeError, &message)
            }
            Err(failure) => failure,
        }
    }
}

/// `Py_tp_setattro`
pub(super) unsafe extern "C-unwind" fn set(object: Object, name: Object, given: Object) -> c_int {
    let Some(api) = Api::get() else { return -1 };
    // SAFETY: Python calls this with an instance, a `str`, and an object or NULL, holding the GIL.
    unsafe {
        if let Some((part, at, _)) = find(object, fields(object), name)
            && let Shape::Scalar(scalar) = part.table.shape
            && !part.constant
            && part.bits.is_none()
            && !given.is_null()
            && scalar.store_exact(api, at, given)
        {
            return 0;
        }
        if let Some((scalar, at)) = find_value(object, fields(object), name)
            && !fields(object).table().is_none_or(|table| table.constant)
            && !given.is_null()
            && scalar.store_exact(api, at, given)
        {
            return 0;
        }
        set_other(object, name, given)
    }
}

#[inline(never)]
unsafe fn set_other(object: Object, name: Object, given: Object) -> c_int {
    // SAFETY: all three are alive, `object` an instance and `given` perhaps NULL; the GIL is held.
    unsafe {
        trampoline_status(|gil| {
            clear(gil);
            let Some(place) = field(gil, object, name)? else {
                if (gil.api.PyObject_GenericSetAttr)(object, name, given) == 0 {
                    return Ok(());
                }
                return Err(no_field(gil, object, name));
            };
            let text = text_of(gil, &PyRef::new_reference(gil, name))?;
            if given.is_null() {
                let message = format!("field {text} of an object cannot be deleted");
                return Err(exception(gil, gil.api.PyExc_TypeError, &message));
            }
            let given = PyRef::new_reference(gil, given);
            store::assign(gil, &place, &given)
                .map_err(|error| error.at(format_args!("field {text}")))
        })
    }
}
