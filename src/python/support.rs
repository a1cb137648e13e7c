//! The part of the runtime that is written in Python: it runs when something is loaded or
//! described, not when it is called.

mod documentation;

use std::ffi::{CStr, CString};
use std::ptr;

use super::NAME;
use super::api::Api;
use super::error;
use super::lifecycle::gil::Gil;
use super::object::{PyRef, text_of};
use crate::call::errors::failure::c_string;
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::value::memory;

pub use documentation::document;

/// `Py_file_input`.
const FILE_INPUT: std::ffi::c_int = 257;

/// Functions that load modules and bind entities, named after them.
pub struct Support {
    pub load: PyRef,
    pub function: PyRef,
    pub attribute: PyRef,
}

/// Functions that run source text, named after them.
pub struct SourceFunctions {
    pub source: PyRef,
    pub compiled: PyRef,
    pub new_namespace: PyRef,
}

/// Functions that find out what is declared, named after them.
pub struct Signatures {
    pub function_json: PyRef,
    pub attribute_json: PyRef,
    pub names_in: PyRef,
    pub text_signature: PyRef,
    pub told_signature: PyRef,
}

/// Functions that describe modules, named after them.
pub struct Descriptions {
    pub describe: PyRef,
    pub find: PyRef,
}

/// Functions that say what objects are and can do, named after them.
pub struct ObjectQuestions {
    pub abilities: PyRef,
    pub fits: PyRef,
    pub is_there: PyRef,
    pub members: PyRef,
    pub entries: PyRef,
    pub written: PyRef,
    pub registrations: PyRef,
}

/// Two threads may run a part at once, as it lets others run: both are the same.
static SUPPORT: Once<Support> = Once::new();
static SOURCES: Once<SourceFunctions> = Once::new();
static SIGNATURES: Once<Signatures> = Once::new();
static DESCRIPTIONS: Once<Descriptions> = Once::new();
static OBJECTS: Once<ObjectQuestions> = Once::new();
static PREPARED_FILE: Once<PyRef> = Once::new();

/// Runs a module of the package, which finds those that it imports there, and gives what looks up its
/// functions.
fn part<'a>(
    gil: &'a Gil,
    name: &'static CStr,
    source: &str,
) -> Result<impl Fn(&CStr) -> Result<PyRef> + use<'a>> {
    execute(gil, name, source)?;
    Ok(move |function: &CStr| PyRef::import(gil, name)?.attribute(gil, function))
}

/// What finds modules and what is in them, imported the first time that is more than a look-up.
pub fn get(gil: &Gil) -> Result<&'static Support> {
    SUPPORT.get_or_make(|| {
        execute(gil, c"_metaffi", include_str!("support/__init__.py"))?;
        let loading = part(gil, c"_metaffi.loading", include_str!("support/loading.py"))?;
        let entities = part(gil, c"_metaffi.entities", include_str!("support/entities.py"))?;
        Ok(Support {
            load: loading(c"load")?,
            function: entities(c"function")?,
            attribute: entities(c"attribute")?,
        })
    })
}

/// What runs source text, imported the first time.
pub fn sources(gil: &Gil) -> Result<&'static SourceFunctions> {
    SOURCES.get_or_make(|| {
        get(gil)?;
        let source = part(gil, c"_metaffi.source", include_str!("support/source.py"))?;
        Ok(SourceFunctions {
            source: source(c"source")?,
            compiled: source(c"compiled")?,
            new_namespace: source(c"new_namespace")?,
        })
    })
}

/// What is needed for declarations that are not [seen](super::convert::declared), imported the first
/// time.
pub fn signatures(gil: &Gil) -> Result<&'static Signatures> {
    SIGNATURES.get_or_make(|| {
        get(gil)?;
        let source = include_str!("support/signatures.py");
        let signatures = part(gil, c"_metaffi.signatures", source)?;
        Ok(Signatures {
            function_json: signatures(c"function_json")?,
            attribute_json: signatures(c"attribute_json")?,
            names_in: signatures(c"names_in")?,
            text_signature: signatures(c"text_signature")?,
            told_signature: signatures(c"told_signature")?,
        })
    })
}

/// What is needed to describe a module, imported the first time.
pub fn descriptions(gil: &Gil) -> Result<&'static Descriptions> {
    DESCRIPTIONS.get_or_make(|| {
        signatures(gil)?;
        let source = include_str!("support/description.py");
        let description = part(gil, c"_metaffi.description", source)?;
        Ok(Descriptions { describe: description(c"describe")?, find: description(c"find")? })
    })
}

/// What the protocol of objects asks, imported the first time.
pub fn objects(gil: &Gil) -> Result<&'static ObjectQuestions> {
    OBJECTS.get_or_make(|| {
        get(gil)?;
        let objects = part(gil, c"_metaffi.objects", include_str!("support/objects.py"))?;
        Ok(ObjectQuestions {
            abilities: objects(c"abilities")?,
            fits: objects(c"fits")?,
            is_there: objects(c"is_there")?,
            members: objects(c"members")?,
            entries: objects(c"entries")?,
            written: objects(c"source")?,
            registrations: PyRef::import(gil, c"abc")?.attribute(gil, c"get_cache_token")?,
        })
    })
}

/// The function that prepares a file, imported the first time.
pub fn prepared_file(gil: &Gil) -> Result<&'static PyRef> {
    PREPARED_FILE.get_or_make(|| {
        get(gil)?;
        part(gil, c"_metaffi.files", include_str!("support/files.py"))?(c"prepared")
    })
}

/// What a module of ours has when its text has run to its end.
const HAS_RUN: &CStr = c"__has_run__";

/// Runs source text as a module of that name in `sys.modules`.
pub fn execute(gil: &Gil, name: &CStr, source: &str) -> Result<()> {
    let api = gil.api;
    let source = CString::new(source).unwrap_or_default();
    let package = text(gil, "_metaffi")?;
    // SAFETY: NUL-terminated texts and live objects under the GIL; the module and its namespace
    // are borrowed from `sys.modules`.
    unsafe {
        let code = (api.Py_CompileString)(source.as_ptr(), name.as_ptr(), FILE_INPUT);
        let code = PyRef::owned(gil, code)?;
        let module = (api.PyImport_AddModule)(name.as_ptr());
        if module.is_null() {
            return Err(error::fetch(gil));
        }
        let namespace = (api.PyModule_GetDict)(module);
        let builtins = PyRef::import(gil, c"builtins")?;
        let set = |key: &CStr, value: &PyRef| match (api.PyDict_SetItemString)(
            namespace,
            key.as_ptr(),
            value.as_ptr(),
        ) {
            0 => Ok(()),
            _ => Err(error::fetch(gil)),
        };
        set(c"__builtins__", &builtins)?;
        set(c"__package__", &package)?;
        let result = (api.PyEval_EvalCode)(code.as_ptr(), namespace, namespace);
        PyRef::owned(gil, result)?;
        set(HAS_RUN, &package)
    }
}

/// A module of the package that is seldom needed, which runs when it first is.
pub fn module(gil: &Gil, name: &CStr, source: &str) -> Result<PyRef> {
    get(gil)?;
    // Another thread may have begun it, and let this one run before it had everything.
    // SAFETY: NUL-terminated, under the GIL; what the module has is borrowed from `sys.modules`.
    let has_run = unsafe {
        let modules = (gil.api.PySys_GetObject)(c"modules".as_ptr());
        let module = match modules.is_null() {
            true => modules,
            false => (gil.api.PyDict_GetItemString)(modules, name.as_ptr()),
        };
        !module.is_null() && {
            let namespace = (gil.api.PyModule_GetDict)(module);
            !(gil.api.PyDict_GetItemString)(namespace, HAS_RUN.as_ptr()).is_null()
        }
    };
    if !has_run {
        execute(gil, name, source)?;
    }
    PyRef::import(gil, name)
}

/// Calls a function of the package: what it raises of its own becomes the status it names.
pub fn call(gil: &Gil, function: &PyRef, given: &[&PyRef]) -> Result<PyRef> {
    let api = gil.api;
    let mut arguments = Vec::with_capacity(given.len() + 1);
    arguments.push(ptr::null_mut());
    arguments.extend(given.iter().map(|argument| argument.as_ptr()));
    // SAFETY: live objects after a writable place, under the GIL.
    unsafe {
        let first = arguments.as_mut_ptr().add(1);
        let result = api.vectorcall(function.as_ptr(), first, given.len(), ptr::null_mut());
        PyRef::owned(gil, result).map_err(own_status)
    }
}

/// The failure that the package's exception stands for, with what led to that: the package itself is
/// not of the guest's, and nobody has to see where in it that was raised.
fn own_status(error: Error) -> Error {
    let type_name = error.foreign_error().map(|foreign| foreign.type_name()).unwrap_or_default();
    let status = match type_name.strip_prefix("_metaffi.loading.") {
        Some("NotFound") => Status::NotFound,
        Some("Syntax") => Status::Syntax,
        Some("LoadFailed") => Status::LoadFailed,
        Some("TypeMismatch") => Status::TypeMismatch,
        _ => return error,
    };
    let own = Error::new(status, error.message()).in_runtime(NAME);
    match error.cause() {
        Some(cause) => own.caused_by(cause.clone()),
        None => own,
    }
}

/// A `str`.
pub fn text(gil: &Gil, text: &str) -> Result<PyRef> {
    let api = gil.api;
    let (data, length) = (text.as_ptr().cast(), text.len().cast_signed());
    // SAFETY: the text has so many bytes; under the GIL.
    unsafe { PyRef::owned(gil, (api.PyUnicode_FromStringAndSize)(data, length)) }
}

/// An interned `str`, as attribute look-ups want it.
pub fn interned(gil: &Gil, text: &str) -> Result<PyRef> {
    let api = gil.api;
    let text = c_string(text);
    // SAFETY: NUL-terminated, under the GIL.
    unsafe { PyRef::owned(gil, (api.PyUnicode_InternFromString)(text.as_ptr())) }
}

/// A `bool`.
pub fn truth(gil: &Gil, value: bool) -> PyRef {
    let api = gil.api;
    let object = if value { api._Py_TrueStruct } else { api._Py_FalseStruct };
    // SAFETY: both live as long as the interpreter.
    unsafe { PyRef::new_reference(gil, object) }
}

/// `None`.
pub fn none(gil: &Gil) -> PyRef {
    // SAFETY: it lives as long as the interpreter.
    unsafe { PyRef::new_reference(gil, gil.api._Py_NoneStruct) }
}

/// A `list` of `str`.
pub fn texts(gil: &Gil, items: &[&str]) -> Result<PyRef> {
    let items: Vec<PyRef> = items.iter().map(|item| text(gil, item)).collect::<Result<_>>()?;
    list(gil, &items)
}

/// A `list`.
pub fn list(gil: &Gil, items: &[PyRef]) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: under the GIL.
    let list = unsafe { PyRef::owned(gil, (api.PyList_New)(0)) }?;
    for item in items {
        // SAFETY: two live objects under the GIL.
        if unsafe { (api.PyList_Append)(list.as_ptr(), item.as_ptr()) } != 0 {
            return Err(error::fetch(gil));
        }
    }
    Ok(list)
}

/// An item of a `tuple`.
pub fn item(gil: &Gil, tuple: &PyRef, index: isize) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: a live object under the GIL; the item is borrowed from it.
    unsafe {
        match (api.PyTuple_GetItem)(tuple.as_ptr(), index) {
            item if item.is_null() => Err(error::fetch(gil)),
            item => Ok(PyRef::new_reference(gil, item)),
        }
    }
}

/// The items of a sequence.
pub fn items(gil: &Gil, sequence: &PyRef) -> Result<Vec<PyRef>> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; items are borrowed from the tuple.
    unsafe {
        let tuple = PyRef::owned(gil, (api.PySequence_Tuple)(sequence.as_ptr()))?;
        let count = (api.PyTuple_Size)(tuple.as_ptr());
        let mut items = Vec::new();
        let reserved = items.try_reserve_exact(count.cast_unsigned());
        reserved.map_err(|_| memory::exhausted(count.cast_unsigned() * size_of::<PyRef>()))?;
        let item = |index| PyRef::new_reference(gil, (api.PyTuple_GetItem)(tuple.as_ptr(), index));
        items.extend((0..count).map(item));
        Ok(items)
    }
}

/// The text that a function of the package answers.
pub fn text_of_call(gil: &Gil, function: &PyRef, given: &[&PyRef]) -> Result<String> {
    text_of(gil, &call(gil, function, given)?)
}

/// Whether it is `None`.
pub fn is_none(api: &Api, object: &PyRef) -> bool {
    object.as_ptr() == api._Py_NoneStruct
}

/// An `int`.
pub fn int(gil: &Gil, number: u64) -> Result<PyRef> {
    // SAFETY: under the GIL.
    unsafe { PyRef::owned(gil, (gil.api.PyLong_FromUnsignedLongLong)(number)) }
}

/// A `tuple`.
pub fn tuple(gil: &Gil, items: Vec<PyRef>) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: a new tuple takes each item over, under the GIL.
    unsafe {
        let tuple = PyRef::owned(gil, (api.PyTuple_New)(items.len().cast_signed()))?;
        for (index, item) in items.into_iter().enumerate() {
            (api.PyTuple_SetItem)(tuple.as_ptr(), index.cast_signed(), item.into_ptr());
        }
        Ok(tuple)
    }
}
