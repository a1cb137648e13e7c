//! What an object does not have, told from what fails.

use std::ffi::{CStr, CString};

use super::{PyException, from_exception, quietly, take};
use crate::call::errors::failure::c_string;
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::python::NAME;
use crate::python::api::{Object, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;
use crate::suggest;

/// So many keys are compared with one that is missing.
const MOST_KEYS: usize = 1000;

/// What an exception says that something is missing, with a close name; found out when it is asked.
pub(super) struct Missing {
    of: PyRef,
    name: PyRef,
    what: MissingKind,
    said: Once<CString>,
}

#[derive(Clone, Copy)]
enum MissingKind {
    Attribute,
    Key,
    Index,
}

/// The failure of looking for an attribute, whose exception is pending: that there is none, or
/// whatever else failed; also one that is there cannot always be written or deleted. The exception
/// knows of what and of what name, as `PyObject_GetAttr` sees to.
///
/// # Safety
/// Live objects, under the GIL; `name` is a `str`.
#[cold]
pub unsafe fn no_attribute(gil: &Gil, of: Object, name: Object, was_read: bool) -> Error {
    // SAFETY: live objects under the GIL.
    unsafe {
        failure(gil, |exception| {
            if !is_a(gil, exception, gil.api.PyExc_AttributeError) {
                return None;
            }
            let (of, name) = (PyRef::new_reference(gil, of), PyRef::new_reference(gil, name));
            let is_missing = concerns(gil, exception, &of, &name)
                && (was_read || (gil.api.PyObject_HasAttr)(of.as_ptr(), name.as_ptr()) == 0);
            is_missing.then(|| Missing {
                of,
                name,
                what: MissingKind::Attribute,
                said: Once::new(),
            })
        })
    }
}

/// What calling a method fails with, whose exception is pending. An AttributeError may be that there is
/// none, or what its code raised: then the method is found when it is looked up again.
///
/// # Safety
/// As for [`no_attribute`].
#[cold]
pub unsafe fn no_method(gil: &Gil, of: Object, name: Object) -> Error {
    // SAFETY: live objects under the GIL; a new reference or NULL.
    unsafe {
        let found = || PyRef::owned(gil, (gil.api.PyObject_GetAttr)(of, name));
        let is_attribute_error =
            (gil.api.PyErr_ExceptionMatches)(gil.api.PyExc_AttributeError) != 0;
        match is_attribute_error && quietly(gil, found).is_some() {
            true => super::fetch(gil),
            false => no_attribute(gil, of, name, true),
        }
    }
}

/// The failure of looking for an item, whose exception is pending: that there is none, or whatever
/// else failed. A key that is `written` need not be there.
///
/// # Safety
/// Live objects, under the GIL.
#[cold]
pub unsafe fn no_item(gil: &Gil, of: Object, key: Object, written: bool) -> Error {
    // SAFETY: live objects under the GIL.
    unsafe {
        failure(gil, |exception| {
            let what = match () {
                () if is_a(gil, exception, gil.api.PyExc_KeyError) => {
                    if written || !is_of_key(gil, exception, key) {
                        return None;
                    }
                    MissingKind::Key
                }
                () if is_a(gil, exception, gil.api.PyExc_IndexError) => MissingKind::Index,
                () => return None,
            };
            let (of, name) = (PyRef::new_reference(gil, of), PyRef::new_reference(gil, key));
            Some(Missing { of, name, what, said: Once::new() })
        })
    }
}

/// The error of the pending exception, by what it says is missing, if it says so.
fn failure(gil: &Gil, missing: impl FnOnce(&PyRef) -> Option<Missing>) -> Error {
    let Some(exception) = take(gil) else { return super::fetch(gil) };
    match missing(&exception) {
        None => from_exception(gil, exception),
        Some(missing) => {
            let foreign = Box::new(PyException::missing(exception, missing));
            Error::silent(Status::NotFound, NAME, foreign)
        }
    }
}

fn is_a(gil: &Gil, exception: &PyRef, class: Object) -> bool {
    // SAFETY: live objects under the GIL.
    unsafe { (gil.api.PyErr_GivenExceptionMatches)(exception.as_ptr(), class) != 0 }
}

/// Whether an AttributeError is about that name of that object: another that was raised on the way
/// knows of what it is. One that says nothing is told.
fn concerns(gil: &Gil, exception: &PyRef, of: &PyRef, name: &PyRef) -> bool {
    let about = |field: &CStr| quietly(gil, || exception.attribute(gil, field));
    // Exceptions know that since 3.10.
    let (Some(its_name), Some(its_object)) = (about(c"name"), about(c"obj")) else { return true };
    let none = gil.api._Py_NoneStruct;
    // SAFETY: live objects under the GIL; what fails here leaves the exception as it is.
    unsafe {
        if its_name.as_ptr() == none && its_object.as_ptr() == none {
            for (field, value) in [(c"name", name), (c"obj", of)] {
                let set = gil.api.PyObject_SetAttrString;
                if set(exception.as_ptr(), field.as_ptr(), value.as_ptr()) != 0 {
                    (gil.api.PyErr_Clear)();
                }
            }
            return true;
        }
        // By the text: Python compares nothing where its stack ends, and one may be missed there, too.
        let is_text = gil.api.flags_of(its_name.as_ptr()) & TPFLAGS_UNICODE_SUBCLASS != 0;
        let text = |name: &PyRef| quietly(gil, || text_of(gil, name));
        is_text
            && text(&its_name) == text(name)
            && [of.as_ptr(), asked(gil, of), none].contains(&its_object.as_ptr())
    }
}

/// What says which attributes an object has: of a bound method that is its function.
fn asked(gil: &Gil, of: &PyRef) -> Object {
    // SAFETY: live objects under the GIL; the function lives as long as the method.
    unsafe {
        match gil.api.type_of(of.as_ptr()) == gil.api.PyMethod_Type {
            true => (gil.api.PyMethod_Function)(of.as_ptr()),
            false => of.as_ptr(),
        }
    }
}

/// Whether a KeyError is about that key: it names it, or is of the object's own code in C, which no code of
/// Python was on the way to. Another key's was raised on the way.
fn is_of_key(gil: &Gil, exception: &PyRef, key: Object) -> bool {
    const EQUAL: i32 = 2;
    let api = gil.api;
    let about = |field: &CStr| quietly(gil, || exception.attribute(gil, field));
    if about(c"__traceback__").is_some_and(|traceback| support::is_none(api, &traceback)) {
        return true;
    }
    let named = about(c"args").and_then(|given| quietly(gil, || support::item(gil, &given, 0)));
    // SAFETY: live objects under the GIL; what is compared is text, numbers or bytes.
    named.is_some_and(|named| unsafe {
        let plain = [api.PyUnicode_Type, api.PyLong_Type, api.PyFloat_Type, api.PyBytes_Type];
        let [one, other] = [named.as_ptr(), key].map(|object| api.type_of(object));
        named.as_ptr() == key
            || plain.contains(&one)
                && one == other
                && (api.PyObject_RichCompareBool)(named.as_ptr(), key, EQUAL) == 1
    })
}

impl Missing {
    /// What is missing, once somebody asks.
    pub(super) fn message(&self, ask: impl FnOnce() -> Option<String>) -> &CStr {
        self.said.get_or_init(|| c_string(&ask().unwrap_or_default()))
    }

    /// The sentence that says so.
    pub(super) fn sentence(&self, gil: &Gil, exception: &PyRef) -> Result<String> {
        let string = |object: &PyRef| {
            // SAFETY: a live object under the GIL.
            let string = unsafe { PyRef::owned(gil, (gil.api.PyObject_Str)(object.as_ptr())) }?;
            text_of(gil, &string)
        };
        Ok(match self.what {
            MissingKind::Attribute => string(exception)? + &self.hint(gil, names(gil, &self.of)),
            MissingKind::Key => {
                // SAFETY: as above.
                let key =
                    unsafe { PyRef::owned(gil, (gil.api.PyObject_Repr)(self.name.as_ptr())) }?;
                let key = text_of(gil, &key)?;
                format!("there is no item {key}{}", self.hint(gil, keys(gil, &self.of)))
            }
            MissingKind::Index => match length(gil, &self.of) {
                Some(length) => format!("{}; it has {length} items", string(exception)?),
                None => string(exception)?,
            },
        })
    }

    /// A close name among those that there are.
    fn hint(&self, gil: &Gil, known: Option<Vec<String>>) -> String {
        // SAFETY: a live object under the GIL.
        let is_text =
            unsafe { gil.api.flags_of(self.name.as_ptr()) } & TPFLAGS_UNICODE_SUBCLASS != 0;
        let (true, Some(known)) = (is_text, known) else { return String::new() };
        let name = quietly(gil, || text_of(gil, &self.name)).unwrap_or_default();
        suggest::hint(&name, known.iter().map(String::as_str))
    }
}

/// The names that an object says it has.
fn names(gil: &Gil, of: &PyRef) -> Option<Vec<String>> {
    quietly(gil, || {
        // SAFETY: a live object under the GIL.
        let names = unsafe { PyRef::owned(gil, (gil.api.PyObject_Dir)(of.as_ptr())) }?;
        Ok(texts(gil, &names))
    })
}

/// The first keys of a mapping that are text.
fn keys(gil: &Gil, of: &PyRef) -> Option<Vec<String>> {
    quietly(gil, || Ok(texts(gil, &of.attribute(gil, c"keys")?.call0(gil)?)))
}

/// The texts among the first things that something iterable gives.
fn texts(gil: &Gil, iterable: &PyRef) -> Vec<String> {
    let api = gil.api;
    let mut found = Vec::new();
    // SAFETY: live objects under the GIL.
    unsafe {
        let iterator = PyRef::from_owned((api.PyObject_GetIter)(iterable.as_ptr()));
        for _ in 0..MOST_KEYS {
            let next = iterator.as_ref().map(|iterator| (api.PyIter_Next)(iterator.as_ptr()));
            let Some(item) = next.and_then(|next| PyRef::from_owned(next)) else { break };
            if api.flags_of(item.as_ptr()) & TPFLAGS_UNICODE_SUBCLASS != 0 {
                found.extend(text_of(gil, &item));
            }
        }
        (api.PyErr_Clear)();
    }
    found
}

fn length(gil: &Gil, of: &PyRef) -> Option<isize> {
    // SAFETY: a live object under the GIL.
    let length = unsafe { (gil.api.PyObject_Size)(of.as_ptr()) };
    if length < 0 {
        // SAFETY: as above.
        unsafe { (gil.api.PyErr_Clear)() };
    }
    (length >= 0).then_some(length)
}
