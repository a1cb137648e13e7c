//! References to Python objects, and the handles that stand for them.

use std::ffi::{CStr, c_void};
use std::ptr::{self, NonNull};
use std::sync::{Arc, OnceLock};

use super::api::{Api, Object, PyObject};
use super::gil::{self, Gil};
use super::{NAME, error, released};
use crate::abi::metaffi_object;
use crate::error::{Error, Result, Status};
use crate::handle::{self, Kind};

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

    /// Another reference to a live object.
    ///
    /// # Safety
    /// `object` is alive.
    #[inline(always)]
    pub unsafe fn borrowed(gil: &Gil, object: Object) -> PyRef {
        // SAFETY: the caller's promise; a live object is not NULL.
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
        unsafe { PyRef::borrowed(gil, self.as_ptr()) }
    }

    /// An attribute, or the exception that looking it up raised.
    pub fn attribute(&self, gil: &Gil, name: &CStr) -> Result<PyRef> {
        // SAFETY: both live, under the GIL.
        unsafe { PyRef::owned(gil, (gil.api.PyObject_GetAttrString)(self.as_ptr(), name.as_ptr())) }
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

/// A Python object that a handle stands for.
pub struct PyObjectHandle {
    object: PyRef,
}

impl PyObjectHandle {
    /// The object, borrowed.
    pub fn object(&self) -> Object {
        self.object.as_ptr()
    }
}

impl handle::Object for PyObjectHandle {
    fn runtime(&self) -> &str {
        NAME
    }

    fn type_name(&self) -> String {
        let Some(api) = Api::get() else { return String::new() };
        let Ok(gil) = gil::enter(api) else { return String::new() };
        // SAFETY: the object is alive, and its type with it.
        unsafe { type_name(&gil, api.type_of(self.object())) }
    }

    /// The object's address, as Python's own `id`.
    fn identity(&self) -> u64 {
        self.object().addr() as u64
    }

    /// Under the GIL, so that whoever holds it may look at what a live handle stands for.
    fn release(self: Arc<Self>) {
        unsafe fn release(_: &Gil, handle: NonNull<()>) {
            // SAFETY: the reference that was given up below.
            drop(unsafe { Arc::from_raw(handle.as_ptr().cast::<PyObjectHandle>()) });
        }
        let handle = Arc::into_raw(self).cast_mut().cast();
        // SAFETY: an Arc's pointer is not null.
        released::give_back(unsafe { NonNull::new_unchecked(handle) }, release);
    }
}

/// The name of a type as Python qualifies it: `ValueError`, `decimal.Decimal`.
///
/// # Safety
/// `r#type` is a live type.
pub unsafe fn type_name(gil: &Gil, r#type: Object) -> String {
    // SAFETY: the caller's promise.
    let r#type = unsafe { PyRef::borrowed(gil, r#type) };
    let text = |name: &CStr| error::quietly(gil, || text_of(gil, &r#type.attribute(gil, name)?));
    let name = text(c"__qualname__").unwrap_or_else(|| "?".to_owned());
    match text(c"__module__") {
        Some(module) if module != "builtins" => format!("{module}.{name}"),
        _ => name,
    }
}

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

/// How objects of other runtimes look to Python: capsules, unless a host has a type for them.
pub struct Carrier {
    /// A new object for a handle, which it takes over, also if that fails.
    pub carry: fn(&Gil, handle::Key) -> Result<PyRef>,
    /// The handle of such an object, still its own; `None` of any other object.
    ///
    /// # Safety
    /// The object is alive, and the GIL is held.
    pub carried: unsafe fn(&Api, Object) -> Option<handle::Key>,
}

static CARRIER: OnceLock<Carrier> = OnceLock::new();

/// Says how objects of other runtimes look from now on. The first one to say so does.
pub fn set_carrier(carrier: Carrier) {
    let _ = CARRIER.set(carrier);
}

/// Whether an object is one that carries another runtime's.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn is_carrier(api: &Api, object: Object) -> bool {
    // SAFETY: the caller's promise.
    CARRIER.get().is_some_and(|carrier| unsafe { (carrier.carried)(api, object) }.is_some())
}

/// The name of capsules that hold a handle of another runtime's object.
const FOREIGN: &CStr = c"metaffi.object";

/// A new handle for an object. An object of another runtime that Python only carried is that
/// object again.
pub fn to_handle(gil: &Gil, object: &PyRef) -> Result<*mut metaffi_object> {
    let api = gil.api;
    // SAFETY: a live object under the GIL.
    let carried = unsafe {
        if let Some(carrier) = CARRIER.get()
            && let Some(key) = (carrier.carried)(api, object.as_ptr())
        {
            if key == 0 {
                return Err(Error::new(Status::InvalidHandle, "the handle is released"));
            }
            return Ok(ptr::without_provenance_mut(handle::clone(key, Kind::Object)?));
        }
        match (api.PyCapsule_IsValid)(object.as_ptr(), FOREIGN.as_ptr()) {
            0 => None,
            _ => Some((api.PyCapsule_GetPointer)(object.as_ptr(), FOREIGN.as_ptr()).addr()),
        }
    };
    let key = match carried {
        Some(key) => handle::clone(key, Kind::Object)?,
        None => handle::insert_object(Arc::new(PyObjectHandle { object: object.clone_ref(gil) }))?,
    };
    Ok(ptr::without_provenance_mut(key))
}

/// The Python object of a handle, alive as long as the handle is and the GIL is held: whoever lets
/// Python code run makes a reference of their own first. The handle of another runtime's object is
/// refused; [`take_handle`] carries those.
#[inline(always)]
pub fn from_handle(_: &Gil, key: usize) -> Option<Object> {
    // SAFETY: the GIL is held, without which no reference to a `PyObjectHandle` is given up.
    unsafe { handle::peek::<PyObjectHandle>(key) }.map(PyObjectHandle::object)
}

/// A reference to what a handle stands for: the Python object itself, or one that carries another
/// runtime's object. None for a null handle.
pub fn take_handle(gil: &Gil, key: usize) -> Result<PyRef> {
    if key == 0 {
        // SAFETY: None is always alive.
        return Ok(unsafe { PyRef::borrowed(gil, gil.api._Py_NoneStruct) });
    }
    if let Some(object) = from_handle(gil, key) {
        // SAFETY: alive while the GIL is held.
        return Ok(unsafe { PyRef::borrowed(gil, object) });
    }
    carry(gil, handle::clone(key, Kind::Object)?)
}

/// An object that carries a handle of another runtime's, which it takes over.
pub fn carry(gil: &Gil, carried: handle::Key) -> Result<PyRef> {
    if let Some(carrier) = CARRIER.get() {
        return (carrier.carry)(gil, carried);
    }
    let pointer = ptr::without_provenance_mut::<c_void>(carried);
    // SAFETY: a key is never 0; the destructor is of the type that a capsule calls.
    unsafe {
        let capsule = (gil.api.PyCapsule_New)(pointer, FOREIGN.as_ptr(), Some(free_carried));
        PyRef::owned(gil, capsule).inspect_err(|_| {
            let _ = handle::free(carried, Kind::Object);
        })
    }
}

unsafe extern "C-unwind" fn free_carried(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with the capsule that `take_handle` made.
    let key = unsafe { (api.PyCapsule_GetPointer)(capsule, FOREIGN.as_ptr()) }.addr();
    let _ = handle::free(key, Kind::Object);
}
