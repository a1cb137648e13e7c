//! Objects that are told as one value.

use std::slice;

use super::form::VisitForm;
use crate::abi::{METAFFI_VISIT_BYTES_VIEWED, metaffi_array, metaffi_value};
use crate::error::Result;
use crate::object::Visit;
use crate::python::api::Object;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, TypeInfo};
use crate::value::array::OwnedArray;
use crate::value::{self, OwnedValue};

/// Tells of an exact number, text, truth value or None; false of everything else, and of an integer
/// or a text that takes a closer look.
///
/// # Safety
/// The object is alive, and stays so unless other code runs.
#[inline(always)]
pub(super) unsafe fn plain(gil: &Gil, visit: &mut Visit<'_>, object: Object) -> Result<bool> {
    let api = gil.api;
    // SAFETY: alive, under the GIL; an exact type has the layout that is read; the text is kept
    // while the visitor looks at it.
    unsafe {
        let r#type = api.type_of(object);
        if r#type == api.PyUnicode_Type {
            let Some((data, length)) = api.utf8(object) else {
                (api.PyErr_Clear)();
                return Ok(false);
            };
            api.incref(object);
            let told = visit.visitor.text(data, length);
            api.decref(object);
            return told.map(|()| true);
        }
        if r#type == api.PyLong_Type {
            return match api.small_int(object) {
                Some(integer) => visit.visitor.integer(integer).map(|()| true),
                None => long(gil, visit, object),
            };
        }
        if r#type == api.PyFloat_Type {
            return visit.visitor.number(api.float(object)).map(|()| true);
        }
        if object == api._Py_NoneStruct {
            return visit.null().map(|()| true);
        }
        if r#type == api.PyBool_Type {
            return visit.visitor.boolean(object == api._Py_TrueStruct).map(|()| true);
        }
    }
    Ok(false)
}

unsafe fn long(gil: &Gil, visit: &mut Visit<'_>, object: Object) -> Result<bool> {
    let mut overflow = 0;
    // SAFETY: a live int under the GIL.
    let integer = unsafe { (gil.api.PyLong_AsLongLongAndOverflow)(object, &raw mut overflow) };
    match overflow {
        0 => visit.visitor.integer(integer).map(|()| true),
        _ => Ok(false),
    }
}

/// Tells of an object by what its type is visited as; false if it has no conversion.
pub(super) fn of_form(
    gil: &Gil,
    visit: &mut Visit<'_>,
    object: Object,
    form: VisitForm,
) -> Result<bool> {
    let api = gil.api;
    // SAFETY: the caller keeps the object, whose form says what it is; the GIL is held.
    unsafe {
        match form {
            VisitForm::Integer if long(gil, visit, object)? => Ok(true),
            VisitForm::Integer => large(gil, visit, object),
            VisitForm::Number => {
                visit.visitor.number((api.PyFloat_AsDouble)(object)).map(|()| true)
            }
            VisitForm::Text => match api.utf8(object) {
                Some((data, length)) => visit.visitor.text(data, length).map(|()| true),
                None => {
                    (api.PyErr_Clear)();
                    Ok(false)
                }
            },
            VisitForm::Bytes if !visit.options.has(METAFFI_VISIT_BYTES_VIEWED) => {
                let data = (api.PyBytes_AsString)(object).cast::<u8>();
                let length = (api.PyBytes_Size)(object).unsigned_abs();
                let bytes = slice::from_raw_parts(data, length);
                visit.visitor.bytes(bytes).map(|()| true)
            }
            VisitForm::Bytes | VisitForm::Value => any(gil, visit, object),
            VisitForm::Items(_)
            | VisitForm::Entries
            | VisitForm::Fields
            | VisitForm::Foreign
            | VisitForm::Nothing => Ok(false),
        }
    }
}

/// An int that int64 does not hold.
unsafe fn large(gil: &Gil, visit: &mut Visit<'_>, object: Object) -> Result<bool> {
    let api = gil.api;
    // SAFETY: a live int under the GIL.
    unsafe {
        let mut near = (api.PyFloat_AsDouble)(object);
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
            near = f64::INFINITY;
        }
        let exact = match api.type_of(object) == api.PyLong_Type {
            true => PyRef::new_reference(gil, object),
            // What int says of it, whatever its own class says.
            false => PyRef::new_reference(gil, api.PyLong_Type)
                .attribute(gil, c"__index__")?
                .call1(gil, &PyRef::new_reference(gil, object))?,
        };
        let value = as_any(gil, exact.as_ptr())?;
        let value = &OwnedValue::as_raw(slice::from_ref(&value))[0];
        match value::kind_of(value)? {
            Kind::Handle => Ok(false),
            _ => visit.large_integer(value, near).map(|()| true),
        }
    }
}

/// An object as the value that it is where the type is not declared.
unsafe fn any(gil: &Gil, visit: &mut Visit<'_>, object: Object) -> Result<bool> {
    // SAFETY: a live object under the GIL; the value is what its type says.
    unsafe {
        let value = as_any(gil, object)?;
        let raw = OwnedValue::as_raw(slice::from_ref(&value))[0];
        match value::kind_of(&raw)? {
            Kind::Handle | Kind::Callable => Ok(false),
            Kind::Array => {
                let array = std::ptr::NonNull::new(value.into_raw().data.array);
                let array = array
                    .map(|array: std::ptr::NonNull<metaffi_array>| OwnedArray::from_raw(array));
                array.map_or(Ok(false), |array| visit.visitor.array(array).map(|()| true))
            }
            _ => crate::object::visit_value(&raw, visit).map(|()| true),
        }
    }
}

unsafe fn as_any(gil: &Gil, object: Object) -> Result<OwnedValue> {
    let any = TypeInfo::from(Kind::Any);
    let mut value = value::null();
    // SAFETY: a live object under the GIL; room for a value, which is ours.
    unsafe {
        let to: *mut metaffi_value = &raw mut value;
        convert::from_python(gil, object, any.r#type, &any, to.cast())?;
        Ok(OwnedValue::from_raw(value))
    }
}
