//! Objects of Python that stand for another runtime's: proxies, or what a host has that knows the
//! object better.

use super::PyRef;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;

/// How objects of other runtimes look to Python.
pub struct Proxies {
    /// An object for a handle, which it takes over, also if that fails.
    pub wrap: fn(&Gil, handle::Key) -> Result<PyRef>,
    /// The handle that such an object has, still its own, unless it has been released; `None` of any
    /// other object.
    ///
    /// # Safety
    /// The object is alive, and the GIL is held.
    pub unwrap: unsafe fn(&Api, Object) -> Option<Result<handle::Key>>,
}

/// How some of them look instead: those that a host has a type for.
pub struct Carrier {
    /// As [`Proxies::wrap`], of any handle.
    pub wrap: fn(&Gil, handle::Key) -> Result<PyRef>,
    /// Whether an object is one that has no handle until one is made.
    ///
    /// # Safety
    /// The object is alive, and the GIL is held.
    pub is: unsafe fn(&Api, Object) -> bool,
    /// A new handle of such an object; `None` of any other object.
    ///
    /// # Safety
    /// As for `is`.
    pub to_handle: unsafe fn(&Gil, Object) -> Option<Result<handle::Key>>,
}

static PROXIES: Once<Proxies> = Once::new();

static CARRIER: Once<Carrier> = Once::new();

/// Says how objects of other runtimes look, before there are any. The first one to say so does.
pub fn set_proxies(proxies: Proxies) {
    let _ = PROXIES.set(proxies);
}

/// Says how some look instead from now on. The first one to say so does.
pub fn set_carrier(carrier: Carrier) {
    let _ = CARRIER.set(carrier);
}

/// Whether an object is one that stands for another runtime's.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub unsafe fn is_carrier(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        unwrap(api, object).is_some()
            || CARRIER.get().is_some_and(|carrier| (carrier.is)(api, object))
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

/// The handle that a proxy has, still its own, unless it has been released; `None` of any other object.
///
/// # Safety
/// As for [`is_carrier`].
#[inline(always)]
pub unsafe fn unwrap(api: &Api, object: Object) -> Option<Result<handle::Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    PROXIES.get().and_then(|proxies| unsafe { (proxies.unwrap)(api, object) })
}

/// An object that stands for another runtime's, whose handle it takes over, also if that fails.
pub fn wrap(gil: &Gil, key: handle::Key) -> Result<PyRef> {
    match (CARRIER.get(), PROXIES.get()) {
        (Some(carrier), _) => (carrier.wrap)(gil, key),
        (None, Some(proxies)) => (proxies.wrap)(gil, key),
        (None, None) => Err(Error::unsupported("objects of other runtimes cannot be shown yet")),
    }
}
