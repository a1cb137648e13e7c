//! What Python gives the host.

use std::ptr;

use crate::abi::{metaffi_slot, metaffi_value};
use crate::call::Function;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, HandleKind};
use crate::python::api::{Api, Object};
use crate::python::convert;
use crate::python::downcall::returns;
use crate::python::lifecycle::gil::Gil;
use crate::signature::Kind;
use crate::value::{self, memory};

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
                return returns::scalar(api, kind, object, slots);
            };
            *slots = number.cast_unsigned();
            return true;
        }
        if kind == Kind::Float64 && r#type == api.PyFloat_Type {
            *slots = api.float(object).to_bits();
            return true;
        }
        if kind != Kind::String8 {
            return returns::scalar(api, kind, object, slots);
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

/// Takes an argument that has to be converted; what is made for it ends with the call.
#[inline(never)]
pub(super) unsafe fn take(
    gil: &Gil,
    scope: &CallScope,
    function: &Function,
    index: usize,
    object: Object,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let api = gil.api;
    let param = &function.signature().params[index];
    let info = &param.info;
    // SAFETY: the caller's promise.
    let stored = unsafe {
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
        }
        convert::from_python(gil, object, info.r#type, &convert::of_python(gil, info), slots)
    };
    stored.map_err(|error| error.at(param.argument(index)))?;
    // SAFETY: the slots were filled just now.
    unsafe { lend(scope, info.r#type.kind(), slots) };
    Ok(())
}

/// Ends what was made for an argument when the scope ends.
///
/// # Safety
/// The slots were filled by [`convert::from_python`] for a type of this kind.
pub unsafe fn lend(scope: &CallScope, kind: Kind, slots: *const metaffi_slot) {
    unsafe extern "C" fn free_object(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Object);
    }
    unsafe extern "C" fn free_callable(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Callable);
    }
    unsafe extern "C" fn free_text(data: *mut ()) {
        // SAFETY: deferred with text that the conversion allocated.
        unsafe { memory::free(data) };
    }
    unsafe extern "C" fn free_array(data: *mut ()) {
        // SAFETY: deferred with an array that the conversion made.
        unsafe { value::array::free(data.cast()) };
    }
    // SAFETY: the slots were filled by the conversion.
    unsafe {
        let word = ptr::with_exposed_provenance_mut::<()>(*slots as usize);
        match kind {
            Kind::Handle => scope.defer(word, free_object),
            Kind::Callable => scope.defer(word, free_callable),
            Kind::String8 | Kind::String16 | Kind::String32 => scope.defer(word, free_text),
            Kind::Array if !word.is_null() => scope.defer(word, free_array),
            Kind::Any => {
                let value = slots.cast::<metaffi_value>().read();
                if let Ok(kind) = value::kind_of(&value) {
                    lend(scope, kind, slots.add(1));
                }
            }
            _ => {}
        }
    }
}
