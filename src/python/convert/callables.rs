//! Callables among values: they are made by what calls them, which says how.

use crate::abi::metaffi_callable;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// How callables come from Python and go there.
pub struct Callables {
    /// A handle for an object that can be called.
    ///
    /// # Safety
    /// The object is borrowed and alive.
    pub from_python: unsafe fn(&Gil, Object) -> Result<*mut metaffi_callable>,
    /// The object of a callable, whose handle stays the caller's.
    pub to_python: fn(&Gil, usize) -> Result<PyRef>,
    /// Whether an object is one of a callable of ours.
    ///
    /// # Safety
    /// The object is alive, and the GIL is held.
    pub is_one: unsafe fn(&Api, Object) -> bool,
}

static CALLABLES: Once<Callables> = Once::new();

/// Says it, before anything is converted. The first one to say so does.
pub fn set_callables(callables: Callables) {
    let _ = CALLABLES.set(callables);
}

fn get() -> Result<&'static Callables> {
    CALLABLES.get().ok_or_else(|| Error::unsupported("callables cannot be converted yet"))
}

/// A handle for an object that can be called.
///
/// # Safety
/// `object` is borrowed and alive.
pub(super) unsafe fn from_python(gil: &Gil, object: Object) -> Result<*mut metaffi_callable> {
    // SAFETY: `object` is borrowed and alive.
    unsafe { (get()?.from_python)(gil, object) }
}

/// The object of a callable.
pub(super) fn to_python(gil: &Gil, key: usize) -> Result<PyRef> {
    (get()?.to_python)(gil, key)
}

/// Whether an object is one of a callable of ours.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn is_one(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    CALLABLES.get().is_some_and(|callables| unsafe { (callables.is_one)(api, object) })
}
