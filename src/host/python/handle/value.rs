//! Parts of an object as Python objects, and the other way.

use std::ptr;

use super::cycle;
use crate::abi::metaffi_value;
use crate::backend::{LayoutKind, Proxy};
use crate::call::{SlotLayout, load_as_is, store, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::pin;
use crate::host::python::call::{RULES, callable_value};
use crate::python::api::{Object, TPFLAGS_DICT_SUBCLASS};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::upcall::results;
use crate::python::{convert, support};
use crate::signature::{Kind, TypeInfo};
use crate::value::{self, OwnedValue};

/// The object of a value.
pub(in crate::host::python) fn to_python(gil: &Gil, value: OwnedValue) -> Result<PyRef> {
    let value = value.into_raw();
    let mut slots = [0; 3];
    // SAFETY: the value is nobody else's, and given away.
    unsafe {
        load_as_is(&value, slots.as_mut_ptr())
            .map(TypeInfo::new)
            .and_then(|info| results::one(gil, &pin::enter(), &RULES, &info, slots.as_mut_ptr()))
    }
}

/// The value of an object, in the type that suits it best.
pub(in crate::host::python) fn from_python(gil: &Gil, object: &PyRef) -> Result<OwnedValue> {
    // SAFETY: a live object under the GIL; a new handle is nobody else's.
    unsafe {
        if let Some(key) = callable_value::key_of(gil, object.as_ptr())? {
            return Ok(OwnedValue::from_raw(value::callable(ptr::without_provenance_mut(key))));
        }
    }
    let info = TypeInfo::from(Kind::Any);
    with_stack::<u64, _>(3, |slots| {
        // SAFETY: there is room for an `any`, which is an inline value that is then owned.
        unsafe {
            convert::from_python(gil, object.as_ptr(), info.r#type, &info, slots)?;
            Ok(OwnedValue::from_raw(slots.cast::<metaffi_value>().read()))
        }
    })
}

/// Writes what a Python object stands for to the part at a path: a dict or a sequence part by
/// part, anything else as one value.
///
/// # Safety
/// What pointers on the path point to is there.
pub(in crate::host::python) unsafe fn assign(
    gil: &Gil,
    proxy: &dyn Proxy,
    path: &str,
    object: &PyRef,
) -> Result<()> {
    // SAFETY: what pointers on the path point to is there; a live object under the GIL.
    unsafe {
        if is_dict(gil, object) {
            return assign_dict(gil, proxy, path, object);
        }
        if is_nested(gil, object)? {
            return assign_items(gil, proxy, path, object);
        }
        let layout = proxy.layout_at(path)?;
        match layout.as_ref().map(|layout| &layout.kind) {
            Some(LayoutKind::Scalar(kind)) => proxy.set(path, &*scalar(gil, *kind, object)?, None),
            _ => proxy.set(path, &*from_python(gil, object)?, cycle::keeper(gil, object)),
        }
    }
}

/// The number, bool or character of a kind that an object is exactly.
unsafe fn scalar(gil: &Gil, kind: Kind, object: &PyRef) -> Result<OwnedValue> {
    let info = TypeInfo::from(kind);
    let mut slot = 0;
    let mut value = value::null();
    // SAFETY: a scalar takes one slot, and owns nothing; a live object under the GIL.
    unsafe {
        if kind != Kind::Bool && gil.api.type_of(object.as_ptr()) == gil.api.PyBool_Type {
            let message = format!("a bool given for {kind}: a bool is no number silently: int(…)");
            return Err(Error::mismatch(message));
        }
        convert::from_python(gil, object.as_ptr(), info.r#type, &info, &raw mut slot)?;
        store(&raw const slot, &SlotLayout::of(info.r#type), &raw mut value);
        Ok(OwnedValue::from_raw(value))
    }
}

/// Whether an object is written part by part.
pub(in crate::host::python) fn has_parts(gil: &Gil, object: &PyRef) -> Result<bool> {
    Ok(is_dict(gil, object) || is_nested(gil, object)?)
}

fn is_dict(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    unsafe { gil.api.flags_of(object.as_ptr()) & TPFLAGS_DICT_SUBCLASS != 0 }
}

/// Whether an object is a list or a tuple.
pub(in crate::host::python) fn is_sequence(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    let r#type = unsafe { gil.api.type_of(object.as_ptr()) };
    r#type == gil.api.PyList_Type || r#type == gil.api.PyTuple_Type
}

/// Whether an object is a list or a tuple of what is no number or text by itself.
fn is_nested(gil: &Gil, object: &PyRef) -> Result<bool> {
    if !is_sequence(gil, object) {
        return Ok(false);
    }
    let api = gil.api;
    let plain = [api.PyLong_Type, api.PyFloat_Type, api.PyBool_Type];
    // SAFETY: live objects under the GIL.
    let is_plain = |item: &PyRef| plain.contains(&unsafe { api.type_of(item.as_ptr()) });
    Ok(!support::items(gil, object)?.iter().all(is_plain))
}

unsafe fn assign_dict(gil: &Gil, proxy: &dyn Proxy, path: &str, dict: &PyRef) -> Result<()> {
    // SAFETY: what pointers on the path point to is there, and the GIL is held; what a list of
    // pairs gives is alive.
    unsafe {
        let pairs = PyRef::owned(gil, (gil.api.PyDict_Items)(dict.as_ptr()))?;
        for pair in support::items(gil, &pairs)? {
            let [name, item] = &support::items(gil, &pair)?[..] else { continue };
            let name = field_name(gil, name)?;
            let path = proxy.part(path, &name)?;
            assign(gil, proxy, &path, item)
                .map_err(|error| error.at(format_args!("field {name}")))?;
        }
    }
    Ok(())
}

fn field_name(gil: &Gil, name: &PyRef) -> Result<String> {
    // SAFETY: a live object under the GIL.
    match unsafe { gil.api.type_of(name.as_ptr()) } == gil.api.PyUnicode_Type {
        true => text_of(gil, name),
        false => {
            let message = "the keys of a dict that stands for a record are the names of its fields";
            Err(Error::mismatch(message))
        }
    }
}

/// Writes items to the elements of an array, or to the fields of a record in order; those that
/// none is given for are zero.
unsafe fn assign_items(gil: &Gil, proxy: &dyn Proxy, path: &str, sequence: &PyRef) -> Result<()> {
    let given = support::items(gil, sequence)?;
    // SAFETY: what pointers on the path point to is there, and the GIL is held.
    unsafe {
        let layout = proxy.layout_at(path)?;
        let kind = layout.as_ref().map(|layout| &layout.kind);
        let room = match kind {
            Some(LayoutKind::Record(fields)) => fields.len(),
            Some(LayoutKind::Array { length, .. }) => length.unwrap_or(given.len()),
            _ => return proxy.set(path, &*from_python(gil, sequence)?, None),
        };
        if given.len() > room {
            return Err(Error::out_of_range(format!("{} values given for {room}", given.len())));
        }
        proxy.set(path, &*empty()?, None)?;
        for (index, item) in given.iter().enumerate() {
            let path = match kind {
                Some(LayoutKind::Record(fields)) => proxy.part(path, &fields[index].name)?,
                _ => format!("{path}[{index}]"),
            };
            assign(gil, proxy, &path, item).map_err(|error| error.at(&path))?;
        }
    }
    Ok(())
}

/// An array without elements, which is zero wherever it is written.
fn empty() -> Result<OwnedValue> {
    Ok(value::array::OwnedArray::new(Kind::Any.into(), &[0])?.into_value())
}

/// Raises an exception of Python's own; the failure that stands for it.
#[cold]
pub(in crate::host::python) fn exception(gil: &Gil, class: Object, message: &str) -> Error {
    let message = crate::call::errors::failure::c_string(message);
    // SAFETY: NUL-terminated, under the GIL.
    unsafe { (gil.api.PyErr_SetString)(class, message.as_ptr()) };
    pending()
}

/// The failure that stands for the pending exception, which is raised as it is.
#[cold]
pub(in crate::host::python) fn pending() -> Error {
    Error::new(Status::Foreign, "an exception is pending")
}
