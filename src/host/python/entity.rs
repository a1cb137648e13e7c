//! `MetaFFIEntity`: a loaded entity, called like a function.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use super::call::entity_fields::{CLASS, EntityFields, fields};
use super::call::{self, checked, fast, same_runtime};
use super::data::raise::exception;
use super::recipe;
use super::trampoline::trampoline;
use crate::error::Result;
use crate::model::Entity;
use crate::python::api::{Api, METH_O, Object, Vectorcall};
use crate::python::convert::spelling;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::{
    HAVE_VECTORCALL, HeapType, HeapTypeSpec, TP_CALL, TP_DEALLOC, TP_REPR, method,
};
use crate::python::object::{PyRef, take_handle};
use crate::python::support::int;
use crate::python::{NAME, support};

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<EntityFields>> {
    CLASS.get_or_make(|| {
        let class = HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.MetaFFIEntity",
                doc: c"A function, method, variable or constant of another runtime.",
                flags: HAVE_VECTORCALL,
                slots: &[
                    (TP_CALL, gil.api.PyVectorcall_Call as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_REPR, repr as *const c_void),
                ],
                methods: vec![method(
                    c"__reduce_ex__",
                    reduce as *const c_void,
                    METH_O,
                    c"What loads it again, for pickle.",
                )],
                attributes: &[
                    (c"__name__", name),
                    (c"__qualname__", name),
                    (c"__signature__", signature),
                    (c"__wrapped__", wrapped),
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
        support::document(gil, class.object(), page)?;
        Ok(class)
    })
}

/// The object of an entity.
pub(super) fn new(gil: &Gil, entity: Arc<Entity>) -> Result<PyRef> {
    let is_own = entity.module().runtime().name() == NAME;
    let keeps_lock = is_own || entity.keeps_lock();
    let fast = fast::FastPlan::new(gil, entity.function());
    let same_runtime = same_runtime::SameRuntimePlan::new(entity.function()).map(Box::new);
    let checked = checked::CheckedPlan::new(entity.function()).filter(|_| !is_own).map(Box::new);
    let vectorcall: Vectorcall = match (&fast, &same_runtime) {
        _ if checked.is_some() => checked::CheckedPlan::vectorcall(),
        _ if !entity.module().runtime().survives_fork() => call::call_entity,
        (Some(plan), _) => plan.vectorcall(keeps_lock),
        (None, Some(_)) => same_runtime::SameRuntimePlan::vectorcall(),
        (None, None) => call::call_entity,
    };
    let weak = ptr::null_mut();
    let fields = EntityFields { vectorcall, entity, fast, checked, same_runtime, keeps_lock, weak };
    class(gil)?.instance(gil, fields)
}

unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &fields(object).entity.name())) }
}

unsafe extern "C-unwind" fn path(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &fields(object).entity.path().to_string_lossy())) }
}

/// What `help` shows of an instance.
fn page(gil: &Gil, object: &PyRef) -> Result<PyRef> {
    // SAFETY: a live instance.
    let entity = &unsafe { fields(object.as_ptr()) }.entity;
    let mut text = format!("{}{}", entity.name(), entity.function().signature());
    if let Some(own) = entity.documentation() {
        text.push_str("\n\n");
        text.push_str(&own);
    }
    support::text(gil, &text)
}

unsafe extern "C-unwind" fn signature(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let entity = &fields(object).entity;
            spelling::signature(gil, entity.function(), called(gil, entity).as_ref())
        })
    }
}

unsafe extern "C-unwind" fn wrapped(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let entity = &fields(object).entity;
            called(gil, entity).ok_or_else(|| {
                let path = entity.path().to_string_lossy();
                let message = format!("{path} calls nothing that is an object of Python's");
                exception(gil, gil.api.PyExc_AttributeError, &message)
            })
        })
    }
}

/// Python's own object that an entity calls.
fn called(gil: &Gil, entity: &Entity) -> Option<PyRef> {
    let is_own = entity.module().runtime().name() == NAME;
    let object = is_own.then(|| entity.object().ok()).flatten()?;
    take_handle(gil, object.key()).ok()
}

unsafe extern "C-unwind" fn params(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| spelling::spell_all(gil, fields(object).entity.function().param_types()))
    }
}

unsafe extern "C-unwind" fn returns(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| spelling::spell_all(gil, fields(object).entity.function().return_types()))
    }
}

unsafe extern "C-unwind" fn native_pointer(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| int(gil, fields(object).entity.native(None)?.addr() as u64)) }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let entity = &fields(object).entity;
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

unsafe extern "C-unwind" fn reduce(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| recipe::of_entity(gil, &fields(object).entity)) }
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
