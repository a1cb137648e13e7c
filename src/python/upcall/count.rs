//! Other numbers of arguments than a function declares.

use std::sync::Arc;

use crate::call::Function;
use crate::error::{Error, Result};
use crate::python::api::{Api, Object, TPFLAGS_LONG_SUBCLASS, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::is_carrier;
use crate::signature::{Kind, Type};

/// The function for another number of arguments than it declares.
///
/// # Safety
/// The objects are alive, and the GIL is held.
pub(super) unsafe fn function_for(
    gil: &Gil,
    function: &Function,
    objects: &[Object],
) -> Result<Arc<Function>> {
    let (callee, count, declared) = (function.callee(), objects.len(), function.params().len());
    if count < declared {
        let fewer = callee.with_fewer(count)?;
        return fewer.ok_or_else(|| not_given(count, function));
    }
    if function.is_variadic() {
        // SAFETY: the objects are alive, and the GIL is held.
        let extra = objects[declared..].iter().map(|object| unsafe { type_of(gil, *object) });
        return callee.with_variadic(&extra.collect::<Vec<_>>());
    }
    Err(wrong(function, count))
}

/// The failure of a call with a wrong number of arguments.
#[cold]
pub(super) fn wrong(function: &Function, count: usize) -> Error {
    let given = if count == 1 { "1 argument" } else { &format!("{count} arguments") };
    let (declared, signature) = (function.params().len(), function.signature());
    Error::invalid(format!("{given} given, but it takes {declared}: {signature}"))
}

/// The failure of a call without an argument.
#[cold]
pub(super) fn not_given(index: usize, function: &Function) -> Error {
    let (argument, signature) = (function.argument(index), function.signature());
    Error::invalid(format!("{argument} is not given: {signature}"))
}

/// Whether an `int` is more than int64 holds; uint64 is then what it may fit.
unsafe fn is_beyond_int64(api: &Api, object: Object) -> bool {
    let mut overflow = 0;
    // SAFETY: the caller has a live int, under the GIL.
    unsafe { (api.PyLong_AsLongLongAndOverflow)(object, &mut overflow) };
    overflow > 0
}

/// The type in which an argument beyond the declared ones travels: a number as such, what else there is
/// as an address, if it can be given as one.
///
/// # Safety
/// The object is alive, and the GIL is held.
pub(super) unsafe fn type_of(gil: &Gil, object: Object) -> Type {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held.
    Type::from(unsafe {
        let r#type = api.type_of(object);
        let flags = api.flags_of(object);
        match r#type {
            _ if r#type == api.PyBool_Type => Kind::Bool,
            _ if flags & TPFLAGS_LONG_SUBCLASS != 0 => match is_beyond_int64(api, object) {
                true => Kind::Uint64,
                false => Kind::Int64,
            },
            _ if (api.PyType_IsSubtype)(r#type, api.PyFloat_Type) != 0 => Kind::Float64,
            _ if flags & TPFLAGS_UNICODE_SUBCLASS != 0 => Kind::String8,
            _ if object == api._Py_NoneStruct => Kind::Handle,
            _ if is_carrier(api, object) => Kind::Handle,
            _ => match convert::number_kind(gil, object) {
                Some(kind) => kind,
                None if (api.PyObject_CheckBuffer)(object) == 0
                    && (api.PyIndex_Check)(object) != 0 =>
                {
                    Kind::Int64
                }
                None => Kind::Any,
            },
        }
    })
}
