//! [`RuntimeFields`]: what a runtime's object has, and what it stands for.

use std::cell::RefCell;
use std::sync::Arc;

use super::{fork, options};
use crate::error::Result;
use crate::fork::Once;
use crate::model::Runtime;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::HeapType;
use crate::python::support;

/// What an instance has.
pub(super) struct RuntimeFields {
    /// Its name, which is empty until it is initialised.
    pub(super) name: Box<str>,
    /// The options as they were given, a `dict`.
    pub(super) options: Option<PyRef>,
    pub(super) loaded: RefCell<Option<Arc<Runtime>>>,
    /// Its weak references.
    pub(super) weak: Object,
}

/// The type, once it is made.
pub(super) static CLASS: Once<HeapType<RuntimeFields>> = Once::new();

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance, and outlives the result.
pub(super) unsafe fn fields<'a>(object: Object) -> &'a RuntimeFields {
    // SAFETY: `object` is an instance; there is none without the type.
    unsafe { &*CLASS.get().unwrap_unchecked().fields(object) }
}

/// Whether an object is a runtime that was initialised.
pub(super) fn is_one(gil: &Gil, object: &PyRef) -> bool {
    let Some(class) = CLASS.get() else { return false };
    // SAFETY: a live object, which is an instance where it is looked into.
    unsafe {
        class.is_instance(gil.api, object.as_ptr())
            && (*class.fields(object.as_ptr())).options.is_some()
    }
}

/// The runtime that an instance stands for, which is loaded now if it was not yet.
///
/// # Safety
/// `object` is an instance.
pub(super) unsafe fn loaded(gil: &Gil, object: Object) -> Result<Arc<Runtime>> {
    // SAFETY: `object` is an instance.
    let fields = unsafe { fields(object) };
    if let Some(runtime) = &*fields.loaded.borrow() {
        return Ok(runtime.clone());
    }
    let options = match &fields.options {
        Some(options) => options::pairs(gil, options)?,
        None => Vec::new(),
    };
    // A runtime that starts may ask for the GIL, on this thread or another.
    let runtime = fork::load(gil, || Runtime::load(&fields.name, options))?;
    Ok(fields.loaded.borrow_mut().insert(runtime).clone())
}

/// The name of an initialised runtime, and its options.
pub(super) fn name_and_options(gil: &Gil, runtime: &PyRef) -> Result<(PyRef, PyRef)> {
    // SAFETY: `is_one` has said so.
    let fields = unsafe { fields(runtime.as_ptr()) };
    let options = fields.options.as_ref();
    let options = options.map_or_else(|| support::none(gil), |options| options.clone_ref(gil));
    Ok((support::text(gil, &fields.name)?, options))
}
