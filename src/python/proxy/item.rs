//! Items by position and entries by key.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

use super::{ProxyFields, answer, failure, slot, status};
use crate::error::{Error, Result, Status};
use crate::object::Capabilities;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::lent_value::{self, LentValue};

/// `Py_mp_subscript`.
pub(super) unsafe extern "C-unwind" fn get(object: Object, key: Object) -> Object {
    // SAFETY: Python calls this with a proxy and a key, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let (api, mut to) = (gil.api, MaybeUninit::uninit());
            let has_items = fields.capabilities.has(Capabilities::READ_ITEMS);
            if api.type_of(key) == api.PyLong_Type
                && let Some(index) = api.small_int(key).filter(|_| has_items)
            {
                let read =
                    fields.use_object(gil, |key, protocol| protocol.get_index(key, index, &mut to));
                return match read {
                    Ok(()) => lent_value::got(gil, to),
                    Err(failed) => Err(absent(gil, fields, key, failed)),
                };
            }
            if has_items && api.type_of(key) == api.PySlice_Type {
                return slice(gil, fields, key);
            }
            let lent = lend_key(gil, fields, key)?;
            let read =
                fields.use_object(gil, |key, protocol| protocol.get_item(key, lent.get(), &mut to));
            match read {
                Ok(()) => lent_value::got(gil, to),
                Err(failed) => Err(absent(gil, fields, key, failed)),
            }
        })
    }
}

/// `Py_sq_item`.
pub(super) unsafe extern "C-unwind" fn at(object: Object, index: isize) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let (index, mut to) = (index as i64, MaybeUninit::uninit());
            // Python has added the length already.
            if index < 0 && fields.capabilities.has(Capabilities::LENGTH) {
                let gone = Error::not_found("there is no item so far before the end");
                return Err(failure::no_item(gil, gone));
            }
            let read =
                fields.use_object(gil, |key, protocol| protocol.get_index(key, index, &mut to));
            match read {
                Ok(()) => lent_value::got(gil, to),
                Err(failed) => Err(failure::no_item(gil, failed)),
            }
        })
    }
}

/// `Py_mp_ass_subscript`.
pub(super) unsafe extern "C-unwind" fn set(object: Object, key: Object, given: Object) -> c_int {
    // SAFETY: Python calls this with a proxy, a key and an object or NULL, holding the GIL.
    unsafe {
        status(object, |gil, fields| {
            let lent = lend_key(gil, fields, key)?;
            let given = match given.is_null() {
                true => None,
                false => Some(LentValue::new(gil, given)?),
            };
            let given = given.as_ref().map(LentValue::get);
            let done =
                fields.use_object(gil, |key, protocol| protocol.set_item(key, lent.get(), given));
            done.map_err(|failed| absent(gil, fields, key, failed))
        })
    }
}

/// `Py_mp_length` and `Py_sq_length`.
pub(super) unsafe extern "C-unwind" fn length(object: Object) -> isize {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        answer(object, -1, |gil, fields| {
            let length = fields.use_object(gil, |key, protocol| protocol.length(key))?;
            isize::try_from(length)
                .map_err(|_| Error::out_of_range(format!("a length of {length} is no ssize_t")))
        })
    }
}

/// `Py_sq_contains`.
pub(super) unsafe extern "C-unwind" fn contains(object: Object, value: Object) -> c_int {
    // SAFETY: Python calls this with a proxy and an object, holding the GIL.
    unsafe {
        answer(object, -1, |gil, fields| {
            let lent = LentValue::new(gil, value)?;
            let found =
                fields.use_object(gil, |key, protocol| protocol.contains(key, lent.get()))?;
            Ok(c_int::from(found))
        })
    }
}

/// A key as a value: what counts as an integer is one where there are only items.
unsafe fn lend_key(gil: &Gil, fields: &ProxyFields, key: Object) -> Result<LentValue> {
    let api = gil.api;
    // SAFETY: a live object under the GIL.
    unsafe {
        let entries =
            Capabilities::READ_ENTRIES | Capabilities::WRITE_ENTRIES | Capabilities::DELETE_ENTRIES;
        if !fields.capabilities.has_any(entries)
            && api.type_of(key) != api.PyLong_Type
            && (api.PyIndex_Check)(key) != 0
        {
            let index = PyRef::owned(gil, (api.PyNumber_Index)(key))?;
            return LentValue::new(gil, index.as_ptr());
        }
        LentValue::new(gil, key)
    }
}

/// What is said of an item or an entry that is not there.
#[cold]
fn absent(gil: &Gil, fields: &ProxyFields, key: Object, failed: Error) -> Error {
    if failed.status() == Status::Unsupported {
        // A key of the wrong kind, as Python sees it.
        return failed.with_status(Status::TypeMismatch);
    }
    // SAFETY: a live object under the GIL.
    let counts = unsafe { (gil.api.PyIndex_Check)(key) != 0 };
    match counts && fields.capabilities.has(Capabilities::READ_ITEMS) {
        true => failure::no_item(gil, failed),
        false => failure::no_entry(gil, key, failed),
    }
}

/// The items of a slice: what the object makes of it, or a list.
#[inline(never)]
unsafe fn slice(gil: &Gil, fields: &ProxyFields, slice: Object) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: a slice, under the GIL.
    unsafe {
        let bounds = PyRef::new_reference(gil, slice);
        let bound = |name| -> Result<Option<i64>> {
            let bound = bounds.attribute(gil, name)?;
            if bound.as_ptr() == api._Py_NoneStruct {
                return Ok(None);
            }
            // As slices do with numbers that are too large.
            match (api.PyNumber_AsSsize_t)(bound.as_ptr(), ptr::null_mut()) {
                -1 if !(api.PyErr_Occurred)().is_null() => Err(error::fetch(gil)),
                bound => Ok(Some(bound as i64)),
            }
        };
        let (from, to, by) = (bound(c"start")?, bound(c"stop")?, bound(c"step")?);
        let made = fields.use_object(gil, |key, protocol| protocol.slice(key, from, to, by));
        match made {
            Ok(key) => return lent_value::object(gil, key),
            Err(failed) if failed.status() != Status::Unsupported => return Err(failed),
            Err(failed) if !fields.capabilities.has(Capabilities::LENGTH) => return Err(failed),
            Err(_) => {}
        }
        let (mut start, mut stop, mut step) = (0, 0, 0);
        if (api.PySlice_Unpack)(slice, &raw mut start, &raw mut stop, &raw mut step) != 0 {
            return Err(error::fetch(gil));
        }
        let length = fields.use_object(gil, |key, protocol| protocol.length(key))?;
        let length = isize::try_from(length).unwrap_or(isize::MAX);
        let count = (api.PySlice_AdjustIndices)(length, &raw mut start, &raw mut stop, step);
        let items = PyRef::owned(gil, (api.PyList_New)(0))?;
        for number in 0..count {
            let (index, mut to) = ((start + number * step) as i64, MaybeUninit::uninit());
            fields
                .use_object(gil, |key, protocol| protocol.get_index(key, index, &mut to))
                .map_err(|failed| failure::no_item(gil, failed))?;
            let item = lent_value::got(gil, to)?;
            if (api.PyList_Append)(items.as_ptr(), item.as_ptr()) != 0 {
                return Err(error::fetch(gil));
            }
        }
        Ok(items)
    }
}
