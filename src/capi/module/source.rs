//! Source text that modules run.

use std::ffi::c_char;
use std::mem::size_of;

use crate::abi::{
    metaffi_error, metaffi_module, metaffi_object, metaffi_run_options, metaffi_status,
    metaffi_value,
};
use crate::backend::SourceText;
use crate::call::report;
use crate::capi::guard::guard_into;
use crate::capi::{handle, input};
use crate::error::{Error, Result};
use crate::model::Module;
use crate::value::text::utf8;

/// Runs source text of the module's language in the module's namespace, or in another one.
///
/// The text is compiled the first time, and found again by its text: the latest 512 are kept. Its
/// lines are shown in traces. What it throws in C++ or leaves by longjmp passes through.
///
/// @param text `length` bytes of UTF-8, borrowed for the call.
/// @param options Borrowed for the call; NULL for none. With locals, what the text defines is among
///        them, as in the body of a class, and gone when it has run; without, it is in the
///        namespace.
/// @param value NULL if nothing is asked for. The value of the last statement if that is an
///        expression, else null; owned by the caller: metaffi_value_clear. Numbers, text, truth
///        values and null are values, everything else is a handle. Zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_SYNTAX with file, line, column and the text there;
///         METAFFI_STATUS_FOREIGN for what the text raises; METAFFI_STATUS_UNSUPPORTED if the
///         runtime runs no text, as c; METAFFI_STATUS_TYPE_MISMATCH if `globals` is no namespace;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_TEXT;
///         METAFFI_STATUS_INVALID_ARGUMENT.
///
/// # Safety
/// `text` has `length` bytes; `options` is NULL or as described; `value` and `error` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_module_run(
    module: *const metaffi_module,
    text: *const c_char,
    length: usize,
    options: *const metaffi_run_options,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // Not guarded: the text runs code of guests.
    let run = || -> Result<()> {
        let module = handle::get::<Module, _>(module)?;
        // SAFETY: `text` has `length` bytes; `options` is NULL or as described.
        let (bytes, options) =
            unsafe { (input::many(text.cast::<u8>(), length, "text")?, known(options)?) };
        let text = utf8(bytes).map_err(|error| error.context("text"))?;
        let mut source = SourceText { asks_value: !value.is_null(), ..SourceText::new(text) };
        let mut locals = Vec::new();
        if let Some(options) = &options {
            // SAFETY: `options` is as described.
            locals = unsafe { self::locals(options) }?;
            if !options.file.is_null() {
                // SAFETY: as above.
                source.file = Some(unsafe { input::name(options.file, "file") }?);
            }
            source.namespace = (!options.globals.is_null()).then(|| options.globals.addr());
        }
        source.locals = &locals;
        // SAFETY: the locals are what their types say.
        let ran = unsafe { module.run(&source) }?;
        if !value.is_null() {
            // SAFETY: `value` is writable.
            unsafe { value.write(ran.into_raw()) };
        }
        Ok(())
    };
    let ran = run();
    if ran.is_err() && !value.is_null() {
        // SAFETY: `value` is writable.
        unsafe { value.write_bytes(0, 1) };
    }
    // SAFETY: `error` is NULL or writable.
    unsafe { report(error, ran) }
}

/// The options, as far as the caller knows them.
///
/// # Safety
/// `options` is NULL or has as many bytes as its size says.
unsafe fn known(options: *const metaffi_run_options) -> Result<Option<metaffi_run_options>> {
    if options.is_null() {
        return Ok(None);
    }
    // SAFETY: its size comes first.
    match unsafe { (*options).size } {
        // SAFETY: it has so many bytes.
        size if size >= size_of::<metaffi_run_options>() => Ok(Some(unsafe { *options })),
        size => Err(Error::invalid(format!(
            "options.size is {size}; set it to sizeof(metaffi_run_options), which is {}",
            size_of::<metaffi_run_options>()
        ))),
    }
}

/// The locals by name.
///
/// # Safety
/// The options are as described.
unsafe fn locals<'a>(options: &metaffi_run_options) -> Result<Vec<(&'a str, &'a metaffi_value)>> {
    let count = options.local_count;
    // SAFETY: there are so many names, each NUL-terminated, and as many values.
    unsafe {
        let names = input::list(options.local_names, count, "local_names")?;
        let values = input::list(options.local_values, count, "local_values")?;
        let pair = |(index, (name, value)): (usize, (&*const c_char, &'a metaffi_value))| {
            Ok((input::name(*name, &format!("local_names[{index}]"))?, value))
        };
        names.iter().zip(values).enumerate().map(pair).collect()
    }
}

/// A new namespace for source text of the module's language: what runs in it shares what it defines
/// with what runs there before and after, and with nothing else.
///
/// @param created The namespace, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the runtime runs no text;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `created` is NULL.
///
/// # Safety
/// `created` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_new_namespace(
    module: *const metaffi_module,
    created: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, created, "created", || {
        let key = handle::get::<Module, _>(module)?.new_namespace()?;
        Ok(std::ptr::without_provenance_mut(key))
    })
}

/// A module as an object of its runtime. Where its path has several parts, it is the first module.
///
/// @param object The object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the runtime's modules are no objects, as those of
///         c; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `object` is NULL.
///
/// # Safety
/// `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_module_object(
    module: *const metaffi_module,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, object, "object", || {
        let key = handle::get::<Module, _>(module)?.object()?;
        Ok(std::ptr::without_provenance_mut(key))
    })
}
