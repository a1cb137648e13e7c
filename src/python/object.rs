//! References to Python objects, and the handles that stand for them.

mod awaiting;
mod carrier;
pub mod class;
mod handles;
pub mod name;
pub mod put_off;

use std::ffi::CStr;
use std::ptr::{self, NonNull};

use super::api::{Api, Object, PyObject};
use super::error;
use super::lifecycle::gil::{self, Gil};
use crate::error::{Error, Result};
use crate::value::memory;
use name::Name;

pub use awaiting::{await_iterator, set_await_iterator};
pub use carrier::{
    Carrier, Proxies, is_carrier, make_handle, set_carrier, set_proxies, unwrap, wrap,
};
pub use handles::{PyObjectHandle, from_handle, handle_of, own_handle, take_handle, to_handle};

/// A reference to a Python object. It may be dropped on any thread: without the GIL the release
/// waits in a queue for the next thread that takes it.
#[derive(Debug)]
pub struct PyRef(NonNull<PyObject>);

// SAFETY: a reference is only a count until somebody has the GIL, and dropping it without is
// queued.
unsafe impl Send for PyRef {}
// SAFETY: as above.
unsafe impl Sync for PyRef {}

impl PyRef {
    /// Takes over a reference; NULL is the pending exception.
    ///
    /// # Safety
    /// `object` is a reference of its own, or NULL with an exception set.
    #[inline(always)]
    pub unsafe fn owned(gil: &Gil, object: Object) -> Result<PyRef> {
        NonNull::new(object).map(PyRef).ok_or_else(|| error::fetch(gil))
    }

    /// Takes over a reference; `None` for NULL.
    ///
    /// # Safety
    /// `object` is a reference of its own, or NULL.
    pub unsafe fn from_owned(object: Object) -> Option<PyRef> {
        NonNull::new(object).map(PyRef)
    }

    /// Whether it is a function of Python's own that [`Api::call_function`] calls.
    pub fn is_plain_function(&self, api: &Api) -> bool {
        // SAFETY: a live object.
        api.layout.known && unsafe { api.type_of(self.as_ptr()) } == api.PyFunction_Type
    }

    /// Another reference to a live object.
    ///
    /// # Safety
    /// `object` is alive.
    #[inline(always)]
    pub unsafe fn new_reference(gil: &Gil, object: Object) -> PyRef {
        // SAFETY: `object` is alive; a live object is not NULL.
        unsafe {
            gil.api.incref(object);
            PyRef(NonNull::new_unchecked(object))
        }
    }

    /// The object, borrowed.
    #[inline(always)]
    pub fn as_ptr(&self) -> Object {
        self.0.as_ptr()
    }

    /// The reference, for somebody else to release.
    #[inline(always)]
    pub fn into_ptr(self) -> Object {
        std::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// Releases the reference under the GIL, which saves the question whether it is held.
    #[inline(always)]
    pub fn release(self, gil: &Gil) {
        // SAFETY: the reference is ours, and given up.
        unsafe { gil.api.decref(self.into_ptr()) }
    }

    /// Another reference to the same object.
    pub fn clone_ref(&self, gil: &Gil) -> PyRef {
        // SAFETY: this reference keeps it alive.
        unsafe { PyRef::new_reference(gil, self.as_ptr()) }
    }

    /// The module of that name, imported if it is not yet.
    pub fn import(gil: &Gil, name: &CStr) -> Result<PyRef> {
        let api = gil.api;
        let none = ptr::null_mut();
        // Without globals, since those of the code that runs may have an `__import__` of their own.
        // SAFETY: NUL-terminated, under the GIL; with no names wanted the first package is given, and
        // `sys.modules` has the module itself.
        unsafe {
            let name = name.as_ptr();
            PyRef::owned(gil, (api.PyImport_ImportModuleLevel)(name, none, none, none, 0))?;
            let name = PyRef::owned(gil, (api.PyUnicode_FromString)(name))?;
            match (api.PyImport_GetModule)(name.as_ptr()) {
                module if !module.is_null() => PyRef::owned(gil, module),
                _ if !(api.PyErr_Occurred)().is_null() => Err(error::fetch(gil)),
                _ => Err(Error::not_found("a module has left sys.modules while it was imported")),
            }
        }
    }

    /// The module of that name, if it is imported already, also by another thread, which is waited for.
    pub fn imported(gil: &Gil, name: &CStr) -> Result<Option<PyRef>> {
        let api = gil.api;
        // SAFETY: NUL-terminated, under the GIL; the reference is given back.
        unsafe {
            let text = PyRef::owned(gil, (api.PyUnicode_FromString)(name.as_ptr()))?;
            match PyRef::from_owned((api.PyImport_GetModule)(text.as_ptr())) {
                Some(known) if known.as_ptr() != api._Py_NoneStruct => {}
                _ => {
                    (api.PyErr_Clear)();
                    return Ok(None);
                }
            }
        }
        Ok(PyRef::import(gil, name).ok())
    }

    /// The dict of its own attributes, if it has one by now.
    pub fn dict(&self, gil: &Gil) -> Option<Object> {
        // SAFETY: a live object under the GIL; NULL, or where it keeps the dict.
        let dict = unsafe { *gil.api._PyObject_GetDictPtr?(self.as_ptr()).as_ref()? };
        (!dict.is_null()).then_some(dict)
    }

    /// An attribute, or the exception that looking it up raised.
    pub fn attribute(&self, gil: &Gil, name: &CStr) -> Result<PyRef> {
        // SAFETY: both live, under the GIL.
        unsafe { PyRef::owned(gil, (gil.api.PyObject_GetAttrString)(self.as_ptr(), name.as_ptr())) }
    }

    /// The same of a name of ours.
    pub fn named(&self, gil: &Gil, name: &Name) -> Result<PyRef> {
        let name = name.get(gil)?.as_ptr();
        // SAFETY: both live, under the GIL.
        unsafe { PyRef::owned(gil, (gil.api.PyObject_GetAttr)(self.as_ptr(), name)) }
    }

    /// An attribute that may be missing, or the exception of looking it up.
    pub fn find_attribute(&self, gil: &Gil, name: &Name) -> Result<Option<PyRef>> {
        let api = gil.api;
        let (name, mut found) = (name.get(gil)?.as_ptr(), ptr::null_mut());
        // SAFETY: both live, under the GIL.
        unsafe {
            if let Some(find) = api.PyObject_GetOptionalAttr.or(api._PyObject_LookupAttr) {
                return match find(self.as_ptr(), name, &raw mut found) {
                    -1 => Err(error::fetch(gil)),
                    _ => Ok(PyRef::from_owned(found)),
                };
            }
            match (api.PyObject_HasAttr)(self.as_ptr(), name) {
                0 => Ok(None),
                _ => PyRef::owned(gil, (api.PyObject_GetAttr)(self.as_ptr(), name)).map(Some),
            }
        }
    }

    /// A weak reference to it; `None` if it has none.
    pub fn weak(&self, gil: &Gil) -> Option<PyRef> {
        // SAFETY: a live object under the GIL.
        unsafe {
            let weak = (gil.api.PyWeakref_NewRef)(self.as_ptr(), ptr::null_mut());
            if weak.is_null() {
                (gil.api.PyErr_Clear)();
            }
            PyRef::from_owned(weak)
        }
    }

    /// Calls it without arguments.
    pub fn call0(&self, gil: &Gil) -> Result<PyRef> {
        // SAFETY: alive, under the GIL.
        unsafe { PyRef::owned(gil, (gil.api.PyObject_CallNoArgs)(self.as_ptr())) }
    }

    /// Calls it with one argument.
    pub fn call1(&self, gil: &Gil, argument: &PyRef) -> Result<PyRef> {
        let mut arguments = [ptr::null_mut(), argument.as_ptr()];
        // SAFETY: one argument after a writable place, under the GIL.
        unsafe {
            let first = arguments.as_mut_ptr().add(1);
            PyRef::owned(gil, gil.api.vectorcall(self.as_ptr(), first, 1, ptr::null_mut()))
        }
    }
}

impl Drop for PyRef {
    #[inline(always)]
    fn drop(&mut self) {
        gil::drop_ref(self.0);
    }
}

/// The name of a type as Python qualifies it: `ValueError`, `decimal.Decimal`.
///
/// # Safety
/// `r#type` is a live type.
pub unsafe fn type_name(gil: &Gil, r#type: Object) -> String {
    // Interned: the interpreter's cache of attributes of types keeps each name that it was asked for.
    static QUALNAME: Name = Name::new(c"__qualname__");
    static MODULE: Name = Name::new(c"__module__");
    // SAFETY: `r#type` is a live type.
    let r#type = unsafe { PyRef::new_reference(gil, r#type) };
    let text = |name: &Name| {
        let found = error::quietly(gil, || r#type.find_attribute(gil, name))??;
        error::quietly(gil, || text_of(gil, &found))
    };
    let name = text(&QUALNAME).unwrap_or_else(|| "?".to_owned());
    match text(&MODULE) {
        Some(module) if module != "builtins" => format!("{module}.{name}"),
        _ => name,
    }
}

/// Texts that are longer are read only where there is room for what is made of them: parts, and
/// messages that quote them.
const SHORT: usize = 1 << 16;

/// How often such a text may be copied at once.
const COPIES: usize = 8;

/// The characters of a `str`; half of a surrogate pair is written as Python escapes it.
pub fn text_of(gil: &Gil, text: &PyRef) -> Result<String> {
    let mut length = 0;
    // SAFETY: a live object under the GIL, whose valid UTF-8 is read while it is alive.
    unsafe {
        let data = (gil.api.PyUnicode_AsUTF8AndSize)(text.as_ptr(), &mut length);
        if data.is_null() {
            (gil.api.PyErr_Clear)();
            return escaped(gil, text);
        }
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), length as usize);
        if bytes.len() > SHORT {
            memory::check_room(bytes.len().saturating_mul(COPIES))?;
        }
        // Room for the NUL that follows where the text becomes an error's.
        let mut copy = String::with_capacity(bytes.len() + 1);
        copy.push_str(std::str::from_utf8_unchecked(bytes));
        Ok(copy)
    }
}

#[cold]
fn escaped(gil: &Gil, text: &PyRef) -> Result<String> {
    let api = gil.api;
    // SAFETY: a live object under the GIL; bytes are read while they are alive.
    unsafe {
        let encoding = c"utf-8".as_ptr();
        let bytes =
            (api.PyUnicode_AsEncodedString)(text.as_ptr(), encoding, c"backslashreplace".as_ptr());
        let bytes = PyRef::owned(gil, bytes)?;
        let data = (api.PyBytes_AsString)(bytes.as_ptr()).cast::<u8>();
        let length = (api.PyBytes_Size)(bytes.as_ptr()) as usize;
        Ok(String::from_utf8_lossy(std::slice::from_raw_parts(data, length)).into_owned())
    }
}
