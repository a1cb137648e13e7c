//! Classes of errors of other languages as classes of exceptions: `except` and `raise` take them.

use std::sync::atomic::Ordering;

use super::{CLASSES, ErrorClasses, classes};
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::{self, Described, Family};
use crate::python::api::{Api, Object};
use crate::python::error::{self, ALIVE, fetch};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::name::Name;
use crate::python::{proxy, support};

/// The attribute of a class that is the class in its language.
static FOREIGN: Name = Name::new(c"_foreign");

/// An object for a handle, which it takes over, also if that fails: a proxy, or the class of exceptions
/// that stands for a class of errors.
pub(in crate::host::python) fn wrap(gil: &Gil, key: Key) -> Result<PyRef> {
    let shown = proxy::wrap(gil, key)?;
    // SAFETY: a live object under the GIL.
    match unsafe { proxy::errors(gil.api, shown.as_ptr()) } {
        Family::NONE => Ok(shown),
        errors => of_proxy(gil, shown, errors),
    }
}

/// Whether an object is such a class.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn is(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive; classes are replaced under the GIL.
    unsafe {
        CLASSES
            .load(Ordering::Acquire)
            .as_ref()
            .is_some_and(|classes| api.type_of(object) == classes.foreign.as_ptr())
    }
}

/// A new handle of the class in its language; `None` of any other object.
///
/// # Safety
/// As for [`is`].
pub(in crate::host::python) unsafe fn to_handle(gil: &Gil, object: Object) -> Option<Result<Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        is(gil.api, object).then(|| {
            let foreign = PyRef::new_reference(gil, object).named(gil, &FOREIGN)?;
            match proxy::unwrap(gil.api, foreign.as_ptr()) {
                Some(key) => handle::clone(key?, HandleKind::Object),
                None => Err(Error::new(Status::InvalidHandle, "the class is gone")),
            }
        })
    }
}

/// The class of a failure, and the error that is one of its instances.
pub(super) struct ThrownClass {
    pub(super) class: PyRef,
    original: OwnedHandle,
}

impl ThrownClass {
    /// The exception that was made of that error before, if others may have the error and it is still alive.
    pub(super) fn alive(&self, gil: &Gil) -> Option<PyRef> {
        let found = error::quietly(gil, || {
            let alive = self.class.attribute(gil, ALIVE)?;
            let known = alive.attribute(gil, c"data")?;
            // SAFETY: a live dict under the GIL.
            if unsafe { (gil.api.PyDict_Size)(known.as_ptr()) } <= 0 {
                return Ok(support::none(gil));
            }
            let identity = handle::describe_object(self.original.key(), |of| of.identity())?;
            alive.attribute(gil, c"get")?.call1(gil, &support::int(gil, identity)?)
        })?;
        (!support::is_none(gil.api, &found)).then_some(found)
    }
}

/// The class of a failure of another language, which is there. What ran out of time has Python's.
pub(super) fn of_failure(gil: &Gil, failure: &Error) -> Option<ThrownClass> {
    if !matches!(failure.status(), Status::Foreign | Status::Cancelled) {
        return None;
    }
    let original = OwnedHandle::new(failure.foreign_error()?.original()?);
    let class = error::quietly(gil, || {
        let protocol = object::of(original.key())?;
        let Described { family, .. } = protocol.describe(original.key())?;
        if family == Family::NONE {
            return Ok(None);
        }
        let runtime = handle::describe_object(original.key(), |of| of.runtime().to_owned())?;
        if let Some(known) = known(gil, &key_of(gil, &runtime, family)?)? {
            return Ok(Some(known));
        }
        let class = wrap(gil, protocol.type_of(original.key())?)?;
        // SAFETY: a live object under the GIL.
        Ok(unsafe { is(gil.api, class.as_ptr()) }.then_some(class))
    });
    Some(ThrownClass { class: class.flatten()?, original })
}

/// What such classes are found by.
fn key_of(gil: &Gil, runtime: &str, errors: Family) -> Result<PyRef> {
    let number = support::int(gil, errors.number())?;
    support::tuple(gil, vec![support::text(gil, runtime)?, number])
}

/// The one that was made before.
fn known(gil: &Gil, key: &PyRef) -> Result<Option<PyRef>> {
    let Some(ErrorClasses { known, .. }) = classes(gil) else { return Ok(None) };
    // SAFETY: live objects under the GIL; what the dict has is borrowed from it.
    unsafe {
        let found = (gil.api.PyDict_GetItemWithError)(known.as_ptr(), key.as_ptr());
        if found.is_null() {
            return match (gil.api.PyErr_Occurred)().is_null() {
                true => Ok(None),
                false => Err(fetch(gil)),
            };
        }
        let class = PyRef::new_reference(gil, found).call0(gil)?;
        Ok((!support::is_none(gil.api, &class)).then_some(class))
    }
}

/// The class for one of another language, below those that it is below there.
fn of_proxy(gil: &Gil, shown: PyRef, errors: Family) -> Result<PyRef> {
    // SAFETY: a live object under the GIL.
    let Some(class) = (unsafe { proxy::unwrap(gil.api, shown.as_ptr()) }) else { return Ok(shown) };
    let class = class?;
    let runtime = handle::describe_object(class, |of| of.runtime().to_owned())?;
    let key = key_of(gil, &runtime, errors)?;
    if let Some(known) = known(gil, &key)? {
        return Ok(known);
    }
    let Some(ErrorClasses { any, make, .. }) = classes(gil) else { return Ok(shown) };
    let (any, make) = (any.clone_ref(gil), make.clone_ref(gil));
    let protocol = object::of(class)?;
    let mut above = Vec::new();
    for parent in protocol.parents(class)?.into_iter().map(OwnedHandle::new) {
        if protocol.describe(parent.key())?.errors != Family::NONE {
            above.push(wrap(gil, parent.into_pointer().addr())?);
        }
    }
    if above.is_empty() {
        above.push(any);
    }
    support::call(gil, &make, &[&key, &shown, &support::tuple(gil, above)?])
}
