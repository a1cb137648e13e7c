use super::callables;
use super::describe::mismatch;
use super::slot::word;
use super::text::Surrogates;
use super::{alias, any, complex, list, neutral, number, text};
use crate::abi::metaffi_slot;
use crate::error::Result;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::handle_of;
use crate::signature::{Kind, Type, TypeInfo};

/// Puts a Python object into slots, which then own what was made for it.
///
/// # Safety
/// `object` is alive; there is room for the type.
#[inline(always)]
pub unsafe fn from_python(
    gil: &Gil,
    object: Object,
    r#type: Type,
    info: &TypeInfo,
    slots: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: `object` is alive; there is room for the type.
    unsafe {
        match r#type.kind() {
            kind if kind.is_scalar() => {
                *slots = match (number::exact(gil.api, object, kind), &info.alias) {
                    (Some(slot), _) => slot,
                    (None, None) => number::from_python(gil, object, kind)?,
                    (None, Some(alias)) => alias::scalar_from_python(gil, object, kind, alias)?,
                };
                Ok(())
            }
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => match &info.alias {
                Some(alias) if !info.passes_surrogates() => {
                    let plain = alias::text_from_python(gil, object, alias)?;
                    text::from_python(gil, plain.as_ptr(), kind, Surrogates::Strict, slots)
                }
                _ => text::from_python(gil, object, kind, Surrogates::of(info), slots),
            },
            Kind::Array => {
                *slots = match info.alias.as_deref() {
                    Some(complex::ALIAS) => {
                        complex::from_python(gil, object, r#type, info.dimensions)?
                    }
                    _ => list::array(gil, object, r#type, info.dimensions, Surrogates::of(info))?,
                };
                Ok(())
            }
            _ => leaf(gil, object, r#type, Surrogates::of(info), slots),
        }
    }
}

/// Puts what is no [plain value](super::plain_value) into the slots of an `any`, as it is declared.
///
/// # Safety
/// As for [`from_python`].
#[inline(always)]
pub unsafe fn any_from_python(
    gil: &Gil,
    object: Object,
    info: &TypeInfo,
    slots: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: `object` is alive; an `any` is a value in its slots.
    unsafe { any::from_other(gil, object, Surrogates::of(info), slots.cast()) }
}

/// Puts anything but an array into slots.
///
/// # Safety
/// As for [`from_python`].
#[inline(always)]
pub(super) unsafe fn leaf(
    gil: &Gil,
    object: Object,
    r#type: Type,
    surrogates: Surrogates,
    slots: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: `object` is alive; there is room for the type.
    unsafe {
        let is_none = || object == gil.api._Py_NoneStruct;
        match r#type.kind() {
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                return text::from_python(gil, object, kind, surrogates, slots);
            }
            Kind::Any => return any::from_python(gil, object, surrogates, slots.cast()),
            Kind::Handle | Kind::Callable | Kind::Null if is_none() => *slots = 0,
            Kind::Handle => *slots = word(handle_of(gil, object)?),
            Kind::Callable => *slots = word(callables::from_python(gil, object)?),
            Kind::Null => {
                return Err(mismatch(gil, object, Kind::Null, "only None is null"));
            }
            Kind::Array => *slots = list::array(gil, object, r#type, 0, surrogates)?,
            kind if kind.is_neutral() => neutral::from_python(gil, object, kind, slots)?,
            kind if kind.is_collection() => {
                neutral::collection_from_python(gil, object, kind, surrogates, slots)?;
            }
            kind => *slots = number::from_python(gil, object, kind)?,
        }
    }
    Ok(())
}
