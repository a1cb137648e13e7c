//! Arrays as Python sees them: memory that a memoryview shows, or lists.

use std::ptr;

use super::element_line::ElementLine;
use super::loan::Loans;
use super::text::Surrogates;
use super::{exporter, format, sequence};
use crate::abi::{metaffi_array, metaffi_slot};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, Type};
use crate::value::array::View;

/// Whose the array is that Python is to see.
pub(super) enum Ownership<'a> {
    /// The host's: Python may look at it until these end.
    Lent(&'a Loans),
    /// Python's from now on, if this is set.
    Given(&'a mut bool),
    /// An element of something else: it is copied.
    Copied,
}

/// A memoryview of numbers and bools, whatever their layout; else lists of lists. None for NULL.
///
/// # Safety
/// `array` is NULL or valid.
#[inline]
pub(super) unsafe fn to_python(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    surrogates: Surrogates,
    array: *mut metaffi_array,
    ownership: Ownership<'_>,
) -> Result<PyRef> {
    // SAFETY: `array` is NULL or valid.
    unsafe {
        if array.is_null() {
            return Ok(PyRef::new_reference(gil, gil.api._Py_NoneStruct));
        }
        let view = checked(r#type, array)?;
        let Some(format) = format::of(view.element()) else {
            return sequence::list(gil, scope, surrogates, &view, 1);
        };
        match ownership {
            Ownership::Copied => match bytes(gil, &view) {
                Some(bytes) => bytes,
                None => sequence::list(gil, scope, surrogates, &view, 1),
            },
            Ownership::Lent(loans) => loans.lend(gil, &view, format),
            Ownership::Given(taken) => {
                let exporter = exporter::new(gil, &view, format, Some(array))?;
                *taken = true;
                exporter::view(gil, &exporter)
            }
        }
    }
}

/// The `bytes` of an array of bytes in one dimension.
///
/// # Safety
/// The array is valid.
pub unsafe fn bytes(gil: &Gil, view: &View<'_>) -> Option<Result<PyRef>> {
    let are_bytes = matches!(view.element().kind(), Kind::Int8 | Kind::Uint8);
    if !are_bytes || view.shape().len() != 1 || !view.is_contiguous() {
        return None;
    }
    let new = gil.api.PyBytes_FromStringAndSize;
    // SAFETY: the array is valid; so many bytes, under the GIL.
    Some(unsafe { PyRef::owned(gil, new(view.data().cast(), view.length().cast_signed())) })
}

/// A new `bytes` of an array in a slot that was declared as one of bytes; NULL for no array, and for one
/// that asks for a closer look, perhaps with an exception set.
///
/// # Safety
/// As for [`ElementLine::new`]; the GIL is held.
#[inline(always)]
pub unsafe fn new_bytes(api: &Api, declared: Type, slot: metaffi_slot) -> Object {
    // SAFETY: the array has so many bytes, one after the other.
    unsafe {
        match ElementLine::new(declared, slot).and_then(|line| line.row()) {
            Some((data, length)) if slot != 0 => {
                (api.PyBytes_FromStringAndSize)(data.cast(), length.cast_signed())
            }
            _ => ptr::null_mut(),
        }
    }
}

/// A list of the elements, or of lists of them.
///
/// # Safety
/// `array` is valid.
pub unsafe fn to_list(
    gil: &Gil,
    scope: &CallScope,
    r#type: Type,
    array: *mut metaffi_array,
) -> Result<PyRef> {
    // SAFETY: `array` is valid.
    unsafe { sequence::list(gil, scope, Surrogates::Strict, &checked(r#type, array)?, 1) }
}

/// The view of an array, which a caller by frame may have given any type.
#[inline(always)]
pub(super) unsafe fn checked<'a>(r#type: Type, array: *mut metaffi_array) -> Result<View<'a>> {
    // SAFETY: the array is valid, or `View::new` refuses it.
    let view = unsafe { View::of_call(array) }?;
    let found = view.element();
    let declared = r#type.element();
    let same = declared.is_none_or(|declared| {
        found == declared || found.is_array() && found.element().is_none_or(|own| own == declared)
    });
    if same && found.kind() != Kind::Null {
        return Ok(view);
    }
    Err(of_other_type(found, r#type))
}

#[cold]
fn of_other_type(found: Type, declared: Type) -> Error {
    Error::mismatch(format!(
        "an array of {found} given for {declared}: pass one of the declared type"
    ))
}
