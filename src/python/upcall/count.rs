//! Other numbers of arguments than a function declares.

use std::sync::Arc;

use crate::call::Function;
use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::unwrap;
use crate::signature::{Kind, Signature, Type};

/// The function for another number of arguments than it declares.
///
/// # Safety
/// The objects are alive, and the GIL is held.
pub(super) unsafe fn function_for(
    gil: &Gil,
    function: &Function,
    objects: &[Object],
) -> Result<Arc<Function>> {
    let (callee, signature) = (function.callee(), function.signature());
    let (count, declared) = (objects.len(), signature.params.len());
    if count < declared {
        let fewer = callee.with_fewer(count)?;
        return fewer.ok_or_else(|| not_given(count, signature));
    }
    if signature.variadic {
        // SAFETY: the objects are alive, and the GIL is held.
        let extra = objects[declared..].iter().map(|object| unsafe { type_of(gil, *object) });
        return callee.with_variadic(&extra.collect::<Vec<_>>());
    }
    Err(wrong(signature, count))
}

/// The failure of a call with a wrong number of arguments.
#[cold]
pub(super) fn wrong(signature: &Signature, count: usize) -> Error {
    let given = if count == 1 { "1 argument" } else { &format!("{count} arguments") };
    let declared = signature.params.len();
    Error::invalid(format!("{given} given, but it takes {declared}: {signature}"))
}

/// The failure of a call without an argument.
#[cold]
pub(super) fn not_given(index: usize, signature: &Signature) -> Error {
    let argument = signature.params[index].argument(index);
    Error::invalid(format!("{argument} is not given: {signature}"))
}

/// Whether an `int` is more than int64 holds; uint64 is then what it may fit.
unsafe fn is_beyond_int64(api: &Api, object: Object) -> bool {
    let mut overflow = 0;
    // SAFETY: the caller has a live int, under the GIL.
    unsafe { (api.PyLong_AsLongLongAndOverflow)(object, &mut overflow) };
    overflow > 0
}

/// The type in which an argument beyond the declared ones travels.
unsafe fn type_of(gil: &Gil, object: Object) -> Type {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    let r#type = unsafe { api.type_of(object) };
    Type::from(match r#type {
        _ if r#type == api.PyBool_Type => Kind::Bool,
        // SAFETY: an int, under the GIL.
        _ if r#type == api.PyLong_Type => match unsafe { is_beyond_int64(api, object) } {
            true => Kind::Uint64,
            false => Kind::Int64,
        },
        _ if r#type == api.PyFloat_Type => Kind::Float64,
        _ if r#type == api.PyUnicode_Type => Kind::String8,
        _ if object == api._Py_NoneStruct => Kind::Handle,
        // SAFETY: as above.
        _ if unsafe { unwrap(api, object) }.is_some() => Kind::Handle,
        _ => Kind::Any,
    })
}
