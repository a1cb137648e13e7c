//! Handles that stand for Python objects.

use std::ptr::{self, NonNull};

use super::carrier::{self, wrap};
use super::{PyRef, put_off, type_name};
use crate::abi::metaffi_object;
use crate::error::{Error, Result, Status};
use crate::handle::{self, Counting, HandleKind};
use crate::python::NAME;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::{self, Gil};

/// What a handle of a Python object stands for: the object itself, at its own address. Each handle has
/// a reference to it.
pub struct PyObjectHandle(());

impl PyObjectHandle {
    /// The object, borrowed.
    #[inline(always)]
    fn object(&self) -> Object {
        // Of Python's memory, of which this type covers nothing.
        ptr::with_exposed_provenance_mut(ptr::from_ref(self).addr())
    }

    /// Python counts the references, under the GIL: so whoever holds it may look at what a live handle
    /// stands for.
    pub const COUNTING: Counting = Counting { retain, release };
}

unsafe fn retain(object: *const ()) -> Result<()> {
    let api = Api::get().ok_or_else(|| Error::new(Status::Internal, "there is no Python"))?;
    let gil = gil::enter_for_host(api)?;
    // SAFETY: alive as long as the handle that is looked at is pinned; the GIL is held.
    unsafe { gil.api.incref(object.cast_mut().cast()) };
    Ok(())
}

unsafe fn release(object: *const ()) {
    // SAFETY: a live object is not NULL, and its reference was the handle's.
    let object = unsafe { NonNull::new_unchecked(object.cast_mut()) };
    match put_off::any() {
        false => gil::drop_ref(object.cast()),
        true => gil::give_back(object, release_iterator),
    }
}

/// The same of what may be an iterator that has put off a failure.
unsafe fn release_iterator(gil: &Gil, object: NonNull<()>) {
    // SAFETY: the reference was given up; the GIL is held.
    unsafe { gil.api.decref(object.as_ptr().cast()) };
    put_off::forget_freed(gil);
}

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
}

/// A new handle for an object. An object of another runtime that Python only carried is that
/// object again.
pub fn to_handle(gil: &Gil, object: &PyRef) -> Result<*mut metaffi_object> {
    // SAFETY: what a reference refers to is alive.
    unsafe { handle_of(gil, object.as_ptr()) }
}

/// The same of a borrowed object.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub unsafe fn handle_of(gil: &Gil, object: Object) -> Result<*mut metaffi_object> {
    // SAFETY: a live object under the GIL.
    unsafe {
        match carrier::is_carrier(gil.api, object) {
            true => carried(gil, object).map(ptr::without_provenance_mut),
            false => own_handle(gil, object),
        }
    }
}

/// The same of an object that carries nothing.
///
/// # Safety
/// `object` is alive.
#[inline(always)]
pub unsafe fn own_handle(gil: &Gil, object: Object) -> Result<*mut metaffi_object> {
    // SAFETY: a live object under the GIL, which is not NULL; the reference is the handle's.
    let key = unsafe {
        gil.api.incref(object);
        let counted = NonNull::new_unchecked(object.cast::<PyObjectHandle>());
        handle::insert_counted(counted).inspect_err(|_| gil.api.decref(object))
    };
    key.map(ptr::without_provenance_mut)
}

/// The handle of what an object only carries.
///
/// # Safety
/// `object` is alive, and carries something.
unsafe fn carried(gil: &Gil, object: Object) -> Result<handle::Key> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if let Some(made) = carrier::make_handle(gil, object) {
            return made;
        }
        match carrier::unwrap(gil.api, object) {
            None => Err(Error::new(Status::InvalidHandle, "the handle is released")),
            Some(key) => handle::clone(key?, HandleKind::Object),
        }
    }
}

/// The Python object of a handle, alive as long as the handle is and the GIL is held: whoever lets
/// Python code run makes a reference of their own first. The handle of another runtime's object is
/// refused; [`take_handle`] carries those.
#[inline(always)]
pub fn from_handle(_: &Gil, key: usize) -> Option<Object> {
    // SAFETY: the GIL is held, without which no reference of a handle's is given up.
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
