//! [`EntityFields`]: what an entity's object has, which every call of it looks at.

use std::sync::Arc;

use super::checked::CheckedPlan;
use super::fast::FastPlan;
use super::same_runtime::SameRuntimePlan;
use crate::call::Function;
use crate::fork::Once;
use crate::model::Entity;
use crate::python::api::{Api, Object, Vectorcall};
use crate::python::object::class::HeapType;

/// What an instance has.
pub(in crate::host::python) struct EntityFields {
    /// What Python calls it by.
    pub(in crate::host::python) vectorcall: Vectorcall,
    /// What is called.
    pub(in crate::host::python) entity: Arc<Entity>,
    /// The fast way to call it, if it has one.
    pub(in crate::host::python) fast: Option<FastPlan>,
    /// The same of what may fail.
    pub(in crate::host::python) checked: Option<Box<CheckedPlan>>,
    /// How it is called if it is a Python function.
    pub(in crate::host::python) same_runtime: Option<Box<SameRuntimePlan>>,
    /// Whether the GIL is held while it runs.
    pub(in crate::host::python) keeps_lock: bool,
    /// Its weak references.
    pub(in crate::host::python) weak: Object,
}

/// The type, once it is made.
pub(in crate::host::python) static CLASS: Once<HeapType<EntityFields>> = Once::new();

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance, and alive as long as the result.
#[inline(always)]
pub(in crate::host::python) unsafe fn fields<'a>(object: Object) -> &'a EntityFields {
    // SAFETY: `object` is an instance, and alive as long as the result; there is no instance
    // without the type.
    unsafe { &*CLASS.get().unwrap_unchecked().fields(object) }
}

/// Whether an object is an entity.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(in crate::host::python) unsafe fn is_one(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    CLASS.get().is_some_and(|class| unsafe { class.is(api, object) })
}

/// The name of a constant or a variable, which has to be called for its value.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(in crate::host::python) unsafe fn uncalled(api: &Api, object: Object) -> Option<String> {
    // SAFETY: `object` is alive, and the GIL is held.
    let entity = unsafe {
        match is_one(api, object) {
            true => &fields(object).entity,
            false => return None,
        }
    };
    let path = entity.path().to_string_lossy();
    let is_value = ["constant=", "global="].iter().any(|key| path.starts_with(key));
    (is_value && entity.function().params().is_empty()).then(|| entity.name())
}

/// What an object calls, if it is an entity.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(in crate::host::python) unsafe fn function(api: &Api, object: Object) -> Option<Arc<Function>> {
    let class = CLASS.get()?;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class.is(api, object).then(|| (*class.fields(object)).entity.function().clone()) }
}
