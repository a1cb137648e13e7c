//! Modules: loaded, declared, described, freed.

pub mod source;

use std::ffi::c_char;

use super::guard::{guard, guard_into};
use super::{handle, input, text};
use crate::abi::{metaffi_error, metaffi_module, metaffi_option, metaffi_runtime, metaffi_status};
use crate::error::{Error, Result, Status};
use crate::handle::HandleKind;
use crate::model::{Module, Runtime};
use crate::value::text::utf8;

/// Loads a module.
///
/// @param path What the runtime calls a path. `;` separates several parts. For runtime c each part
///        is a shared library (a file, or a name the system finds: "libz.so.1") or a C header
///        ending in .h, which the system's C compiler preprocesses; NULL or "" means the symbols
///        that are in the process already.
/// @param module The new handle, owned by the caller: metaffi_module_free. It keeps its runtime
///        loaded; entities keep their module loaded.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_NOT_FOUND if there is no such
///         file; METAFFI_STATUS_LOAD_FAILED if it is not what the runtime loads;
///         METAFFI_STATUS_SYNTAX for a header that cannot be parsed;
///         METAFFI_STATUS_INVALID_ARGUMENT.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `module` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_load(
    runtime: *const metaffi_runtime,
    path: *const c_char,
    module: *mut *mut metaffi_module,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, module, "module", || {
        let runtime = handle::get::<Runtime, _>(runtime)?;
        // SAFETY: `path` is NULL or NUL-terminated.
        handle::give(Module::load(&runtime, unsafe { module_path(path) }?)?)
    })
}

/// Loads a module with options of its own.
///
/// @param path As metaffi_module_load takes it.
/// @param options `option_count` options, borrowed for the call. Runtime c takes `compiler`,
///        `include_dirs`, `library_dirs` and `define`: the first replaces that of the runtime, the
///        others add to what the runtime has and may be given several times. An unknown key is an
///        error.
/// @param module The new handle, owned by the caller: metaffi_module_free.
/// @return As metaffi_module_load; METAFFI_STATUS_NOT_FOUND also for an unknown option;
///         METAFFI_STATUS_INVALID_ARGUMENT also for one that is given twice and does not repeat.
///
/// # Safety
/// `path` is NULL or NUL-terminated, and so are the texts of `options`, of which there are
/// `option_count`; `module` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_load_with(
    runtime: *const metaffi_runtime,
    path: *const c_char,
    options: *const metaffi_option,
    option_count: usize,
    module: *mut *mut metaffi_module,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, module, "module", || {
        let runtime = handle::get::<Runtime, _>(runtime)?;
        // SAFETY: `path` is NULL or NUL-terminated; `options` has `option_count` of them.
        let (path, options) =
            unsafe { (module_path(path)?, input::options(options, option_count)?) };
        handle::give(Module::load_with(&runtime, path, options)?)
    })
}

/// The path of a module, which NULL leaves empty.
///
/// # Safety
/// `path` is NULL or NUL-terminated, and outlives the result.
unsafe fn module_path<'a>(path: *const c_char) -> Result<&'a str> {
    match path.is_null() {
        true => Ok(""),
        // SAFETY: `path` is NULL or NUL-terminated, and outlives the result.
        false => unsafe { input::name(path, "path") },
    }
}

/// Adds declarations to a module, in the notation of its runtime: C declarations for runtime c.
///
/// All of the text is added, or nothing of it. Declaring the same again is fine.
///
/// @param declarations `length` bytes of UTF-8, borrowed for the call.
/// @return METAFFI_OK; METAFFI_STATUS_SYNTAX with line and column; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_UNSUPPORTED if the runtime's modules take no declarations;
///         METAFFI_STATUS_INVALID_TEXT.
///
/// # Safety
/// `declarations` has `length` bytes; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_declare(
    module: *const metaffi_module,
    declarations: *const c_char,
    length: usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let module = handle::get::<Module, _>(module)?;
        // SAFETY: `declarations` has `length` bytes.
        let bytes = unsafe { input::many(declarations.cast::<u8>(), length, "declarations") }?;
        module.declare(utf8(bytes).map_err(|error| error.context("declarations"))?)
    })
}

/// Everything in a module that can be loaded, with its types as far as the module knows them.
///
/// @param json A JSON object: `runtime`, `module`, and `entities`, a list of objects with `path`,
///        `kind`, and where known `params`, `returns`, `variadic`, `declaration`, `value` and
///        `documentation`; `types` and `unsupported` where there are any. docs/describe.md has all
///        of it. Owned by the caller: metaffi_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `json` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_describe(
    module: *const metaffi_module,
    json: *mut *mut c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, json, "json", || {
        let description = handle::get::<Module, _>(module)?.describe()?;
        let content = serde_json::to_string(&description)
            .map_err(|error| Error::new(Status::Internal, error.to_string()))?;
        text::give(&content)
    })
}

/// Another handle for the same module.
///
/// @param clone The new handle, owned by the caller: metaffi_module_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_clone(
    module: *const metaffi_module,
    clone: *mut *mut metaffi_module,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Module, module, clone, error)
}

/// Frees a handle of a module. NULL is fine. What the module loaded stays in the process.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no module or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_module_free(module: *mut metaffi_module) -> metaffi_status {
    handle::free(HandleKind::Module, module)
}
