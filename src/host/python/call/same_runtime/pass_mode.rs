//! What is passed as it is, and what is not.

use std::any::Any;

use crate::call::Callable;
use crate::host::python::call::entity_fields;
use crate::host::python::copy::copy;
use crate::python::api::{Api, Object};
use crate::python::convert;
use crate::python::downcall::function::PyFunction;
use crate::python::upcall::callable;
use crate::signature::Kind;

/// How an object gets to the other side.
pub(super) enum PassMode {
    /// As it is.
    Same,
    /// As a copy: a new reference.
    Copy(Object),
    /// By conversion to the declared type.
    Converted,
}

/// How an object gets there as a value of the kind.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn pass_mode(api: &'static Api, object: Object, kind: Kind) -> PassMode {
    // SAFETY: the caller has a live object, under the GIL.
    unsafe {
        let r#type = api.type_of(object);
        let same = match kind {
            Kind::Handle => true,
            Kind::String8 | Kind::String16 | Kind::String32 => r#type == api.PyUnicode_Type,
            Kind::Any => return pass_mode_of_any(api, object, r#type),
            Kind::Callable => {
                r#type == api.PyFunction_Type
                    || r#type == api.PyCFunction_Type
                    || object == api._Py_NoneStruct
                    || callable::of_object(api, object).is_some_and(is_own)
                    || entity_fields::is_one(api, object)
            }
            Kind::Float32 => false,
            kind => convert::exact(api, object, kind).is_some(),
        };
        if same { PassMode::Same } else { PassMode::Converted }
    }
}

/// Whether a callable is a Python function of declared types. What a guest returned gives tuples,
/// which nobody expects who was given a function.
fn is_own(callable: &Callable) -> bool {
    let callee: &dyn Any = callable.function().callee();
    callee.is::<PyFunction>()
}

#[inline(always)]
unsafe fn pass_mode_of_any(api: &'static Api, object: Object, r#type: Object) -> PassMode {
    let same = r#type == api.PyLong_Type
        || r#type == api.PyUnicode_Type
        || r#type == api.PyFloat_Type
        || r#type == api.PyBytes_Type
        || r#type == api.PyBool_Type
        || r#type == api.PyDict_Type
        || object == api._Py_NoneStruct;
    if same {
        return PassMode::Same;
    }
    if r#type != api.PyList_Type && r#type != api.PyTuple_Type {
        return PassMode::Converted;
    }
    // SAFETY: the caller has a live object, under the GIL.
    match unsafe { copy(api, object) } {
        Some(copy) => PassMode::Copy(copy),
        None => PassMode::Converted,
    }
}
