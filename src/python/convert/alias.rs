//! Types that are asked for by the name of a Python class: the alias of a declared type.
//!
//! To Python, the class makes an object of the plain value; from Python, the object's own notation
//! of the plain type is taken.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::CString;

use super::describe::mismatch;
use super::{array, complex, number, text};
use crate::abi::{metaffi_array, metaffi_slot};
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::pin::CallScope;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, Type, TypeInfo};
use crate::value::array::View;

/// Classes with the modules that they are usually named without.
const SHORT: [(&str, &str); 9] = [
    ("Decimal", "decimal.Decimal"),
    ("Fraction", "fractions.Fraction"),
    ("UUID", "uuid.UUID"),
    ("Path", "pathlib.Path"),
    ("datetime", "datetime.datetime"),
    ("date", "datetime.date"),
    ("time", "datetime.time"),
    ("timedelta", "datetime.timedelta"),
    ("ZoneInfo", "zoneinfo.ZoneInfo"),
];

const DATES: [&str; 3] = ["datetime.datetime", "datetime.date", "datetime.time"];
const DURATION: &str = "datetime.timedelta";
const ENUM: &str = "enum.Enum";

fn qualified(alias: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == alias).map_or(alias, |(_, name)| name)
}

/// A type of a host's callable, whose alias may name a type of the host's language: then it means
/// nothing here.
pub fn of_python<'a>(gil: &Gil, info: &'a TypeInfo) -> Cow<'a, TypeInfo> {
    match &info.alias {
        Some(alias) if !info.passes_surrogates() && !is_class(gil, qualified(alias)) => {
            Cow::Owned(TypeInfo { dimensions: info.dimensions, ..info.r#type.into() })
        }
        _ => Cow::Borrowed(info),
    }
}

/// Classes by name; `None` for what is known to be none.
static CLASSES: Lock<Option<HashMap<Box<str>, Option<PyRef>>>> = Lock::new(None);

fn is_class(gil: &Gil, name: &str) -> bool {
    if let Some(known) = remembered(gil, name) {
        return known.is_some();
    }
    let found = class(gil, name).is_ok();
    // A module may be there the next time, and a built-in class is there from the start.
    if !found && !name.contains('.') {
        remember(name, None);
    }
    found
}

fn remembered(gil: &Gil, name: &str) -> Option<Option<PyRef>> {
    let classes = CLASSES.lock();
    let known = classes.as_ref()?.get(name)?;
    Some(known.as_ref().map(|class| class.clone_ref(gil)))
}

fn remember(name: &str, class: Option<PyRef>) {
    let name = Box::from(name);
    // What is let go may run code of its own.
    let _before = CLASSES.lock().get_or_insert_default().insert(name, class);
}

/// The class of a name; each is looked up once.
fn class(gil: &Gil, name: &str) -> Result<PyRef> {
    if let Some(Some(class)) = remembered(gil, name) {
        return Ok(class);
    }
    let class = look_up(gil, name).map_err(|error| {
        Error::not_found(format!("alias \"{name}\" names no Python class; write module.Class"))
            .caused_by(error)
    })?;
    remember(name, Some(class.clone_ref(gil)));
    Ok(class)
}

fn look_up(gil: &Gil, name: &str) -> Result<PyRef> {
    let (module, class) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let text = |text| CString::new(text).map_err(|_| Error::not_found("a name has no NUL inside"));
    let (module, class) = (text(module)?, text(class)?);
    PyRef::import(gil, &module)?.attribute(gil, &class)
}

/// The object that the alias' class makes of a plain value; None stays None.
pub(super) fn scalar_to_python(gil: &Gil, plain: PyRef, kind: Kind, alias: &str) -> Result<PyRef> {
    if plain.as_ptr() == gil.api._Py_NoneStruct {
        return Ok(plain);
    }
    let name = qualified(alias);
    let class = class(gil, name)?;
    match name {
        _ if DATES.contains(&name) && kind.is_text() => {
            class.attribute(gil, c"fromisoformat")?.call1(gil, &plain)
        }
        DURATION if !kind.is_text() => duration(gil, &class, &plain),
        _ => class.call1(gil, &plain),
    }
}

/// A duration of so many microseconds.
fn duration(gil: &Gil, class: &PyRef, microseconds: &PyRef) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        let keywords = PyRef::owned(gil, (api.PyDict_New)())?;
        let name = c"microseconds".as_ptr();
        (api.PyDict_SetItemString)(keywords.as_ptr(), name, microseconds.as_ptr());
        let none = PyRef::owned(gil, (api.PyTuple_New)(0))?;
        PyRef::owned(gil, (api.PyObject_Call)(class.as_ptr(), none.as_ptr(), keywords.as_ptr()))
    }
}

/// The number of an object: the microseconds of a duration, the value of an enum's member.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn scalar_from_python(
    gil: &Gil,
    object: Object,
    kind: Kind,
    alias: &str,
) -> Result<metaffi_slot> {
    // SAFETY: `object` is alive.
    unsafe {
        let name = qualified(alias);
        let class = class(gil, name)?;
        let is_one = (gil.api.PyObject_IsInstance)(object, class.as_ptr()) == 1;
        (gil.api.PyErr_Clear)();
        if !is_one {
            return number::from_python(gil, object, kind);
        }
        let object = PyRef::new_reference(gil, object);
        let plain = match name {
            DURATION => microseconds(gil, &object)?,
            _ => match (gil.api.PyObject_HasAttrString)(object.as_ptr(), c"value".as_ptr()) {
                0 => object,
                _ => object.attribute(gil, c"value")?,
            },
        };
        number::from_python(gil, plain.as_ptr(), kind)
    }
}

fn microseconds(gil: &Gil, duration: &PyRef) -> Result<PyRef> {
    let part = |name| number::attribute(gil, duration, name).map(i128::from);
    let seconds = part(c"days")? * 86_400 + part(c"seconds")?;
    let microseconds = seconds * 1_000_000 + part(c"microseconds")?;
    let narrow = i64::try_from(microseconds).map_err(|_| {
        Error::out_of_range(format!("{microseconds} microseconds do not fit int64"))
    })?;
    // SAFETY: under the GIL.
    unsafe { PyRef::owned(gil, (gil.api.PyLong_FromLongLong)(narrow)) }
}

/// The text of an object of the alias' class: ISO 8601 for dates and times, `os.fspath` for paths,
/// the value of an enum's member, `str` for the rest. A `str`, and None, stay what they are.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn text_from_python(gil: &Gil, object: Object, alias: &str) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: `object` is alive.
    unsafe {
        if object == api._Py_NoneStruct || api.type_of(object) == api.PyUnicode_Type {
            return Ok(PyRef::new_reference(gil, object));
        }
        let name = qualified(alias);
        let class = class(gil, name)?;
        if (api.PyObject_IsInstance)(object, class.as_ptr()) != 1 {
            (api.PyErr_Clear)();
            let advice = format!("pass a {name}, or a str");
            return Err(mismatch(gil, object, format_args!("string8<{alias}>"), &advice));
        }
        let object = PyRef::new_reference(gil, object);
        match name {
            _ if DATES.contains(&name) => object.attribute(gil, c"isoformat")?.call0(gil),
            _ if (api.PyObject_IsInstance)(object.as_ptr(), self::class(gil, ENUM)?.as_ptr())
                == 1 =>
            {
                value_of_member(gil, &object, alias)
            }
            _ if (api.PyObject_HasAttrString)(object.as_ptr(), c"__fspath__".as_ptr()) == 1 => {
                object.attribute(gil, c"__fspath__")?.call0(gil)
            }
            _ => PyRef::owned(gil, (api.PyObject_Str)(object.as_ptr())),
        }
    }
}

/// The text that a member of an enum stands for.
fn value_of_member(gil: &Gil, member: &PyRef, alias: &str) -> Result<PyRef> {
    let value = member.attribute(gil, c"value")?;
    // SAFETY: a live object under the GIL.
    if unsafe { gil.api.type_of(value.as_ptr()) } == gil.api.PyUnicode_Type {
        return Ok(value);
    }
    // SAFETY: a live object under the GIL.
    Err(unsafe {
        let advice = "the member's value is no str: declare an integer type with the alias";
        mismatch(gil, value.as_ptr(), format_args!("string8<{alias}>"), advice)
    })
}

/// An array as the class that is asked for: `bytes` and `bytearray` copy the memory, `complex` is
/// made of two parts, `array.array` has the type of the elements, and any other class, such as
/// `tuple` or `set`, is called with a list. None for NULL.
///
/// # Safety
/// `array` is NULL or valid.
pub(super) unsafe fn array_to_python(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    array: *mut metaffi_array,
    alias: &str,
) -> Result<PyRef> {
    // SAFETY: `array` is NULL or valid.
    unsafe {
        if array.is_null() {
            return Ok(PyRef::new_reference(gil, gil.api._Py_NoneStruct));
        }
        let view = array::checked(r#type, array)?;
        match alias {
            "bytes" | "bytearray" => bytes(gil, scope, &view, alias, (r#type, array)),
            "array.array" => typed(gil, scope, &view, (r#type, array)),
            complex::ALIAS => complex::to_python(gil, &view),
            "list" => array::to_list(gil, scope, r#type, array),
            _ => class(gil, alias)?.call1(gil, &array::to_list(gil, scope, r#type, array)?),
        }
    }
}

unsafe fn bytes(
    gil: &Gil,
    scope: &CallScope,
    view: &View<'_>,
    alias: &str,
    (r#type, array): (Type, *mut metaffi_array),
) -> Result<PyRef> {
    if view.element().kind() != Kind::Uint8 || !view.is_contiguous() {
        // SAFETY: the array is a live one of bytes, and the GIL is held.
        return unsafe {
            class(gil, alias)?.call1(gil, &array::to_list(gil, scope, r#type, array)?)
        };
    }
    let new = match alias {
        "bytes" => gil.api.PyBytes_FromStringAndSize,
        _ => gil.api.PyByteArray_FromStringAndSize,
    };
    // SAFETY: so many bytes follow each other; copied under the GIL.
    unsafe { PyRef::owned(gil, new(view.data().cast(), view.length() as isize)) }
}

/// A new `array.array`.
unsafe fn typed(
    gil: &Gil,
    scope: &CallScope,
    view: &View<'_>,
    (r#type, array): (Type, *mut metaffi_array),
) -> Result<PyRef> {
    let Some(format) = super::format::of(view.element()) else {
        let message = format!("an array.array has no elements of {}", view.element());
        return Err(Error::mismatch(message));
    };
    let class = class(gil, "array.array")?;
    let code = text::new(gil, &format.to_string_lossy())?;
    // SAFETY: live objects under the GIL; two arguments after a writable place.
    unsafe {
        let list = array::to_list(gil, scope, r#type, array)?;
        let mut arguments = [std::ptr::null_mut(), code.as_ptr(), list.as_ptr()];
        let first = arguments.as_mut_ptr().add(1);
        PyRef::owned(gil, gil.api.vectorcall(class.as_ptr(), first, 2, std::ptr::null_mut()))
    }
}
