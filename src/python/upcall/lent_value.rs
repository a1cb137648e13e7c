//! [`LentValue`]: what Python gives to objects and functions of others, and what it gets of them.

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use super::callable;
use crate::abi::{metaffi_float64_type, metaffi_int64_type, metaffi_string, metaffi_value};
use crate::call::load_unread;
use crate::error::Result;
use crate::handle::{self, HandleKind, Key, pin};
use crate::python::api::Object;
use crate::python::convert::{self, scalar};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, from_handle, handle_of, wrap};
use crate::python::support;
use crate::signature::{Kind, TypeInfo};
use crate::value;

/// An object of Python as a value, for the time of a call: what is made for it ends with this, and the
/// rest is the object's own.
pub struct LentValue(metaffi_value);

impl LentValue {
    /// What is exactly a number, a truth value, None or a text is a value, and so is what stands for
    /// a callable; everything else is a handle.
    ///
    /// # Safety
    /// `object` outlives the result.
    #[inline(always)]
    pub unsafe fn new(gil: &Gil, object: Object) -> Result<LentValue> {
        let api = gil.api;
        // SAFETY: `object` outlives the result, and the GIL is held.
        unsafe {
            let r#type = api.type_of(object);
            if r#type == api.PyLong_Type
                && let Some(number) = api.small_int(object)
            {
                return Ok(LentValue(number.into()));
            }
            if r#type == api.PyUnicode_Type {
                let Some((data, length)) = api.utf8(object) else { return Err(error::fetch(gil)) };
                let text = metaffi_string { data: data.cast(), length };
                return Ok(LentValue(value::string(text, Kind::String8)));
            }
            LentValue::of_other(gil, object)
        }
    }

    #[inline(never)]
    unsafe fn of_other(gil: &Gil, object: Object) -> Result<LentValue> {
        let api = gil.api;
        // SAFETY: `object` outlives the result, and the GIL is held; a value has room for any.
        unsafe {
            let r#type = api.type_of(object);
            if r#type == api.PyFloat_Type {
                return Ok(LentValue(api.float(object).into()));
            }
            let is_plain = r#type == api.PyLong_Type
                || [api._Py_NoneStruct, api._Py_TrueStruct, api._Py_FalseStruct].contains(&object)
                || callable::is_one(api, object);
            if is_plain {
                let (any, mut to) =
                    (TypeInfo::from(Kind::Any), MaybeUninit::<metaffi_value>::uninit());
                let slots = to.as_mut_ptr().cast();
                convert::from_python(gil, object, any.r#type, &any, slots)?;
                return Ok(LentValue(to.assume_init()));
            }
            let handle = handle_of(gil, object)?;
            Ok(LentValue(value::object(handle)))
        }
    }

    /// The value.
    #[inline(always)]
    pub fn get(&self) -> &metaffi_value {
        &self.0
    }

    /// The value, of which [`end`] disposes.
    #[inline(always)]
    pub fn into_raw(self) -> metaffi_value {
        std::mem::ManuallyDrop::new(self).0
    }
}

impl Drop for LentValue {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: made above, and used no more.
        unsafe { end(&mut self.0) };
    }
}

/// Disposes of a value that was lent.
///
/// # Safety
/// [`LentValue::into_raw`] gave it, and it is not used again.
#[inline(always)]
pub unsafe fn end(lent: &mut metaffi_value) {
    const PLAIN: u64 = Kind::String8 as u64 | metaffi_int64_type | metaffi_float64_type;
    if lent.r#type & PLAIN == 0 {
        // SAFETY: what is no text was made for it.
        unsafe { value::clear(lent) };
    }
}

/// The object of a value, which is Python's from now on.
///
/// # Safety
/// The value is what its type says, and nobody else's.
#[inline(always)]
pub unsafe fn give(gil: &Gil, given: metaffi_value) -> Result<PyRef> {
    // SAFETY: of every value these bits may be read; the object is new.
    unsafe {
        if given.r#type == metaffi_int64_type {
            return PyRef::owned(gil, (gil.api.PyLong_FromLongLong)(given.data.int64));
        }
        if given.r#type == metaffi_float64_type {
            return PyRef::owned(gil, (gil.api.PyFloat_FromDouble)(given.data.float64));
        }
        give_other(gil, given)
    }
}

#[inline(never)]
unsafe fn give_other(gil: &Gil, given: metaffi_value) -> Result<PyRef> {
    let mut slots = [0; 3];
    // SAFETY: the value is what its type says, and nobody else's.
    unsafe {
        let r#type = load_unread(&given, slots.as_mut_ptr())?;
        match r#type.kind() {
            Kind::Handle => return object(gil, given.data.object.addr()),
            Kind::Callable => {}
            kind => {
                if let Some(plain) = NonNull::new(scalar::to_python(gil.api, kind, slots.as_ptr()))
                {
                    value::clear(&mut { given });
                    return PyRef::owned(gil, plain.as_ptr());
                }
                // What it could not be made of is said by this way.
                (gil.api.PyErr_Clear)();
            }
        }
        let (scope, any) = (pin::enter(), TypeInfo::from(Kind::Any));
        let slots = ptr::from_ref(&given).cast();
        convert::give_python(gil, &scope, any.r#type, &any, slots)
    }
}

/// The object of a handle, which is taken over; None of none.
pub fn object(gil: &Gil, key: Key) -> Result<PyRef> {
    if key == 0 {
        return Ok(support::none(gil));
    }
    let Some(own) = from_handle(gil, key) else { return wrap(gil, key) };
    // SAFETY: the handle keeps it alive while the GIL is held.
    let object = unsafe { PyRef::new_reference(gil, own) };
    let _ = handle::free(key, HandleKind::Object);
    Ok(object)
}

/// The object of the value that `ask` writes.
///
/// # Safety
/// What it writes is what its type says.
#[inline(always)]
pub unsafe fn got(gil: &Gil, written: MaybeUninit<metaffi_value>) -> Result<PyRef> {
    // SAFETY: it was written, and is what its type says.
    unsafe { give(gil, written.assume_init()) }
}
