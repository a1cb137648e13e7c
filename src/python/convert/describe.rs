//! Python objects as messages name them.

use crate::error::Error;
use crate::python::api::Object;
use crate::python::error::quietly;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of, type_name};

/// How many characters of a value are shown.
const SHOWN: usize = 40;

/// An object by its type, and its value if that is a number or text: `int 300`, `str 'a'`, `list`.
///
/// # Safety
/// `object` is alive.
#[cold]
pub unsafe fn describe(gil: &Gil, object: Object) -> String {
    let api = gil.api;
    // SAFETY: `object` is alive; the repr of these types runs no Python code.
    unsafe {
        let kind = api.type_of(object);
        if object == api._Py_NoneStruct {
            return "None".to_owned();
        }
        let name = type_name(gil, kind);
        let plain = [api.PyBool_Type, api.PyLong_Type, api.PyFloat_Type, api.PyUnicode_Type];
        if !plain.contains(&kind) {
            return name;
        }
        let text = quietly(gil, || text_of(gil, &PyRef::owned(gil, (api.PyObject_Repr)(object))?));
        match text {
            None => name,
            Some(text) => match text.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("{name} {}…", &text[..end]),
                None => format!("{name} {text}"),
            },
        }
    }
}

/// An object that is not what was declared.
///
/// # Safety
/// `object` is alive.
#[cold]
pub(super) unsafe fn mismatch(
    gil: &Gil,
    object: Object,
    declared: impl std::fmt::Display,
    advice: &str,
) -> Error {
    // SAFETY: `object` is alive.
    let found = unsafe { describe(gil, object) };
    Error::mismatch(format!("{found} cannot be given for {declared}: {advice}"))
}
