//! Objects of Python that carry another runtime's.

use std::ffi::{CStr, c_void};
use std::ptr;

use super::PyRef;
use crate::error::Result;
use crate::fork::Once;
use crate::handle::{self, HandleKind};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;

/// How objects of other runtimes look to Python: capsules, unless a host has a type for them.
pub struct Carrier {
    /// A new object for a handle, which it takes over, also if that fails.
    pub wrap: fn(&Gil, handle::Key) -> Result<PyRef>,
    /// The handle that such an object has, still its own; `None` of any other object.
    ///
    /// # Safety
    /// The object is alive, and the GIL is held.
    pub unwrap: unsafe fn(&Api, Object) -> Option<handle::Key>,
    /// Whether it is one that has no handle until one is made.
    ///
    /// # Safety
    /// As for `unwrap`.
    pub is: unsafe fn(&Api, Object) -> bool,
    /// A new handle of such an object; `None` of any other object.
    ///
    /// # Safety
    /// As for `unwrap`.
    pub to_handle: unsafe fn(&Gil, Object) -> Option<Result<handle::Key>>,
}

static CARRIER: Once<Carrier> = Once::new();

/// Says how objects of other runtimes look from now on. The first one to say so does.
pub fn set_carrier(carrier: Carrier) {
    let _ = CARRIER.set(carrier);
}

/// Whether an object is one that carries another runtime's.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn is_carrier(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let is_hosts = |carrier: &Carrier| {
            (carrier.unwrap)(api, object).is_some() || (carrier.is)(api, object)
        };
        CARRIER.get().is_some_and(is_hosts)
            || (api.PyCapsule_IsValid)(object, FOREIGN.as_ptr()) != 0
    }
}

/// A new handle of an object that has none until one is made; `None` of any other object.
///
/// # Safety
/// As for [`is_carrier`].
pub unsafe fn make_handle(gil: &Gil, object: Object) -> Option<Result<handle::Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    CARRIER.get().and_then(|carrier| unsafe { (carrier.to_handle)(gil, object) })
}

/// The handle that an object carries, still its own; `None` of any other object, and 0 if it has
/// been released.
///
/// # Safety
/// As for [`is_carrier`].
pub unsafe fn unwrap(api: &Api, object: Object) -> Option<handle::Key> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let key = CARRIER.get().and_then(|carrier| (carrier.unwrap)(api, object));
        if key.is_some() || (api.PyCapsule_IsValid)(object, FOREIGN.as_ptr()) == 0 {
            return key;
        }
        Some((api.PyCapsule_GetPointer)(object, FOREIGN.as_ptr()).addr())
    }
}

/// The name of capsules that hold a handle of another runtime's object.
const FOREIGN: &CStr = c"metaffi.object";

/// An object that carries a handle of another runtime's, which it takes over.
pub fn wrap(gil: &Gil, key: handle::Key) -> Result<PyRef> {
    if let Some(carrier) = CARRIER.get() {
        return (carrier.wrap)(gil, key);
    }
    handle::describe_object(key, |_| ())?;
    let pointer = ptr::without_provenance_mut::<c_void>(key);
    // SAFETY: a key is never 0; the destructor is of the type that a capsule calls.
    unsafe {
        let capsule = (gil.api.PyCapsule_New)(pointer, FOREIGN.as_ptr(), Some(free_wrapped));
        PyRef::owned(gil, capsule).inspect_err(|_| {
            let _ = handle::free(key, HandleKind::Object);
        })
    }
}

unsafe extern "C-unwind" fn free_wrapped(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with the capsule that `take_handle` made.
    let key = unsafe { (api.PyCapsule_GetPointer)(capsule, FOREIGN.as_ptr()) }.addr();
    let _ = handle::free(key, HandleKind::Object);
}
