//! [`ArgumentParser`]: the arguments of a function of the module.

use std::ptr;

use super::error::invalid;
use crate::error::{Error, Result, Status};
use crate::python::api::{Object, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of, type_name};
use crate::python::support;

/// Arguments by the names of their parameters: borrowed, NULL where none is given.
pub(super) struct ArgumentParser<const COUNT: usize> {
    objects: [Object; COUNT],
    names: [&'static str; COUNT],
}

impl<const COUNT: usize> ArgumentParser<COUNT> {
    /// Takes the arguments of a call; the first `required` must be given.
    ///
    /// # Safety
    /// `arguments` is a tuple and `keywords` a dict or NULL, both alive as long as the result; the
    /// GIL is held.
    pub(super) unsafe fn new(
        gil: &Gil,
        names: [&'static str; COUNT],
        required: usize,
        arguments: Object,
        keywords: Object,
    ) -> Result<ArgumentParser<COUNT>> {
        let api = gil.api;
        let mut objects = [ptr::null_mut(); COUNT];
        // SAFETY: the caller's promise.
        unsafe {
            let count = (api.PyTuple_Size)(arguments).cast_unsigned();
            if count > COUNT {
                let message = format!("{count} arguments given; there are {}", names.join(", "));
                return Err(invalid(message));
            }
            for (index, object) in objects.iter_mut().enumerate().take(count) {
                *object = (api.PyTuple_GetItem)(arguments, index.cast_signed());
            }
            if !keywords.is_null() {
                take_keywords(gil, &names, &mut objects, keywords)?;
            }
        }
        match objects[..required].iter().position(|object| object.is_null()) {
            Some(missing) => Err(invalid(format!("{} is not given", names[missing]))),
            None => Ok(ArgumentParser { objects, names }),
        }
    }

    /// An argument; `None` if it is not given, or `None`.
    pub(super) fn get(&self, gil: &Gil, index: usize) -> Option<PyRef> {
        let object = self.objects[index];
        let given = !object.is_null() && object != gil.api._Py_NoneStruct;
        // SAFETY: the arguments are alive.
        given.then(|| unsafe { PyRef::new_reference(gil, object) })
    }

    /// An argument that is a `str`.
    pub(super) fn text(&self, gil: &Gil, index: usize) -> Result<String> {
        text(gil, &self.get(gil, index).unwrap_or_else(|| support::none(gil)), self.names[index])
    }
}

unsafe fn take_keywords(
    gil: &Gil,
    names: &[&'static str],
    objects: &mut [Object],
    keywords: Object,
) -> Result<()> {
    let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
    // SAFETY: the caller's promise; what a dict gives is borrowed from it.
    unsafe {
        while (gil.api.PyDict_Next)(keywords, &mut at, &mut key, &mut value) != 0 {
            let name = text_of(gil, &PyRef::new_reference(gil, key))?;
            let index = names.iter().position(|known| *known == name);
            let Some(index) = index.filter(|index| objects[*index].is_null()) else {
                let message = match index {
                    Some(_) => format!("argument {name} is given twice"),
                    None => format!("there is no parameter {name}; there are {}", names.join(", ")),
                };
                return Err(invalid(message));
            };
            objects[index] = value;
        }
    }
    Ok(())
}

/// The characters of a `str`; `what` says whose they are.
pub(super) fn text(gil: &Gil, object: &PyRef, what: &str) -> Result<String> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if gil.api.flags_of(object.as_ptr()) & TPFLAGS_UNICODE_SUBCLASS == 0 {
            let found = type_name(gil, gil.api.type_of(object.as_ptr()));
            let message = format!("{what} is a str, and an object of type {found} is given");
            return Err(Error::new(Status::TypeMismatch, message));
        }
    }
    text_of(gil, object)
}

/// The items of a sequence; `what` says whose they are.
pub(super) fn items(gil: &Gil, sequence: &PyRef, what: &str) -> Result<Vec<PyRef>> {
    support::items(gil, sequence).map_err(|cause| match cause.status() {
        Status::OutOfMemory => cause.at(what),
        _ => invalid(format!("{what}: pass a list or a tuple")).caused_by(cause),
    })
}
