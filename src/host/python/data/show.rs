//! What data says of itself: repr, str, dir.

use super::place::Place;
use super::raise::pending;
use super::table::{RecordPart, Shape};
use super::{DataTable, attribute, fields, gone, load, memory, of, text, to_handle};
use crate::error::Result;
use crate::handle::{self, HandleKind};
use crate::host::python::trampoline::trampoline;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::{error, proxy, support};

/// The most fields and elements that are shown.
const MOST: usize = 12;

/// `Py_tp_repr`
pub(super) unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &described(gil, object))) }
}

unsafe fn described(gil: &Gil, object: Object) -> String {
    // SAFETY: the caller has an instance.
    unsafe {
        let data = fields(object);
        let there = memory::is_there(memory::root(object));
        let Some(table) = data.table().filter(|_| there) else {
            return "<MetaFFIHandle, released>".to_owned();
        };
        let (runtime, name) = (table.layout.origin.runtime(), table.spell());
        let identity = data.address().addr();
        // What cannot be read is no reason to have no name.
        let place = || Place::of(gil, object);
        let shown = error::quietly(gil, || content(gil, &place()?)).unwrap_or_default();
        match shown.as_str() {
            "" => format!("<MetaFFIHandle of runtime {runtime}: {name} {identity:#x}>"),
            content => format!("<MetaFFIHandle of runtime {runtime}: {name} {content}>"),
        }
    }
}

/// The fields of a record, the elements of an array, the number of a number; nothing of a pointer,
/// whose target may be anywhere.
fn content(gil: &Gil, place: &Place) -> Result<String> {
    Ok(match place.table.shape {
        Shape::Record => {
            let parts = place.table.names.parts();
            let shown = parts.iter().take(MOST).map(|part| {
                let value = brief(gil, &place.part(gil, part))?;
                Ok(format!("{}={value}", text_of(gil, &part.name)?))
            });
            format!("{{{}}}", joined(shown, parts.len())?)
        }
        Shape::Array => {
            let inner = place.table.inner(gil)?;
            if inner.is_some_and(|inner| text::unit(&place.table, inner).is_some())
                && let Ok(Some(text)) = text::text(gil, place, usize::MAX)
            {
                return quoted(gil, &text);
            }
            let length = place.length(gil)?.map_or(0, |(length, _)| length);
            let shown = (0..length.min(MOST))
                .map(|index| brief(gil, &place.element(gil, index.cast_signed())?));
            format!("[{}]", joined(shown, length)?)
        }
        Shape::Scalar(_) => quoted(gil, &load::load(gil, place)?)?,
        Shape::Pointer | Shape::Code => {
            // SAFETY: a pointer is there, aligned or not.
            let value = unsafe { place.at.cast::<usize>().read_unaligned() };
            String::from(if value == 0 { "NULL" } else { "" })
        }
        _ => String::new(),
    })
}

fn joined(parts: impl Iterator<Item = Result<String>>, count: usize) -> Result<String> {
    let mut parts = parts.collect::<Result<Vec<String>>>()?;
    if count > MOST {
        parts.push("…".to_owned());
    }
    Ok(parts.join(", "))
}

/// A part of something that is shown.
fn brief(gil: &Gil, place: &Place) -> Result<String> {
    let shown = match place.table.is_pointer() || place.bits.is_some() {
        true => String::new(),
        false => content(gil, place)?,
    };
    if !shown.is_empty() {
        return Ok(shown);
    }
    let value = load::load(gil, place)?;
    // SAFETY: a live object under the GIL.
    match unsafe { of(gil.api, value.as_ptr()) } {
        Some(data) => {
            let name = data.table().map_or_else(String::new, DataTable::spell);
            Ok(format!("<{name} {:#x}>", data.address().addr()))
        }
        None => quoted(gil, &value),
    }
}

fn quoted(gil: &Gil, value: &PyRef) -> Result<String> {
    // SAFETY: a live object under the GIL.
    text_of(gil, &unsafe { PyRef::owned(gil, (gil.api.PyObject_Repr)(value.as_ptr())) }?)
}

/// `Py_tp_str`: the text of what is text.
pub(super) unsafe extern "C-unwind" fn str(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let Ok(place) = Place::of(gil, object) else {
                return support::text(gil, &described(gil, object));
            };
            match text::text(gil, &place, usize::MAX)? {
                Some(text) => Ok(text),
                // What is no text can be printed all the same.
                None => support::text(gil, &described(gil, object)),
            }
        })
    }
}

/// What `help` shows: what it is, and the fields with their types.
pub(super) fn page(gil: &Gil, object: &PyRef) -> Result<PyRef> {
    // SAFETY: a live instance under the GIL.
    let key = unsafe { to_handle(gil, object.as_ptr()) }.ok_or_else(gone)??;
    let made = fields_of(gil, object).and_then(|fields| proxy::page_of(gil, key, Some(fields)));
    let _ = handle::free(key, HandleKind::Object);
    made
}

/// The fields of a record, each with its type.
fn fields_of(gil: &Gil, object: &PyRef) -> Result<Vec<(String, String)>> {
    // SAFETY: a live instance under the GIL.
    let table = unsafe { fields(object.as_ptr()) }.alive(gil.api)?;
    let parts = attribute::record(gil, &table)?.map_or(&[][..], |record| record.names.parts());
    let field = |part: &RecordPart| {
        let name = text_of(gil, &part.name)?;
        Ok(match part.bits {
            Some(bits) => (name, format!("{} : {}", part.table.spell(), bits.width)),
            None => (name, part.table.spell()),
        })
    };
    parts.iter().map(field).collect()
}

/// `__dir__`: the fields, and what every handle has.
pub(super) unsafe extern "C-unwind" fn dir(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let all = PyRef::owned(gil, (gil.api.PyObject_Dir)(gil.api.type_of(object)))?;
            let Some(table) = fields(object).table() else { return Ok(all) };
            let table = table.to_ref(gil.api);
            let parts =
                attribute::record(gil, &table)?.map_or(&[][..], |record| record.names.parts());
            for part in parts {
                if (gil.api.PyList_Append)(all.as_ptr(), part.name.as_ptr()) != 0 {
                    return Err(pending());
                }
            }
            Ok(all)
        })
    }
}
