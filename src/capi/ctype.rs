//! C types: parsed, freed.

pub mod build;
pub mod call;
pub mod callable;
pub mod closure;
pub mod query;

use std::any::Any;
use std::ffi::c_char;
use std::sync::Arc;

use super::guard::guard_into;
use super::{handle, input};
use crate::abi::{metaffi_ctype, metaffi_error, metaffi_module, metaffi_status};
use crate::backend::c;
use crate::backend::c::{CType, TypeHandle};
use crate::error::{Error, Result};
use crate::handle::HandleKind;
use crate::model::Module;

/// Runs `body` with what the module of runtime c has loaded.
pub(super) fn with_module<R>(
    module: *const metaffi_module,
    body: impl FnOnce(&c::Module) -> Result<R>,
) -> Result<R> {
    let module = handle::get::<Module, _>(module)?;
    let content: &dyn Any = &**module.content();
    match content.downcast_ref::<c::Module>() {
        Some(found) => body(found),
        None => Err(Error::unsupported(format!(
            "this is a module of runtime {}; C types belong to modules of runtime c",
            module.runtime().name()
        ))),
    }
}

pub(super) fn get(ctype: *const metaffi_ctype) -> Result<Arc<TypeHandle>> {
    handle::get::<TypeHandle, _>(ctype)
}

/// The type of a handle, with the definition that it may have got since.
pub(super) fn known(ctype: *const metaffi_ctype) -> Result<CType> {
    crate::handle::using(|scope| Ok(scope.get::<TypeHandle>(ctype.addr())?.ctype()))
}

/// The types of a list of handles.
///
/// # Safety
/// `list` is NULL or has `count` handles.
pub(super) unsafe fn get_many(
    list: *const *const metaffi_ctype,
    count: usize,
    name: &str,
) -> Result<Vec<Arc<TypeHandle>>> {
    // SAFETY: `list` is NULL or has `count` handles.
    let list = unsafe { input::list(list, count, name) }?;
    let one = |(index, ctype): (usize, &*const metaffi_ctype)| {
        get(*ctype).map_err(|error| error.context(format_args!("{name}[{index}]")))
    };
    list.iter().enumerate().map(one).collect()
}

pub(super) fn give(ctype: TypeHandle) -> Result<*mut metaffi_ctype> {
    handle::give(Arc::new(ctype))
}

/// The C type of a type name: "int", "const char *", "struct point [4]", "int (*)(const char *)",
/// a typedef name or tag that the module declares, or an integer type of the standard headers.
///
/// A struct, union or enum that is declared but not defined is a type too: one that can only be
/// pointed to until it is defined, of which the handle then knows.
///
/// @param module A module of runtime c. The type keeps the module's types in memory, not the
///        module loaded.
/// @param text NUL-terminated UTF-8.
/// @param ctype The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_SYNTAX with line and column; METAFFI_STATUS_NOT_FOUND for a
///         tag that nothing declares; METAFFI_STATUS_UNSUPPORTED for a module of another runtime;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_INVALID_TEXT.
///
/// # Safety
/// `text` is NULL or NUL-terminated; `ctype` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_parse(
    module: *const metaffi_module,
    text: *const c_char,
    ctype: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, ctype, "ctype", || {
        // SAFETY: `text` is NULL or NUL-terminated.
        let text = unsafe { input::name(text, "text") }?;
        give(with_module(module, |module| module.ctype(text).map(TypeHandle::from))?)
    })
}

/// Another handle for the same type.
///
/// @param clone The new handle, owned by the caller: metaffi_ctype_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_ctype_clone(
    ctype: *const metaffi_ctype,
    clone: *mut *mut metaffi_ctype,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Ctype, ctype, clone, error)
}

/// Frees a handle of a type, on any thread; data and callables of the type stay valid. NULL is
/// fine.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no type or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_ctype_free(ctype: *mut metaffi_ctype) -> metaffi_status {
    handle::free(HandleKind::Ctype, ctype)
}
