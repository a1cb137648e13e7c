//! Elements of arrays, what pointers point to, and parts by path, as items.

use std::ffi::c_int;
use std::ptr;

use super::inline_cache::CachedObject;
use super::{CLASS, HandleFields, value};
use crate::backend::LayoutKind;
use crate::error::{Error, Result};
use crate::host::python::trampoline::{trampoline, trampoline_status};
use crate::python::api::{Api, Object};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// `Py_mp_length`
pub(super) unsafe extern "C-unwind" fn length(object: Object) -> isize {
    let mut length = -1;
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            let fields = super::fields(gil, object)?;
            length = known_length(gil, fields)?.cast_signed();
            Ok(())
        });
    }
    length
}

/// The number of elements, or a TypeError.
fn known_length(gil: &Gil, fields: &HandleFields) -> Result<usize> {
    let found = fields.seen(gil)?.and_then(|seen| seen.proxy.length());
    found.ok_or_else(|| {
        let message = format!("{} has no length", fields.type_name());
        value::exception(gil, gil.api.PyExc_TypeError, &message)
    })
}

/// `Py_tp_iter`
pub(super) unsafe extern "C-unwind" fn iterate(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            known_length(gil, super::fields(gil, object)?)?;
            PyRef::owned(gil, (gil.api.PySeqIter_New)(object))
        })
    }
}

/// `Py_sq_item`
pub(super) unsafe extern "C-unwind" fn item(object: Object, index: isize) -> Object {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        if let Some((scalar, at)) = (*class.fields(object)).look.element(index) {
            return scalar.load(api, at);
        }
        trampoline(|gil| element(gil, super::fields(gil, object)?, index))
    }
}

/// `Py_mp_subscript`
pub(super) unsafe extern "C-unwind" fn get(object: Object, key: Object) -> Object {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and a key, holding the GIL.
    unsafe {
        if api.type_of(key) == api.PyLong_Type {
            let index = (api.PyLong_AsLongLong)(key) as isize;
            if let Some((scalar, at)) = (*class.fields(object)).look.element(index) {
                return scalar.load(api, at);
            }
        }
        trampoline(|gil| {
            clear(gil);
            let fields = super::fields(gil, object)?;
            match Subscript::of(gil, key)? {
                Subscript::Index(index) => element(gil, fields, index),
                Subscript::Path(path) => {
                    value::to_python(gil, shown(gil, fields)?.proxy.get(&path)?)
                }
                Subscript::Slice(slice) => elements(gil, fields, slice),
            }
        })
    }
}

/// `Py_mp_ass_subscript`
pub(super) unsafe extern "C-unwind" fn set(object: Object, key: Object, given: Object) -> c_int {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return -1 };
    // SAFETY: Python calls this with an instance, a key, and an object or NULL, holding the GIL.
    unsafe {
        let look = &(*class.fields(object)).look;
        if api.type_of(key) == api.PyLong_Type && !given.is_null() {
            let index = (api.PyLong_AsLongLong)(key) as isize;
            let mut slot = 0;
            if let Some((scalar, at)) = look.element(index)
                && look.seen().is_some_and(|seen| !seen.constant_elements())
                && convert::scalar::from_python(api, scalar.kind(), given, &raw mut slot)
            {
                scalar.store(at, slot);
                return 0;
            }
        }
        trampoline_status(|gil| {
            clear(gil);
            let fields = super::fields(gil, object)?;
            if given.is_null() {
                let message = "parts of an object cannot be deleted";
                return Err(value::exception(gil, gil.api.PyExc_TypeError, message));
            }
            let given = PyRef::new_reference(gil, given);
            match Subscript::of(gil, key)? {
                Subscript::Index(index) => set_element(gil, fields, index, &given),
                Subscript::Path(path) => {
                    value::assign(gil, &*shown(gil, fields)?.proxy, &path, &given)
                }
                Subscript::Slice(slice) => set_elements(gil, fields, slice, &given),
            }
        })
    }
}

/// Clears what a conversion left that is tried again in another way.
fn clear(gil: &Gil) {
    // SAFETY: under the GIL.
    unsafe {
        if !(gil.api.PyErr_Occurred)().is_null() {
            (gil.api.PyErr_Clear)();
        }
    }
}

/// What is in brackets.
enum Subscript {
    Index(isize),
    Path(String),
    Slice(PyRef),
}

impl Subscript {
    unsafe fn of(gil: &Gil, key: Object) -> Result<Subscript> {
        let api = gil.api;
        // SAFETY: the caller has a live object under the GIL.
        unsafe {
            let r#type = api.type_of(key);
            if r#type == api.PyUnicode_Type {
                return text_of(gil, &PyRef::new_reference(gil, key)).map(Subscript::Path);
            }
            if r#type == api.PySlice_Type {
                return Ok(Subscript::Slice(PyRef::new_reference(gil, key)));
            }
            if (api.PyIndex_Check)(key) == 0 {
                let message = "the key is an index, a slice or the path of a part as a str";
                return Err(value::exception(gil, api.PyExc_TypeError, message));
            }
            let index = (api.PyNumber_AsSsize_t)(key, api.PyExc_IndexError);
            match index == -1 && !(api.PyErr_Occurred)().is_null() {
                true => Err(value::pending()),
                false => Ok(Subscript::Index(index)),
            }
        }
    }
}

/// What an object shows, or that it shows nothing.
fn shown<'a>(gil: &Gil, fields: &'a HandleFields) -> Result<&'a CachedObject> {
    fields.seen(gil)?.ok_or_else(|| {
        Error::unsupported(format!("{} has no parts that Python can see", fields.type_name()))
    })
}

/// The path of an element: from the end if the index is negative and the length known.
fn path(gil: &Gil, seen: &CachedObject, index: isize) -> Result<String> {
    let out_of_range = || {
        let message = format!("index {index} is out of range");
        value::exception(gil, gil.api.PyExc_IndexError, &message)
    };
    if let Some(length) = seen.proxy.length() {
        let from_end = if index < 0 { index + length.cast_signed() } else { index };
        let inside = usize::try_from(from_end).is_ok_and(|index| index < length);
        return inside.then(|| format!("[{from_end}]")).ok_or_else(out_of_range);
    }
    // A number is its own first element, as in C.
    let scalar = seen.layout.as_ref().is_some_and(|l| matches!(l.kind, LayoutKind::Scalar(_)));
    match (scalar, index) {
        (true, 0) => Ok(String::new()),
        (true, _) => Err(out_of_range()),
        (false, _) => Ok(format!("[{index}]")),
    }
}

unsafe fn element(gil: &Gil, fields: &HandleFields, index: isize) -> Result<PyRef> {
    let seen = shown(gil, fields)?;
    let path = path(gil, seen, index)?;
    // SAFETY: what pointers on the path point to is there, and the GIL is held.
    unsafe {
        let found = value::to_python(gil, seen.proxy.get(&path)?);
        if seen.is_pointer() && found.is_ok() {
            // The next one is where this one was, or the way is longer again. A target that
            // nobody can lend is no reason to fail.
            let _ = fields.look.follow(gil, seen);
        }
        found
    }
}

unsafe fn set_element(gil: &Gil, fields: &HandleFields, index: isize, given: &PyRef) -> Result<()> {
    let seen = shown(gil, fields)?;
    let path = path(gil, seen, index)?;
    // SAFETY: what pointers on the path point to is there, and the GIL is held.
    unsafe { value::assign(gil, &*seen.proxy, &path, given) }
}

/// The indexes of a slice.
unsafe fn indexes(
    gil: &Gil,
    fields: &HandleFields,
    slice: &PyRef,
) -> Result<impl ExactSizeIterator<Item = isize> + use<>> {
    let api = gil.api;
    let length = known_length(gil, fields)?.cast_signed();
    let (mut start, mut stop, mut step) = (0, 0, 0);
    // SAFETY: a live slice under the GIL.
    unsafe {
        if (api.PySlice_Unpack)(slice.as_ptr(), &mut start, &mut stop, &mut step) != 0 {
            return Err(value::pending());
        }
        let count = (api.PySlice_AdjustIndices)(length, &mut start, &mut stop, step);
        Ok((0..count.cast_unsigned()).map(move |index| start + index.cast_signed() * step))
    }
}

/// A list of elements.
unsafe fn elements(gil: &Gil, fields: &HandleFields, slice: PyRef) -> Result<PyRef> {
    // SAFETY: what pointers on the path point to is there, and the GIL is held; a list under the
    // GIL.
    unsafe {
        let list = PyRef::owned(gil, (gil.api.PyList_New)(0))?;
        for index in indexes(gil, fields, &slice)? {
            let item = match fields.look.element(index) {
                Some((scalar, at)) => PyRef::owned(gil, scalar.load(gil.api, at))?,
                None => element(gil, fields, index)?,
            };
            if (gil.api.PyList_Append)(list.as_ptr(), item.as_ptr()) != 0 {
                return Err(value::pending());
            }
        }
        Ok(list)
    }
}

/// As many elements as the slice has.
unsafe fn set_elements(
    gil: &Gil,
    fields: &HandleFields,
    slice: PyRef,
    given: &PyRef,
) -> Result<()> {
    let items = support::items(gil, given)?;
    // SAFETY: what pointers on the path point to is there, and the GIL is held.
    unsafe {
        let indexes = indexes(gil, fields, &slice)?;
        if items.len() != indexes.len() {
            let message = format!(
                "{} values given for {} elements: an array keeps its length",
                items.len(),
                indexes.len()
            );
            return Err(value::exception(gil, gil.api.PyExc_ValueError, &message));
        }
        for (index, item) in indexes.zip(&items) {
            set_element(gil, fields, index, item)
                .map_err(|error| error.at(format_args!("[{index}]")))?;
        }
    }
    Ok(())
}
