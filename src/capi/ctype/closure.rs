//! Closures whose address is known before their type.

use std::ffi::c_void;
use std::sync::Arc;

use super::{get, get_many};
use crate::abi::{
    metaffi_callable, metaffi_closure, metaffi_ctype, metaffi_error, metaffi_finalizer,
    metaffi_function, metaffi_raw_handler, metaffi_status,
};
use crate::backend::c::call::raw_closure::ReservedClosure;
use crate::capi::call::function_pointer;
use crate::capi::callable::with_userdata;
use crate::capi::guard::{guard, guard_into};
use crate::capi::{handle, input};
use crate::handle::HandleKind;

/// A C function pointer whose type and handler are not known yet, for whoever has to store it
/// before; metaffi_ctype_closure makes one whose type is known, of which C's calls cost less.
///
/// A call before metaffi_closure_prepare is an error, which ends the call from a host language that
/// runs the C code, or else is printed; C gets zero in the registers that scalars are returned in.
///
/// @param closure The new handle, owned by the caller: metaffi_closure_free, when C has done with its
///        address.
/// @return METAFFI_OK; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_INVALID_ARGUMENT if `closure` is
///         NULL.
///
/// # Safety
/// `closure` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_closure_new(
    closure: *mut *mut metaffi_closure,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, closure, "closure", || handle::give(Arc::new(ReservedClosure::new()?)))
}

/// The address of a closure, from the beginning on.
///
/// @param native The C function pointer: until the closure and its callables are freed. Not
///        owned.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `native` is
///         NULL.
///
/// # Safety
/// `native` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_closure_native(
    closure: *const metaffi_closure,
    native: *mut metaffi_function,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, native, "native", || {
        Ok(function_pointer(handle::get::<ReservedClosure, _>(closure)?.code()))
    })
}

/// Gives a closure its type and handler, once: from then on it is as metaffi_ctype_closure makes one.
///
/// @param function_type A function type, or a pointer to one.
/// @param variadic_types `variadic_count` types, as for metaffi_ctype_closure.
/// @param handler As for metaffi_ctype_closure.
/// @param userdata Given to `handler`; the closure owns it from success on.
/// @param finalizer Called once with `userdata`, on any thread, after the closure and its
///        callables were freed and the last call has returned; may be NULL.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if it is prepared already, and otherwise as
///         metaffi_ctype_closure. On failure `userdata` stays the caller's, and the closure is
///         unprepared as before.
///
/// # Safety
/// `variadic_types` has `variadic_count` handles; C calls with arguments of the types, and not before
/// this has returned; `handler` may be called as described until the finalizer is called; `error`
/// is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_closure_prepare(
    closure: *const metaffi_closure,
    function_type: *const metaffi_ctype,
    variadic_types: *const *const metaffi_ctype,
    variadic_count: usize,
    handler: metaffi_raw_handler,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let closure = handle::get::<ReservedClosure, _>(closure)?;
        let handler = input::function(handler, "handler")?;
        let r#type = get(function_type)?;
        // SAFETY: `variadic_types` has `variadic_count` handles.
        let extra = unsafe { get_many(variadic_types, variadic_count, "variadic_types") }?;
        with_userdata(userdata, finalizer, |userdata| {
            closure.prepare(&r#type, &extra, handler, userdata)
        })
    })
}

/// A prepared closure as a callable: to be passed on, called, or given an error handler.
///
/// @param callable The new handle, owned by the caller: metaffi_callable_free. Each of both keeps the
///        function pointer.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if it is not prepared, or `callable` is NULL;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `callable` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_closure_callable(
    closure: *const metaffi_closure,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let callable = handle::get::<ReservedClosure, _>(closure)?.callable()?;
        handle::give(callable)
    })
}

/// Frees a handle of a closure, prepared or not; NULL is fine. Its address stays callable as long as a
/// callable of it lives; after that, calls are errors, as those before it was prepared.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no closure or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_closure_free(closure: *mut metaffi_closure) -> metaffi_status {
    handle::free(HandleKind::Closure, closure)
}
