//! Starting by `PyConfig`, whose layout is another one in every version up to 3.13.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::kit::Version;
use crate::python::api::Api;
use crate::python::api::library::PythonLibrary;

/// Where the members that are set are, in a version's `PyConfig` on a 64-bit platform.
struct ConfigLayout {
    parse_argv: usize,
    program_name: usize,
    executable: usize,
}

/// In every version.
const INSTALL_SIGNAL_HANDLERS: usize = 16;

/// In a free-threaded 3.13, whose other members are where they are in an ordinary one; later
/// versions have names in place of a layout.
const ENABLE_GIL: usize = 272;

const fn layout(version: Version) -> Option<ConfigLayout> {
    let (parse_argv, program_name, executable) = match version.minor {
        9 => (88, 112, 272),
        10 => (80, 240, 296),
        11 => (96, 264, 328),
        12 => (104, 272, 336),
        13 => (104, 280, 344),
        _ => return None,
    };
    Some(ConfigLayout { parse_argv, program_name, executable })
}

/// Larger than any version's.
#[repr(C, align(16))]
struct PyConfig([u8; 1024]);

/// `PyPreConfig`; the same in every version, but on Windows.
#[repr(C)]
#[derive(Default)]
struct PyPreConfig {
    config_init: c_int,
    parse_argv: c_int,
    isolated: c_int,
    use_environment: c_int,
    configure_locale: c_int,
    coerce_c_locale: c_int,
    coerce_c_locale_warn: c_int,
    utf8_mode: c_int,
    dev_mode: c_int,
    allocator: c_int,
    /// Room for what a version may add.
    reserve: [c_int; 16],
}

#[repr(C)]
struct PyStatus {
    kind: c_int,
    function: *const c_char,
    message: *const c_char,
    exit_code: c_int,
}

/// The functions that start by configuration.
struct ConfigApi {
    init_preconfig: unsafe extern "C" fn(*mut PyPreConfig),
    preinitialize: unsafe extern "C" fn(*const PyPreConfig) -> PyStatus,
    init_config: unsafe extern "C" fn(*mut PyConfig),
    set_string: unsafe extern "C" fn(*mut PyConfig, *mut *mut c_void, *const c_char) -> PyStatus,
    initialize: unsafe extern "C" fn(*const PyConfig) -> PyStatus,
    clear: unsafe extern "C" fn(*mut PyConfig),
}

impl ConfigApi {
    fn bind(library: &PythonLibrary) -> Result<ConfigApi> {
        // SAFETY: the functions of these names have these types since 3.8.
        unsafe {
            Ok(ConfigApi {
                init_preconfig: library.function("PyPreConfig_InitPythonConfig")?,
                preinitialize: library.function("Py_PreInitialize")?,
                init_config: library.function("PyConfig_InitPythonConfig")?,
                set_string: library.function("PyConfig_SetBytesString")?,
                initialize: library.function("Py_InitializeFromConfig")?,
                clear: library.function("PyConfig_Clear")?,
            })
        }
    }

    /// Without the locale, which is the host's: text is UTF-8 whatever it says.
    fn preinitialize(&self) -> Result<()> {
        let mut config = PyPreConfig::default();
        // SAFETY: the structure is as large as that of any version.
        let status = unsafe {
            (self.init_preconfig)(&raw mut config);
            config.parse_argv = 0;
            config.configure_locale = 0;
            config.coerce_c_locale = 0;
            config.coerce_c_locale_warn = 0;
            config.utf8_mode = 1;
            (self.preinitialize)(&raw const config)
        };
        check(&status)
    }

    unsafe fn set(&self, config: *mut PyConfig, offset: usize, text: &CStr) -> Result<()> {
        // SAFETY: a `wchar_t *` is there.
        check(&unsafe { (self.set_string)(config, config.byte_add(offset).cast(), text.as_ptr()) })
    }
}

/// Starts the interpreter; this thread holds the GIL afterwards.
pub(super) fn initialize(
    api: &Api,
    library: &PythonLibrary,
    executable: Option<&Path>,
) -> Result<()> {
    let layout = layout(api.version)
        .filter(|_| cfg!(target_pointer_width = "64"))
        .ok_or_else(|| unknown(api.version))?;
    let functions = ConfigApi::bind(library)?;
    functions.preinitialize()?;
    let mut config = MaybeUninit::<PyConfig>::zeroed();
    let config = config.as_mut_ptr();
    // SAFETY: the buffer is larger than the structure, and the members are where the layout says.
    unsafe {
        (functions.init_config)(config);
        config.byte_add(INSTALL_SIGNAL_HANDLERS).cast::<c_int>().write(0);
        config.byte_add(layout.parse_argv).cast::<c_int>().write(0);
        if api.free_threaded {
            config.byte_add(ENABLE_GIL).cast::<c_int>().write(1);
        }
        let started = name_executable(&functions, config, &layout, executable)
            .and_then(|()| check(&(functions.initialize)(config)));
        (functions.clear)(config);
        started
    }
}

unsafe fn name_executable(
    functions: &ConfigApi,
    config: *mut PyConfig,
    layout: &ConfigLayout,
    executable: Option<&Path>,
) -> Result<()> {
    let Some(executable) = executable else { return Ok(()) };
    let text = path_text(executable)?;
    // SAFETY: `config` is initialised, and has the layout of its version.
    unsafe {
        functions.set(config, layout.program_name, &text)?;
        functions.set(config, layout.executable, &text)
    }
}

/// A path for C.
pub(super) fn path_text(path: &Path) -> Result<CString> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::invalid(format!("the path {path:?} has a NUL in it")))
}

#[cold]
fn unknown(version: Version) -> Error {
    Error::unsupported(format!("how Python {version} is configured is not known on this platform"))
}

fn check(status: &PyStatus) -> Result<()> {
    if status.kind == 0 {
        return Ok(());
    }
    let message = match status.message.is_null() {
        true => format!("exit code {}", status.exit_code),
        // SAFETY: static text.
        false => unsafe { CStr::from_ptr(status.message) }.to_string_lossy().into_owned(),
    };
    Err(Error::load_failed(format!(
        "Python did not start: {message}; look at PYTHONHOME and PYTHONPATH, if set"
    )))
}
