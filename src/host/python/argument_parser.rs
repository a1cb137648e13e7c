//! [`ArgumentParser`]: the arguments of a function of the module.

use std::ptr;

use crate::error::{Error, Result, Status};
use crate::python::api::{Object, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of, type_name};
use crate::python::support;
use crate::python::upcall::binder::{VectorcallArguments, bind};

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
        let mut objects = [ptr::null_mut(); COUNT];
        // SAFETY: `arguments` is a tuple and `keywords` a dict or NULL, both alive as long as the
        // result; the GIL is held.
        unsafe {
            let mut given = items_of(gil, arguments);
            let count = given.len();
            if count > COUNT {
                let message = format!("{count} arguments given; there are {}", names.join(", "));
                return Err(Error::invalid(message));
            }
            let keywords = keywords_of(gil, keywords, &mut given)?;
            let keywords = keywords.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr);
            let arguments = VectorcallArguments::new(given.as_ptr(), count, keywords);
            let position = |name: &str| {
                let unknown =
                    || format!("there is no parameter {name}; there are {}", names.join(", "));
                names
                    .iter()
                    .position(|known| *known == name)
                    .ok_or_else(|| Error::invalid(unknown()))
            };
            let repeated = |name: &str| Error::invalid(format!("argument {name} is given twice"));
            bind(gil, arguments, &mut objects, position, repeated)?;
        }
        match objects[..required].iter().position(|object| object.is_null()) {
            Some(missing) => Err(Error::invalid(format!("{} is not given", names[missing]))),
            None => Ok(ArgumentParser { objects, names }),
        }
    }

    /// The same where other keywords are taken as well: a `dict` of those.
    ///
    /// # Safety
    /// As for [`new`](Self::new).
    pub(super) unsafe fn with_others(
        gil: &Gil,
        names: [&'static str; COUNT],
        required: usize,
        arguments: Object,
        keywords: Object,
    ) -> Result<(ArgumentParser<COUNT>, PyRef)> {
        let api = gil.api;
        // SAFETY: `arguments` is a tuple and `keywords` a dict or NULL, both alive as long as the
        // result; the GIL is held.
        unsafe {
            let new = || PyRef::owned(gil, (api.PyDict_New)());
            let (own, others) = (new()?, new()?);
            let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
            while !keywords.is_null()
                && (api.PyDict_Next)(keywords, &mut at, &mut key, &mut value) != 0
            {
                let name = text_of(gil, &PyRef::new_reference(gil, key))?;
                let place = if names.contains(&name.as_str()) { &own } else { &others };
                if (api.PyDict_SetItem)(place.as_ptr(), key, value) != 0 {
                    return Err(fetch(gil));
                }
            }
            // Who calls keeps the values.
            let given = ArgumentParser::new(gil, names, required, arguments, own.as_ptr())?;
            Ok((given, others))
        }
    }

    /// An argument; `None` if it is not given, or `None`.
    pub(super) fn get(&self, gil: &Gil, index: usize) -> Option<PyRef> {
        let object = self.objects[index];
        let given = !object.is_null() && object != gil.api._Py_NoneStruct;
        // SAFETY: the arguments are alive.
        given.then(|| unsafe { PyRef::new_reference(gil, object) })
    }

    /// An argument, borrowed, be it `None`; NULL if it is not given.
    pub(super) fn object(&self, index: usize) -> Object {
        self.objects[index]
    }

    /// Whether an argument is given, and is `None`.
    pub(super) fn is_none(&self, gil: &Gil, index: usize) -> bool {
        self.objects[index] == gil.api._Py_NoneStruct
    }

    /// An argument that is a `str`.
    pub(super) fn text(&self, gil: &Gil, index: usize) -> Result<String> {
        text(gil, &self.get(gil, index).unwrap_or_else(|| support::none(gil)), self.names[index])
    }
}

/// The items of a tuple, borrowed.
unsafe fn items_of(gil: &Gil, tuple: Object) -> Vec<Object> {
    // SAFETY: the caller has a tuple, under the GIL.
    unsafe {
        let count = (gil.api.PyTuple_Size)(tuple);
        (0..count).map(|index| (gil.api.PyTuple_GetItem)(tuple, index)).collect()
    }
}

/// The names of a dict, a tuple; its values, borrowed, go behind what is given already.
unsafe fn keywords_of(gil: &Gil, dict: Object, given: &mut Vec<Object>) -> Result<Option<PyRef>> {
    if dict.is_null() {
        return Ok(None);
    }
    let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
    // SAFETY: the caller has a dict, under the GIL.
    unsafe {
        while (gil.api.PyDict_Next)(dict, &mut at, &mut key, &mut value) != 0 {
            given.push(value);
        }
        PyRef::owned(gil, (gil.api.PySequence_Tuple)(dict)).map(Some)
    }
}

/// The characters of a `str`; `what` says whose they are.
pub(super) fn text(gil: &Gil, object: &PyRef, what: &str) -> Result<String> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if gil.api.flags_of(object.as_ptr()) & TPFLAGS_UNICODE_SUBCLASS == 0 {
            let found = type_name(gil, gil.api.type_of(object.as_ptr()));
            let message = format!("{what} is a str, and an object of type {found} is given");
            return Err(Error::mismatch(message));
        }
    }
    text_of(gil, object)
}

/// The items of a sequence; `what` says whose they are.
pub(super) fn items(gil: &Gil, sequence: &PyRef, what: &str) -> Result<Vec<PyRef>> {
    support::items(gil, sequence).map_err(|cause| match cause.status() {
        Status::OutOfMemory => cause.at(what),
        _ => Error::invalid(format!("{what}: pass a list or a tuple")).caused_by(cause),
    })
}
