//! Callables of C function types.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::{get, get_many, with_module};
use crate::abi::{
    metaffi_callable, metaffi_ctype, metaffi_error, metaffi_finalizer, metaffi_function,
    metaffi_module, metaffi_raw_handler, metaffi_status,
};
use crate::backend::c::call::raw_closure;
use crate::backend::c::{self, TypeHandle};
use crate::call::Callable;
use crate::capi::callable::with_userdata;
use crate::capi::guard::guard_into;
use crate::capi::{handle, input};

/// A callable of a C function whose type is given as C has it, such as
/// "int (*)(const void *, const void *)". Its types are those that a declared function of that type
/// has.
///
/// @param module A module of runtime c, which knows the type's names.
/// @param declaration NUL-terminated UTF-8: a function type, or a pointer to one.
/// @param pointer The function, callable on any thread until the finalizer is called.
/// @param userdata Given to `finalizer`; the callable owns it from success on.
/// @param finalizer Called once, on any thread, after the last handle was freed and the last call has
///        returned; may be NULL.
/// @param callable The new handle, owned by the caller: metaffi_callable_free.
/// @return METAFFI_OK; METAFFI_STATUS_SYNTAX with line and column; METAFFI_STATUS_NOT_FOUND for a tag
///         that nothing declares; METAFFI_STATUS_TYPE_MISMATCH for what is no function type;
///         METAFFI_STATUS_UNSUPPORTED for a type that cannot be passed, or a module of another
///         runtime; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
///         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the
///         caller's.
///
/// # Safety
/// `declaration` is NULL or NUL-terminated; `pointer` has that type; `callable` and `error` are NULL
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_from_declaration(
    module: *const metaffi_module,
    declaration: *const c_char,
    pointer: metaffi_function,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let pointer = input::function(pointer, "pointer")?;
        // SAFETY: `declaration` is NULL or NUL-terminated; `pointer` has that type.
        let text = unsafe { input::name(declaration, "declaration") }?;
        let ctype = with_module(module, |module| module.ctype(text).map(TypeHandle::from))?;
        let (id, _) = ctype.function().map_err(|error| error.context("declaration"))?;
        with_userdata(userdata, finalizer, |userdata| {
            let imported = c::imported(ctype.types(), id, pointer as *const (), Some(userdata))?;
            handle::give(Arc::new(Callable::new(imported)))
        })
    })
}

/// A callable that is a C function of a type, and runs a handler with the arguments as C has them
/// in memory.
///
/// metaffi_callable_native gives its address; it may also be called as any other callable. A call
/// after the callable was freed is an error, told as metaffi_callable_set_error_handler says.
///
/// @param function_type A function type, or a pointer to one.
/// @param variadic_types `variadic_count` types of the arguments after `...` that C gives, as for
///        metaffi_ctype_call. The handler gets them after the declared ones; further ones it does not
///        see.
/// @param handler Called on whatever thread C calls from, possibly on several at once and
///        re-entrantly; see metaffi_raw_handler.
/// @param userdata Given to `handler`; the callable owns it from success on.
/// @param finalizer Called once with `userdata`, on any thread, after the last handle was freed and
///        the last call has returned; may be NULL.
/// @param callable The new handle, owned by the caller: metaffi_callable_free, when C has done with
///        its address.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for what is no function type, a type without a
///         definition, or one that C promotes; METAFFI_STATUS_UNSUPPORTED for a type that cannot be
///         passed by value or a convention that the platform does not have;
///         METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or for types of arguments behind
///         `...` of a function that has none; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the caller's.
///
/// # Safety
/// `variadic_types` has `variadic_count` handles; C calls with arguments of the types;
/// `handler` may be called as described until the finalizer is called; `callable` and `error` are
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_closure(
    function_type: *const metaffi_ctype,
    variadic_types: *const *const metaffi_ctype,
    variadic_count: usize,
    handler: metaffi_raw_handler,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    callable: *mut *mut metaffi_callable,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, callable, "callable", || {
        let handler = input::function(handler, "handler")?;
        let r#type = get(function_type)?;
        // SAFETY: `variadic_types` has `variadic_count` handles.
        let extra = unsafe { get_many(variadic_types, variadic_count, "variadic_types") }?;
        with_userdata(userdata, finalizer, |userdata| {
            let made = raw_closure::closure(&r#type, &extra, handler, userdata)?;
            handle::give(Arc::new(made))
        })
    })
}
