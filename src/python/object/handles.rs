//! Handles that stand for Python objects.

use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::carrier::{self, wrap};
use super::{PyRef, text_of, type_name};
use crate::abi::metaffi_object;
use crate::error::{Error, Result, Status};
use crate::handle::{self, Extension, HandleKind, ObjectNumber};
use crate::object::ProtocolCell;
use crate::python::NAME;
use crate::python::api::{Api, Object, PyObject, TPFLAGS_LONG_SUBCLASS};
use crate::python::lifecycle::deferred_release;
use crate::python::lifecycle::gil::{self, Gil};

/// A Python object that a handle stands for, to which it has a reference; NULL when the handle is
/// freed, until the same is used for another.
pub struct PyObjectHandle {
    object: AtomicPtr<PyObject>,
}

impl PyObjectHandle {
    fn new(object: PyRef) -> PyObjectHandle {
        PyObjectHandle { object: AtomicPtr::new(object.into_ptr()) }
    }

    /// The object, borrowed.
    #[inline(always)]
    pub fn object(&self) -> Object {
        self.object.load(Ordering::Relaxed)
    }

    /// Gives up the reference.
    fn let_go(&self, gil: &Gil) {
        let object = self.object();
        self.object.store(ptr::null_mut(), Ordering::Relaxed);
        if !object.is_null() {
            // SAFETY: the reference was this one's, and the GIL is held.
            unsafe { gil.api.decref(object) };
        }
    }
}

impl Drop for PyObjectHandle {
    fn drop(&mut self) {
        if let Some(object) = NonNull::new(self.object()) {
            gil::drop_ref(object);
        }
    }
}

impl handle::ObjectType for PyObjectHandle {
    const EXTENSION: Extension = PROTOCOL.extension();
}

/// How Python's objects are used.
pub static PROTOCOL: ProtocolCell = ProtocolCell::new();

impl handle::ForeignObject for PyObjectHandle {
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

    fn number(&self) -> Option<ObjectNumber> {
        let api = Api::get()?;
        let gil = gil::enter(api).ok()?;
        // SAFETY: the object is alive.
        unsafe { number(&gil, self.object()) }
    }

    /// Under the GIL, so that whoever holds it may look at what a live handle stands for.
    fn release(self: Arc<Self>) {
        unsafe fn release(gil: &Gil, handle: NonNull<()>) {
            // SAFETY: the reference that was given up below.
            let handle = unsafe { Arc::from_raw(handle.as_ptr().cast::<PyObjectHandle>()) };
            if Arc::strong_count(&handle) == 1 {
                handle.let_go(gil);
                handle::leave(handle);
            }
        }
        let handle = Arc::into_raw(self).cast_mut().cast();
        // SAFETY: an Arc's pointer is not null.
        deferred_release::give_back(unsafe { NonNull::new_unchecked(handle) }, release);
    }
}

/// The number that an `int` or a `complex` is.
unsafe fn number(gil: &Gil, object: Object) -> Option<ObjectNumber> {
    let api = gil.api;
    // SAFETY: a live object under the GIL.
    unsafe {
        if api.flags_of(object) & TPFLAGS_LONG_SUBCLASS != 0 {
            let Some(text) = PyRef::from_owned((api.PyNumber_ToBase)(object, 16)) else {
                (api.PyErr_Clear)();
                return None;
            };
            let text = text_of(gil, &text).ok()?;
            let (negative, digits) = match text.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, text.as_str()),
            };
            let magnitude = u128::from_str_radix(digits.trim_start_matches("0x"), 16);
            return Some(match magnitude {
                Ok(magnitude) => ObjectNumber::Integer { negative, magnitude },
                Err(_) => ObjectNumber::Huge,
            });
        }
        if (api.PyType_IsSubtype)(api.type_of(object), api.PyComplex_Type) != 0 {
            let real = (api.PyComplex_RealAsDouble)(object);
            return Some(ObjectNumber::Complex(real, (api.PyComplex_ImagAsDouble)(object)));
        }
    }
    None
}

/// A new handle for an object, if the interpreter's own objects have one at hand: without a look at
/// anything that this thread shares with others. An object that carries another runtime's has none.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub unsafe fn handle_at_hand(gil: &Gil, object: Object) -> Option<handle::Key> {
    // SAFETY: `object` is alive, and the GIL is held; its reference is the handle's.
    unsafe {
        if carrier::is_carrier(gil.api, object) {
            return None;
        }
        handle::insert_left(
            |_: &PyObjectHandle| true,
            |left| {
                gil.api.incref(object);
                left.object.store(object, Ordering::Relaxed);
            },
        )
    }
}

/// A new handle for an object. An object of another runtime that Python only carried is that
/// object again.
pub fn to_handle(gil: &Gil, object: &PyRef) -> Result<*mut metaffi_object> {
    // SAFETY: a live object under the GIL.
    if let Some(made) = unsafe { carrier::make_handle(gil, object.as_ptr()) } {
        return made.map(ptr::without_provenance_mut);
    }
    // SAFETY: as above.
    let key = match unsafe { carrier::unwrap(gil.api, object.as_ptr()) } {
        Some(0) => return Err(Error::new(Status::InvalidHandle, "the handle is released")),
        Some(key) => handle::clone(key, HandleKind::Object)?,
        // SAFETY: as above.
        None => match unsafe { handle_at_hand(gil, object.as_ptr()) } {
            Some(key) => key,
            None => handle::insert_object(Arc::new(PyObjectHandle::new(object.clone_ref(gil))))?,
        },
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
        return Ok(unsafe { PyRef::new_reference(gil, gil.api._Py_NoneStruct) });
    }
    if let Some(object) = from_handle(gil, key) {
        // SAFETY: alive while the GIL is held.
        return Ok(unsafe { PyRef::new_reference(gil, object) });
    }
    wrap(gil, handle::clone(key, HandleKind::Object)?)
}
