//! `MetaFFIEntity`: a loaded entity, called like a function.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use super::call::{self, fast, same_runtime};
use super::trampoline::refuse_new;
use super::trampoline::{trampoline, type_error};
use crate::fork::Once;
use crate::python::support::int;

use crate::call::Function;
use crate::error::Result;
use crate::model::Entity;
use crate::python::api::{Api, METH_O, Object, Vectorcall};
use crate::python::convert::spelling;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{
    HAVE_VECTORCALL, HeapType, HeapTypeSpec, TP_CALL, TP_DEALLOC, TP_NEW, TP_REPR, method,
};
use crate::python::{NAME, support};

/// What an instance has.
pub(super) struct EntityFields {
    vectorcall: Vectorcall,
    /// What is called.
    pub(super) entity: Arc<Entity>,
    /// The fast way to call it, if it has one.
    pub(super) fast: Option<fast::FastPlan>,
    /// How it is called if it is a Python function.
    pub(super) same_runtime: Option<same_runtime::SameRuntimePlan>,
    /// Whether the GIL is held while it runs.
    pub(super) keeps_lock: bool,
    /// Whether it is Python's own.
    pub(super) is_python: bool,
    weak: Object,
}

static CLASS: Once<HeapType<EntityFields>> = Once::new();

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<EntityFields>> {
    if let Some(class) = CLASS.get() {
        return Ok(class);
    }
    let class = HeapType::new(
        gil,
        HeapTypeSpec {
            name: c"metaffi.MetaFFIEntity",
            doc: c"A function, method, variable or constant of another runtime.",
            flags: HAVE_VECTORCALL,
            slots: &[
                (TP_CALL, gil.api.PyVectorcall_Call as *const c_void),
                (TP_NEW, refuse_new as *const c_void),
                (TP_DEALLOC, deallocate as *const c_void),
                (TP_REPR, repr as *const c_void),
            ],
            methods: vec![method(
                c"__reduce_ex__",
                reduce as *const c_void,
                METH_O,
                c"Refuses to be pickled.",
            )],
            attributes: &[
                (c"__name__", name),
                (c"__qualname__", name),
                (c"__doc__", doc),
                (c"__signature__", signature),
                (c"entity_path", path),
                (c"params", params),
                (c"returns", returns),
                (c"native_pointer", native_pointer),
            ],
            offsets: &[
                (c"__vectorcalloffset__", std::mem::offset_of!(EntityFields, vectorcall)),
                (c"__weaklistoffset__", std::mem::offset_of!(EntityFields, weak)),
            ],
        },
    )?;
    Ok(CLASS.get_or_set(class))
}

/// The object of an entity.
pub(super) fn new(gil: &Gil, entity: Arc<Entity>) -> Result<PyRef> {
    let is_python = entity.module().runtime().name() == NAME;
    let keeps_lock = is_python || entity.keeps_lock();
    let fast = fast::FastPlan::new(gil, entity.function());
    let same_runtime = same_runtime::SameRuntimePlan::new(gil, entity.function());
    let vectorcall: Vectorcall = match (&fast, &same_runtime) {
        _ if !entity.module().runtime().survives_fork() => call::call_entity,
        (Some(plan), _) => plan.vectorcall(keeps_lock),
        (None, Some(_)) => same_runtime::SameRuntimePlan::vectorcall(),
        (None, None) => call::call_entity,
    };
    let weak = ptr::null_mut();
    class(gil)?.instance(
        gil,
        EntityFields { vectorcall, entity, fast, same_runtime, keeps_lock, is_python, weak },
    )
}

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance, and alive as long as the result.
#[inline(always)]
pub(super) unsafe fn fields<'a>(object: Object) -> &'a EntityFields {
    // SAFETY: `object` is an instance, and alive as long as the result; there is no instance
    // without the type.
    unsafe { &*CLASS.get().unwrap_unchecked().fields(object) }
}

/// Whether an object is an entity.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn is_one(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    CLASS.get().is_some_and(|class| unsafe { class.is(api, object) })
}

/// The name of a constant or a variable, which has to be called for its value.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn uncalled(api: &Api, object: Object) -> Option<String> {
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
pub(super) unsafe fn function(api: &Api, object: Object) -> Option<Arc<Function>> {
    let class = CLASS.get()?;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class.is(api, object).then(|| (*class.fields(object)).entity.function().clone()) }
}

/// # Safety
/// `object` is an instance.
unsafe fn entity<'a>(gil: &Gil, object: Object) -> Result<&'a Arc<Entity>> {
    // SAFETY: `object` is an instance.
    Ok(unsafe { &(*class(gil)?.fields(object)).entity })
}

unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &entity(gil, object)?.name())) }
}

unsafe extern "C-unwind" fn path(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &entity(gil, object)?.path().to_string_lossy())) }
}

unsafe extern "C-unwind" fn doc(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let entity = entity(gil, object)?;
            let mut text = format!("{}{}", entity.name(), entity.function().signature());
            if let Some(own) = entity.documentation() {
                text.push_str("\n\n");
                text.push_str(&own);
            }
            support::text(gil, &text)
        })
    }
}

unsafe extern "C-unwind" fn signature(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let params = &entity(gil, object)?.function().signature().params;
            let names: Vec<&str> =
                params.iter().map(|param| param.name.as_deref().unwrap_or_default()).collect();
            let names = support::texts(gil, &names)?;
            support::call(gil, &support::get(gil)?.text_signature, &[&names])
        })
    }
}

unsafe extern "C-unwind" fn params(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let params = &entity(gil, object)?.function().signature().params;
            spelling::spell_all(gil, params.iter().map(|param| &param.info))
        })
    }
}

unsafe extern "C-unwind" fn returns(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            spelling::spell_all(gil, entity(gil, object)?.function().signature().returns.iter())
        })
    }
}

unsafe extern "C-unwind" fn native_pointer(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| int(gil, entity(gil, object)?.native(None)?.addr() as u64)) }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let entity = entity(gil, object)?;
            let text = format!(
                "<MetaFFIEntity {} of runtime {}: {}>",
                entity.path().to_string_lossy(),
                entity.module().runtime().name(),
                entity.function().signature()
            );
            support::text(gil, &text)
        })
    }
}

unsafe extern "C-unwind" fn reduce(_: Object, _: Object) -> Object {
    // SAFETY: Python calls this holding the GIL.
    unsafe {
        type_error(
            c"a MetaFFIEntity belongs to its process and cannot be pickled or copied: load it in \
              the other process",
        )
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe {
        if !(*class.fields(object)).weak.is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        class.destroy(api, object);
    }
}
