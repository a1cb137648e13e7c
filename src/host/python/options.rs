//! Options of runtimes and modules, as keywords of Python.

use super::argument_parser::{items, text};
use crate::error::Result;
use crate::python::api::{
    TPFLAGS_DICT_SUBCLASS, TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS, TPFLAGS_UNICODE_SUBCLASS,
};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// The texts of a dict of options. A list or a tuple gives an option several times, a dict as
/// `name=value`, or as the name alone where the value is None; paths are texts.
pub(super) fn pairs(gil: &Gil, options: &PyRef) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (key, value) in entries(gil, options)? {
        let (key, what) = (text_of(gil, &key)?, format!("option \"{}\"", text_of(gil, &key)?));
        // SAFETY: a live object under the GIL.
        let flags = unsafe { gil.api.flags_of(value.as_ptr()) };
        if flags & (TPFLAGS_LIST_SUBCLASS | TPFLAGS_TUPLE_SUBCLASS) != 0 {
            for value in items(gil, &value, &what)? {
                pairs.push((key.clone(), text_or_path(gil, &value, &what)?));
            }
        } else if flags & TPFLAGS_DICT_SUBCLASS != 0 {
            for (name, value) in entries(gil, &value)? {
                let name = text(gil, &name, &what)?;
                let text = match support::is_none(gil.api, &value) {
                    true => name,
                    false => format!("{name}={}", shown(gil, &value)?),
                };
                pairs.push((key.clone(), text));
            }
        } else {
            pairs.push((key, text_or_path(gil, &value, &what)?));
        }
    }
    Ok(pairs)
}

/// The options as the keywords of a call that they were.
pub(super) fn spell(gil: &Gil, options: &PyRef) -> Result<String> {
    let one = |(key, value): (PyRef, PyRef)| {
        Ok(format!(", {}={}", text_of(gil, &key)?, repr_of(gil, &value)?))
    };
    entries(gil, options)?.into_iter().map(one).collect()
}

/// The keys and values of a dict.
fn entries(gil: &Gil, dict: &PyRef) -> Result<Vec<(PyRef, PyRef)>> {
    // SAFETY: a live dict under the GIL.
    let entries = unsafe { PyRef::owned(gil, (gil.api.PyDict_Items)(dict.as_ptr())) }?;
    let pair = |entry: PyRef| Ok((support::item(gil, &entry, 0)?, support::item(gil, &entry, 1)?));
    support::items(gil, &entries)?.into_iter().map(pair).collect()
}

fn text_or_path(gil: &Gil, value: &PyRef, what: &str) -> Result<String> {
    // SAFETY: a live object under the GIL.
    let (flags, is_path) = unsafe {
        let (object, name) = (value.as_ptr(), c"__fspath__");
        (gil.api.flags_of(object), (gil.api.PyObject_HasAttrString)(object, name.as_ptr()) != 0)
    };
    match flags & TPFLAGS_UNICODE_SUBCLASS != 0 || !is_path {
        true => text(gil, value, what),
        false => text(gil, &value.attribute(gil, c"__fspath__")?.call0(gil)?, what),
    }
}

/// `str` of what a macro stands for: text or a number.
fn shown(gil: &Gil, value: &PyRef) -> Result<String> {
    // SAFETY: a live object under the GIL.
    text_of(gil, &unsafe { PyRef::owned(gil, (gil.api.PyObject_Str)(value.as_ptr())) }?)
}

/// What Python's `repr` says of an object.
pub(super) fn repr_of(gil: &Gil, object: &PyRef) -> Result<String> {
    // SAFETY: a live object under the GIL.
    text_of(gil, &unsafe { PyRef::owned(gil, (gil.api.PyObject_Repr)(object.as_ptr())) }?)
}
