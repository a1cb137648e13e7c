//! What a handle says of itself: repr, str, dir.

use super::inline_cache::CachedObject;
use super::{HandleFields, value};
use crate::backend::LayoutKind;
use crate::error::Result;
use crate::handle;
use crate::host::python::trampoline::trampoline;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::{error, support};
use crate::value as values;

/// The most fields and elements that are shown.
const MOST: usize = 12;

/// `Py_tp_repr`
pub(super) unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &described(gil, super::fields(gil, object)?))) }
}

fn described(gil: &Gil, fields: &HandleFields) -> String {
    let said =
        fields.ask(|object| (object.runtime().to_owned(), object.type_name(), object.identity()));
    let Ok((runtime, name, identity)) = said else { return "<MetaFFIHandle, released>".to_owned() };
    let content = match fields.seen(gil) {
        // What cannot be read is no reason to have no name.
        Ok(Some(seen)) => error::quietly(gil, || content(gil, seen)).unwrap_or_default(),
        _ => String::new(),
    };
    match content.as_str() {
        "" => format!("<MetaFFIHandle of runtime {runtime}: {name} {identity:#x}>"),
        content => format!("<MetaFFIHandle of runtime {runtime}: {name} {content}>"),
    }
}

/// The fields of a record, the elements of an array, the number of a number; nothing of a pointer,
/// whose target may be anywhere.
fn content(gil: &Gil, seen: &CachedObject) -> Result<String> {
    let Some(layout) = &seen.layout else { return Ok(String::new()) };
    // SAFETY: no pointer is followed.
    unsafe {
        let part = |path: &str| -> Result<String> {
            let value = value::to_python(gil, seen.proxy.get(path)?)?;
            brief(gil, &value)
        };
        Ok(match &layout.kind {
            LayoutKind::Record(fields) => {
                let shown = fields.iter().take(MOST).map(|field| {
                    let path = seen.proxy.part("", &field.name)?;
                    Ok(format!("{}={}", field.name, part(&path)?))
                });
                format!("{{{}}}", joined(shown, fields.len())?)
            }
            LayoutKind::Array { element, .. } => {
                if is_character(&element.kind)
                    && let Ok(text) = text(gil, seen)
                {
                    return quoted(gil, &text);
                }
                let length = seen.proxy.length().unwrap_or(0);
                let shown = (0..length.min(MOST)).map(|index| part(&format!("[{index}]")));
                format!("[{}]", joined(shown, length)?)
            }
            LayoutKind::Scalar(_) => part("")?,
            LayoutKind::Pointer { .. }
                if seen.proxy.address().is_ok_and(|address| address == 0) =>
            {
                "NULL".to_owned()
            }
            _ => String::new(),
        })
    }
}

fn joined(parts: impl Iterator<Item = Result<String>>, count: usize) -> Result<String> {
    let mut parts = parts.collect::<Result<Vec<String>>>()?;
    if count > MOST {
        parts.push("…".to_owned());
    }
    Ok(parts.join(", "))
}

/// A part of something that is shown.
fn brief(gil: &Gil, value: &PyRef) -> Result<String> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if let Some(key) = super::unwrap(gil.api, value.as_ptr()) {
            let own = &*super::class(gil)?.fields(value.as_ptr());
            let shown = match own.seen(gil)? {
                Some(seen) if !seen.is_pointer() => content(gil, seen)?,
                _ => String::new(),
            };
            return match shown.is_empty() {
                false => Ok(shown),
                true => handle::describe_object(key, |object| {
                    format!("<{} {:#x}>", object.type_name(), object.identity())
                }),
            };
        }
    }
    quoted(gil, value)
}

fn quoted(gil: &Gil, value: &PyRef) -> Result<String> {
    // SAFETY: a live object under the GIL.
    text_of(gil, &unsafe { PyRef::owned(gil, (gil.api.PyObject_Repr)(value.as_ptr())) }?)
}

/// Whether it is what text consists of.
pub(super) fn is_character(kind: &LayoutKind) -> bool {
    use crate::signature::Kind::{Char8, Char16, Char32};
    matches!(kind, LayoutKind::Scalar(Char8 | Char16 | Char32))
}

/// The text that it holds or points to.
fn text(gil: &Gil, seen: &CachedObject) -> Result<PyRef> {
    // SAFETY: text ends with a NUL, or where its memory does.
    let text: values::OwnedValue = unsafe { seen.proxy.text() }?;
    value::to_python(gil, text)
}

/// `Py_tp_str`: the text of what is text.
pub(super) unsafe extern "C-unwind" fn str(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = super::fields(gil, object)?;
            let seen = fields.seen(gil)?;
            let characters = |seen: &&CachedObject| {
                let element = seen.layout.as_ref().and_then(|layout| layout.element());
                element.is_some_and(|element| is_character(&element.kind))
                    && seen.proxy.address().is_ok_and(|address| address != 0)
            };
            match seen.filter(characters).map(|seen| text(gil, seen)) {
                Some(Ok(text)) => Ok(text),
                // What is no text can be printed all the same.
                _ => support::text(gil, &described(gil, fields)),
            }
        })
    }
}

/// `__dir__`: the fields, and what every handle has.
pub(super) unsafe extern "C-unwind" fn dir(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = super::fields(gil, object)?;
            let r#type = super::class(gil)?.object();
            let all = PyRef::owned(gil, (gil.api.PyObject_Dir)(r#type.as_ptr()))?;
            let seen = fields.seen(gil).unwrap_or(None);
            for field in seen.map_or(&[][..], CachedObject::fields) {
                let name = support::text(gil, &field.name)?;
                if (gil.api.PyList_Append)(all.as_ptr(), name.as_ptr()) != 0 {
                    return Err(value::pending());
                }
            }
            Ok(all)
        })
    }
}
