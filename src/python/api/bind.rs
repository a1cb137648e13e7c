//! Binding the table to the symbols of a library, and what stands in for those it lacks.

use std::ffi::{CStr, c_void};
use std::ptr;

use super::layout::ObjectLayout;
use super::type_layout::TypeLayout;
use super::{Api, Object, Vectorcall};
use crate::error::{Error, Result};
use crate::kit::Version;
use crate::python::api::library::PythonLibrary;

type Find<'a> = &'a dyn Fn(&'static str) -> *mut c_void;

/// The oldest version whose API has what the table asks for.
pub const OLDEST: Version = Version::new(3, 9);

impl Api {
    /// Binds the API of a library.
    pub fn bind(library: &PythonLibrary) -> Result<Api> {
        let text = version_text(library)?;
        let version = Version::parse(&text).ok_or_else(|| refuse(library, "has no version"))?;
        if version < OLDEST {
            let reason = format!("is Python {version}, and the oldest that works is {OLDEST}");
            return Err(refuse(library, &reason));
        }
        // SAFETY: the library is CPython of that version, so its symbols have their C types.
        let mut api = unsafe { Api::from_symbols(version, &|name| library.symbol(name)) }
            .map_err(|missing| refuse(library, &format!("does not export {missing}")))?;
        api.free_threaded = text.contains("free-threading");
        Ok(api)
    }

    /// Finds out where objects have their types and values, which a version may move. `ours` is
    /// whether nobody finalises the interpreter, which ends thread states before their threads.
    ///
    /// # Safety
    /// The interpreter runs and the GIL is held.
    pub unsafe fn probe(&mut self, ours: bool) -> Result<()> {
        // SAFETY: the interpreter runs and the GIL is held.
        unsafe {
            self.probe_type_offset()?;
            ObjectLayout::probe(self);
            TypeLayout::probe(self);
            self.probe_attached(ours);
        }
        Ok(())
    }

    unsafe fn probe_type_offset(&mut self) -> Result<()> {
        const WORD: usize = size_of::<usize>();
        const LARGEST: usize = 3 * WORD;
        // SAFETY: an int is at least as large as the header of any build, plus its digits.
        unsafe {
            let number = (self.PyLong_FromLongLong)(1 << 40);
            let has_type = |offset: &usize| {
                number.byte_add(*offset).cast::<Object>().read() == self.PyLong_Type
            };
            let found = (WORD..=LARGEST).step_by(WORD).find(has_type);
            (self.Py_DecRef)(number);
            self.type_offset = found.ok_or_else(|| {
                Error::unsupported(format!(
                    "the objects of Python {} have a layout that is unknown",
                    self.version
                ))
            })?;
        }
        Ok(())
    }
}

/// What `Py_GetVersion` says; may be called before the interpreter starts.
fn version_text(library: &PythonLibrary) -> Result<String> {
    let address = library.symbol("Py_GetVersion");
    if address.is_null() {
        return Err(refuse(library, "is no libpython: it does not export Py_GetVersion"));
    }
    // SAFETY: a function of that name and type is part of every CPython.
    let text = unsafe {
        let get = std::mem::transmute::<*mut c_void, unsafe extern "C" fn() -> *const i8>(address);
        CStr::from_ptr(get().cast())
    };
    Ok(text.to_string_lossy().into_owned())
}

#[cold]
fn refuse(library: &PythonLibrary, reason: &str) -> Error {
    Error::load_failed(format!(
        "{library} {reason}; give option library or interpreter of a CPython {OLDEST} or newer \
             with a shared library (`metaffi doctor` lists those found)"
    ))
}

/// `PyObject_Vectorcall`; it is exported since 3.11.
pub unsafe fn vectorcall(find: Find<'_>) -> std::result::Result<Vectorcall, &'static str> {
    let address = find("PyObject_Vectorcall");
    if address.is_null() {
        return Ok(vectorcall_by_dict);
    }
    // SAFETY: it has that type since it is exported.
    Ok(unsafe { std::mem::transmute::<*mut c_void, Vectorcall>(address) })
}

/// `PyObject_Vectorcall` by `PyObject_VectorcallDict`.
unsafe extern "C-unwind" fn vectorcall_by_dict(
    callable: Object,
    arguments: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: the arguments are those of a vectorcall.
    unsafe {
        if names.is_null() {
            return (api.PyObject_VectorcallDict)(callable, arguments, count, ptr::null_mut());
        }
        let positional = count & !super::PY_VECTORCALL_ARGUMENTS_OFFSET;
        let keywords = keywords(api, arguments.add(positional), names);
        if keywords.is_null() {
            return keywords;
        }
        let result = (api.PyObject_VectorcallDict)(callable, arguments, count, keywords);
        (api.Py_DecRef)(keywords);
        result
    }
}

/// A new dict of `names` to `values`, or NULL with an exception set.
unsafe fn keywords(api: &Api, values: *const Object, names: Object) -> Object {
    // SAFETY: there are as many values as names.
    unsafe {
        let keywords = (api.PyDict_New)();
        if keywords.is_null() {
            return keywords;
        }
        for index in 0..(api.PyTuple_Size)(names) {
            let name = (api.PyTuple_GetItem)(names, index);
            if (api.PyDict_SetItem)(keywords, name, *values.offset(index)) < 0 {
                (api.Py_DecRef)(keywords);
                return ptr::null_mut();
            }
        }
        keywords
    }
}
