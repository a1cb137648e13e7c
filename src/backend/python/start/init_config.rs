//! Starting by `PyInitConfig`, which has names in place of a layout; since 3.14.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

use super::config::path_text;
use crate::error::{Error, Result, Status};
use crate::python::api::Api;
use crate::python::api::library::PythonLibrary;

/// `PyInitConfig *`.
type Config = *mut c_void;

struct InitConfigApi {
    create: unsafe extern "C" fn() -> Config,
    free: unsafe extern "C" fn(Config),
    set_int: unsafe extern "C" fn(Config, *const c_char, i64) -> c_int,
    set_str: unsafe extern "C" fn(Config, *const c_char, *const c_char) -> c_int,
    set_list: unsafe extern "C" fn(Config, *const c_char, usize, *const *const c_char) -> c_int,
    error: unsafe extern "C" fn(Config, *mut *const c_char) -> c_int,
    initialize: unsafe extern "C" fn(Config) -> c_int,
}

impl InitConfigApi {
    fn bind(library: &PythonLibrary) -> Result<InitConfigApi> {
        // SAFETY: the functions of these names have these types.
        unsafe {
            Ok(InitConfigApi {
                create: library.function("PyInitConfig_Create")?,
                free: library.function("PyInitConfig_Free")?,
                set_int: library.function("PyInitConfig_SetInt")?,
                set_str: library.function("PyInitConfig_SetStr")?,
                set_list: library.function("PyInitConfig_SetStrList")?,
                error: library.function("PyInitConfig_GetError")?,
                initialize: library.function("Py_InitializeFromInitConfig")?,
            })
        }
    }

    /// What went wrong, if `code` says that something did.
    unsafe fn check(&self, config: Config, code: c_int) -> Result<()> {
        if code == 0 {
            return Ok(());
        }
        let mut message = ptr::null();
        // SAFETY: the message belongs to the configuration.
        let message = unsafe {
            (self.error)(config, &raw mut message);
            match message.is_null() {
                true => "no reason is given".into(),
                false => CStr::from_ptr(message).to_string_lossy(),
            }
        };
        Err(Error::load_failed(format!(
            "Python did not start: {message}; look at PYTHONHOME and PYTHONPATH, if set"
        )))
    }
}

/// The configuration is isolated at first: what a Python program has by default is switched on,
/// and the host's signals and locale are left alone.
const NUMBERS: [(&CStr, i64); 9] = [
    (c"isolated", 0),
    (c"use_environment", 1),
    (c"user_site_directory", 1),
    (c"safe_path", 0),
    (c"utf8_mode", 1),
    (c"configure_locale", 0),
    (c"parse_argv", 0),
    (c"install_signal_handlers", 0),
    (c"site_import", 1),
];

/// Starts the interpreter; this thread holds the GIL afterwards.
pub(super) fn initialize(
    api: &Api,
    library: &PythonLibrary,
    executable: Option<&Path>,
) -> Result<()> {
    let functions = InitConfigApi::bind(library)?;
    let executable = executable.map(path_text).transpose()?;
    // SAFETY: the configuration is used until it is freed.
    unsafe {
        let config = (functions.create)();
        if config.is_null() {
            return Err(Error::new(Status::OutOfMemory, "no memory to configure Python"));
        }
        let started = set(api, &functions, config, executable)
            .and_then(|()| functions.check(config, (functions.initialize)(config)));
        (functions.free)(config);
        started
    }
}

unsafe fn set(
    api: &Api,
    functions: &InitConfigApi,
    config: Config,
    executable: Option<CString>,
) -> Result<()> {
    // SAFETY: `config` was made by these functions, and is not used up yet.
    unsafe {
        for (key, value) in NUMBERS {
            functions.check(config, (functions.set_int)(config, key.as_ptr(), value))?;
        }
        if api.free_threaded {
            let (key, value) = (c"xoptions".as_ptr(), c"gil=1".as_ptr());
            functions.check(config, (functions.set_list)(config, key, 1, &raw const value))?;
        }
        let Some(executable) = executable else { return Ok(()) };
        for key in [c"program_name", c"executable"] {
            let code = (functions.set_str)(config, key.as_ptr(), executable.as_ptr());
            functions.check(config, code)?;
        }
        Ok(())
    }
}
