//! The argument marshaller: Python objects to the slots of a frame.

use super::given::GivenArgument;
use super::rules::ConversionRules;
use crate::abi::metaffi_slot;
use crate::call::Function;
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::convert::{self, scalar};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::unwrap;
use crate::signature::{Kind, TypeInfo};
use crate::value::clear_later;

/// Stores a scalar, or text that stays the object's own.
#[inline(always)]
pub(super) unsafe fn borrow(
    api: &Api,
    kind: Kind,
    object: Object,
    slots: *mut metaffi_slot,
) -> bool {
    // SAFETY: the caller's objects live as long as the call.
    unsafe {
        let r#type = api.type_of(object);
        // The commonest first, without a jump table.
        if kind == Kind::Int64 && r#type == api.PyLong_Type {
            let Some(number) = api.small_int(object) else {
                return scalar::from_python(api, kind, object, slots);
            };
            *slots = number.cast_unsigned();
            return true;
        }
        if kind == Kind::Float64 && r#type == api.PyFloat_Type {
            *slots = api.float(object).to_bits();
            return true;
        }
        if kind != Kind::String8 {
            return scalar::from_python(api, kind, object, slots);
        }
        if r#type != api.PyUnicode_Type {
            return false;
        }
        let Some((data, length)) = api.utf8(object) else { return false };
        *slots = data.expose_provenance() as u64;
        *slots.add(1) = length as u64;
        true
    }
}

/// Takes an argument that has to be converted; what is made for it ends with the scope, and the rest
/// is the object's own.
#[inline(never)]
pub(super) unsafe fn convert(
    gil: &Gil,
    scope: &CallScope,
    rules: &ConversionRules,
    function: &Function,
    index: usize,
    object: Object,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let info = &function.param_types()[index];
    let kind = info.r#type.kind();
    let wanted = match kind.is_scalar() {
        true => None,
        false => function.callee().wanted(index),
    };
    let counts = function.callee().counts_bools();
    // SAFETY: `object` is alive, and the GIL is held; `slots` have room for the parameter.
    let converted = unsafe {
        if !(gil.api.PyErr_Occurred)().is_null() {
            (gil.api.PyErr_Clear)();
        }
        match wanted {
            Some(wanted) => {
                GivenArgument { gil, scope, rules, function, index, object, slots }.give(&wanted)
            }
            None => match counts.then(|| convert::counted(gil, object, kind)).flatten() {
                Some(slot) => {
                    *slots = slot;
                    Ok(())
                }
                None => convert_one(gil, scope, rules, info, object, slots)
                    .map_err(|error| in_words_of_callee(gil, rules, info, object, error)),
            },
        }
    };
    converted.map_err(|error| error.at(function.argument(index)))
}

unsafe fn convert_one(
    gil: &Gil,
    scope: &CallScope,
    rules: &ConversionRules,
    info: &TypeInfo,
    object: Object,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let (api, kind) = (gil.api, info.r#type.kind());
    // SAFETY: `object` is alive, and the GIL is held; `slots` have room for a value of the type.
    unsafe {
        match (kind, &rules.callables) {
            (Kind::Handle, _) => {
                if let Some(key) = unwrap(api, object) {
                    *slots = key? as u64;
                    return Ok(());
                }
            }
            (Kind::Callable, Some(_)) if object == api._Py_NoneStruct => {
                *slots = 0;
                return Ok(());
            }
            (Kind::Callable, Some(callables)) => {
                *slots = (callables.to_handle)(gil, object)? as u64;
                clear_later(scope, kind, slots);
                return Ok(());
            }
            (Kind::Bool, _) => {}
            _ if kind.is_scalar()
                && !rules.bool_is_number
                && convert::number_kind(gil, object) == Some(Kind::Bool) =>
            {
                let advice = "a bool is no number silently: int(…)";
                return Err(convert::cannot(gil, object, &kind, advice));
            }
            _ if kind.is_scalar()
                && !rules.bool_is_number
                && api.type_of(object) == api.PyBool_Type =>
            {
                return Err(bool_for(kind, object == api._Py_TrueStruct));
            }
            _ => {}
        }
        convert::from_python(gil, object, info.r#type, &rules.declared(gil, info), slots)?;
        clear_later(scope, kind, slots);
    }
    Ok(())
}

/// What is said of an object that is no scalar as the callee's language wants one.
#[cold]
unsafe fn in_words_of_callee(
    gil: &Gil,
    rules: &ConversionRules,
    info: &TypeInfo,
    object: Object,
    error: Error,
) -> Error {
    let kind = info.r#type.kind();
    let (Some(alias), false) = (&info.alias, rules.aliases) else { return error };
    if !kind.is_scalar() || error.status() != Status::TypeMismatch {
        return error;
    }
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = gil.api.type_of(object);
        let is_float = (gil.api.PyType_IsSubtype)(r#type, gil.api.PyFloat_Type) != 0;
        let date = convert::date_advice(gil, object, true);
        let advice = match kind {
            _ if date.is_some() => date.unwrap_or_default(),
            Kind::Bool => "give True or False, or 1 or 0: bool(…)",
            _ if r#type == gil.api.PyBool_Type
                || convert::number_kind(gil, object) == Some(Kind::Bool) =>
            {
                "a bool is no number silently: int(…)"
            }
            Kind::Float32 | Kind::Float64 => "what is no float is not rounded silently: float(…)",
            Kind::Char8 => "give a str of one character, bytes of one, or an int",
            Kind::Char16 | Kind::Char32 => "give a str of one character, or an int",
            _ if is_float => "a float is not rounded silently: int(…)",
            _ => "give an int",
        };
        convert::cannot(gil, object, alias, advice)
    }
}

#[cold]
fn bool_for(kind: Kind, value: bool) -> Error {
    let value = if value { "True" } else { "False" };
    let advice = "a bool is no number silently: int(…)";
    Error::mismatch(format!("bool {value} cannot be given for {kind}: {advice}"))
}
