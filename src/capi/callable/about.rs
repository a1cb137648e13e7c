//! What a host says of its callables.

use std::ffi::{c_char, c_void};
use std::ptr;

use crate::abi::{metaffi_callable, metaffi_error, metaffi_function, metaffi_status};
use crate::call::Callable;
use crate::call::errors::failure::c_string;
use crate::capi::guard::guard;
use crate::capi::{handle, input, signature};

/// Names a callable: what its function is called in the guests that it is passed to, such as
/// Python's `__name__`.
///
/// @param name UTF-8, copied. A callable is named once; that of an entity has the entity's name.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `name` is NULL or the callable has a
///         name; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `name` is NULL or NUL-terminated; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_set_name(
    callable: *const metaffi_callable,
    name: *const c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        // SAFETY: `name` is NULL or NUL-terminated.
        let name = unsafe { input::name(name, "name") }?;
        handle::get::<Callable, _>(callable)?.set_name(c_string(name))
    })
}

/// The name of a callable.
///
/// @return UTF-8, borrowed until the callable is freed; NULL if it has none or is no callable.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_name(callable: *const metaffi_callable) -> *const c_char {
    handle::ask(callable, ptr::null(), |callable: &Callable| {
        callable.name().map_or(ptr::null(), |name| name.as_ptr())
    })
}

/// Documents a callable: what guests show of it, such as Python's `__doc__`.
///
/// @param text UTF-8, copied. A callable is documented once; without it, guests show its types.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `text` is NULL or the callable is documented;
///         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `text` is NULL or NUL-terminated; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_set_documentation(
    callable: *const metaffi_callable,
    text: *const c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        // SAFETY: `text` is NULL or NUL-terminated.
        let text = unsafe { input::name(text, "text") }?;
        handle::get::<Callable, _>(callable)?.set_documentation(c_string(text))
    })
}

/// What a callable is documented with.
///
/// @return UTF-8, borrowed until the callable is freed; NULL if there is nothing or it is no callable.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_documentation(
    callable: *const metaffi_callable,
) -> *const c_char {
    handle::ask(callable, ptr::null(), |callable: &Callable| {
        callable.documentation().map_or(ptr::null(), |text| text.as_ptr())
    })
}

/// What a callable of the host's was made with. One that went through a guest and comes back is the
/// same callable, of another handle.
///
/// @param callback What was given to metaffi_callable_new or metaffi_callable_new_values, cast: it
///        tells callables of a kind from others.
/// @return The `userdata`, which is there as long as a handle of the callable is; NULL if it runs
///         another function, or is no callable.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_callable_userdata(
    callable: *const metaffi_callable,
    callback: metaffi_function,
) -> *mut c_void {
    let Some(callback) = callback else { return ptr::null_mut() };
    handle::ask(callable, ptr::null_mut(), |callable: &Callable| {
        callable.userdata_of(callback as *const ()).unwrap_or(ptr::null_mut())
    })
}

/// How many arguments a callable has to be given, and whether by name as well: that of a function of
/// Python's, as metaffi_entity_required.
///
/// @param least May be NULL. How many of its parameters have no default; the others may be left out,
///        from the last on.
/// @param takes_names May be NULL. Whether its own language may give it arguments by name.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `least`, `takes_names` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_required(
    callable: *const metaffi_callable,
    least: *mut usize,
    takes_names: *mut bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let callable = handle::get::<Callable, _>(callable)?;
        signature::required(callable.function(), least, takes_names);
        Ok(())
    })
}

/// Says that a callable's function is quick: it returns soon, and takes no lock that a thread
/// waiting for the runtime may hold. Then a runtime that has a lock, such as Python's GIL, keeps
/// it while the function runs, which is cheaper. Otherwise the runtime goes on on other threads
/// meanwhile.
///
/// Do not say it of a function that waits: for another thread, for input, or for a lock under
/// which somebody calls the same runtime. That would be a deadlock.
///
/// @param quick Whether it is; false for a new callable.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_callable_set_quick(
    callable: *const metaffi_callable,
    quick: bool,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        handle::get::<Callable, _>(callable)?.set_keeps_lock(quick);
        Ok(())
    })
}
