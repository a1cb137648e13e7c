use std::ptr;

use super::array::{self, Ownership};
use super::callables;
use super::loan::Loans;
use super::slot::{self, pointer};
use super::text::Surrogates;
use super::{alias, neutral, number, sequence, text};
use crate::abi::{metaffi_slot, metaffi_value};
use crate::call;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, take_handle};
use crate::signature::{Kind, SURROGATEPASS, Type, TypeInfo};

/// The Python object of what is in slots, which are lent: an array is seen through a memoryview
/// that ends with the call's `loans`.
///
/// # Safety
/// The slots hold a value of the type that stays valid until the loans end.
#[inline(always)]
pub unsafe fn to_python(
    gil: &Gil,
    scope: &CallScope,
    loans: &Loans,
    r#type: Type,
    info: &TypeInfo,
    slots: *const metaffi_slot,
) -> Result<PyRef> {
    let kind = r#type.kind();
    // SAFETY: the slots hold a value of the type that stays valid until the loans end.
    unsafe {
        if number::is_number(kind) && info.alias.is_none() {
            return PyRef::owned(gil, number::new(gil.api, kind, *slots));
        }
        convert(gil, scope, r#type, info, slots, Ownership::Lent(loans))
    }
}

/// The Python object of what is in slots, which becomes Python's: what is copied is freed, also
/// when this fails, and an array lives as long as Python looks at it.
///
/// # Safety
/// The slots hold a value of the type that belongs to nobody else, and are not used again.
pub unsafe fn give_python(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    info: &TypeInfo,
    slots: *const metaffi_slot,
) -> Result<PyRef> {
    let mut taken = false;
    // SAFETY: the slots hold a value of the type that belongs to nobody else, and are not used
    // again; what was not taken over is freed here, once.
    unsafe {
        let ownership = Ownership::Given(&mut taken);
        let object = convert(gil, scope, r#type, info, slots, ownership);
        if !taken {
            slot::clear(r#type, slots);
        }
        object
    }
}

/// # Safety
/// The slots hold a value of the type.
pub(super) unsafe fn convert(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    info: &TypeInfo,
    slots: *const metaffi_slot,
    ownership: Ownership<'_>,
) -> Result<PyRef> {
    let surrogates = Surrogates::of(info);
    // SAFETY: the slots hold a value of the type.
    unsafe {
        match (r#type.kind(), info.alias.as_deref()) {
            (Kind::Array, None | Some(SURROGATEPASS)) => {
                array::to_python(gil, scope, r#type, surrogates, pointer(*slots), ownership)
            }
            (Kind::Array, Some(alias)) => {
                alias::array_to_python(gil, scope, r#type, pointer(*slots), alias)
            }
            (Kind::Any, _) => any(gil, scope, surrogates, slots, ownership),
            (Kind::Handle | Kind::Callable | Kind::Null, _) | (_, None) => {
                leaf(gil, scope, r#type, surrogates, slots)
            }
            (kind, Some(SURROGATEPASS)) if kind.is_text() => {
                text::to_python(gil, kind, surrogates, slots)
            }
            (_, Some(alias)) => {
                let plain = leaf(gil, scope, r#type, surrogates, slots)?;
                alias::scalar_to_python(gil, plain, r#type.kind(), alias)
            }
        }
    }
}

/// The Python object of a value, which stays the caller's: what is more than a number is copied.
///
/// # Safety
/// The value is what its type says.
pub unsafe fn copy_to_python(gil: &Gil, scope: &CallScope, value: &metaffi_value) -> Result<PyRef> {
    let slots = ptr::from_ref(value).cast();
    // SAFETY: the value is what its type says; a value is three slots.
    unsafe { any(gil, scope, Surrogates::Strict, slots, Ownership::Copied) }
}

/// The object of anything but an array.
///
/// # Safety
/// The slots hold a value of the type.
#[inline(always)]
pub(super) unsafe fn leaf(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    surrogates: Surrogates,
    slots: *const metaffi_slot,
) -> Result<PyRef> {
    // SAFETY: the slots hold a value of the type.
    unsafe {
        match r#type.kind() {
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                text::to_python(gil, kind, surrogates, slots)
            }
            kind @ (Kind::Char8 | Kind::Char16 | Kind::Char32) => {
                number::character(gil, kind, *slots)
            }
            Kind::Handle => take_handle(gil, *slots as usize),
            Kind::Callable if *slots != 0 => callables::to_python(gil, *slots as usize),
            Kind::Callable | Kind::Null => Ok(PyRef::new_reference(gil, gil.api._Py_NoneStruct)),
            Kind::Any => any(gil, scope, surrogates, slots, Ownership::Copied),
            Kind::Array => sequence::row(gil, scope, surrogates, pointer(*slots), 1),
            kind if !kind.is_scalar() => neutral::to_python(gil, scope, surrogates, kind, *slots),
            kind => PyRef::owned(gil, number::new(gil.api, kind, *slots)),
        }
    }
}

/// The object of a value that carries its type.
unsafe fn any(
    gil: &Gil,
    scope: &CallScope,
    surrogates: Surrogates,
    slots: *const metaffi_slot,
    ownership: Ownership<'_>,
) -> Result<PyRef> {
    let mut loaded = [0; 3];
    // SAFETY: an `any` is an inline value of three slots; no value's own type is any.
    unsafe {
        let value = slots.cast::<metaffi_value>().read();
        let r#type = call::load_unread(&value, loaded.as_mut_ptr())?;
        match r#type.kind() {
            Kind::Array => {
                array::to_python(gil, scope, r#type, surrogates, pointer(loaded[0]), ownership)
            }
            _ => leaf(gil, scope, r#type, surrogates, loaded.as_ptr()),
        }
    }
}
