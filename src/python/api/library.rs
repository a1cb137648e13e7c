//! [`PythonLibrary`]: the shared object that has the interpreter.

use std::ffi::{CStr, CString, c_void};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::errno;
use crate::error::{Error, Result, Status};

/// The shared object, or the executable, whose symbols are the C API. Never closed.
#[derive(Clone, Debug)]
pub struct PythonLibrary {
    name: String,
    handle: *mut c_void,
}

impl fmt::Display for PythonLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Default for PythonLibrary {
    /// What the whole process sees.
    fn default() -> PythonLibrary {
        PythonLibrary {
            name: "the interpreter in this process".to_owned(),
            handle: libc::RTLD_DEFAULT,
        }
    }
}

impl PythonLibrary {
    /// The interpreter whose code is in this process already, whether or not it runs.
    pub fn in_process() -> Option<PythonLibrary> {
        let default = PythonLibrary::default();
        if !default.symbol(MARK).is_null() {
            let name = default.file().map_or(default.name, |file| file.display().to_string());
            return Some(PythonLibrary { name, handle: default.handle });
        }
        let loaded = platform::loaded().into_iter().find(|file| is_libpython(file))?;
        PythonLibrary::open(&loaded.to_string_lossy()).ok()
    }

    /// Opens a libpython: a file, or a name that the dynamic linker searches for. Its symbols are
    /// kept to itself until [`make_global`](Library::make_global): what turns out to be the wrong
    /// one must not be in the way of the right one.
    pub fn open(name: &str) -> Result<PythonLibrary> {
        let library =
            PythonLibrary { name: name.to_owned(), handle: open(name, libc::RTLD_LOCAL)? };
        if library.symbol(MARK).is_null() {
            library.close();
            return Err(Error::load_failed(format!(
                "\"{name}\" is a shared library but no libpython: it does not export {MARK}; \
                     give a file such as libpython3.11.so.1.0"
            )));
        }
        Ok(library)
    }

    /// Lets every library see its symbols: extension modules are not linked to it.
    pub fn make_global(&self) -> Result<()> {
        match self.handle == libc::RTLD_DEFAULT {
            true => Ok(()),
            false => open(&self.name, libc::RTLD_GLOBAL | libc::RTLD_NOLOAD).map(drop),
        }
    }

    /// Forgets a library of which nothing has been run.
    pub fn close(self) {
        if self.handle != libc::RTLD_DEFAULT {
            // SAFETY: opened above, and no code or data of it is in use.
            unsafe { libc::dlclose(self.handle) };
        }
    }

    /// The address of a symbol; NULL if there is none.
    pub fn symbol(&self, name: &str) -> *mut c_void {
        let Ok(text) = CString::new(name) else { return std::ptr::null_mut() };
        // SAFETY: the handle is open and the name NUL-terminated.
        unsafe { libc::dlsym(self.handle, text.as_ptr()) }
    }

    /// A function by its name.
    ///
    /// # Safety
    /// `F` is the type of a pointer to that function.
    pub unsafe fn function<F: Copy>(&self, name: &str) -> Result<F> {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        let address = self.symbol(name);
        if address.is_null() {
            return Err(Error::load_failed(format!(
                "{self} does not export {name}: it is no complete libpython"
            )));
        }
        // SAFETY: `F` is the type of a pointer to that function.
        Ok(unsafe { std::mem::transmute_copy(&address) })
    }

    /// The file that the interpreter's code is in.
    pub fn file(&self) -> Option<PathBuf> {
        file_of(self.symbol(MARK))
    }
}

/// Where the object that an address belongs to begins; NULL if it belongs to none.
pub fn base_of(address: *const c_void) -> *const c_void {
    platform::base_of(address)
}

/// The file that an address belongs to.
pub fn file_of(address: *mut c_void) -> Option<PathBuf> {
    platform::file_of(address)
}

fn open(name: &str, flags: libc::c_int) -> Result<*mut c_void> {
    let text = CString::new(name)
        .map_err(|_| Error::invalid(format!("library {name:?} has a NUL in its name")))?;
    // SAFETY: the initialisers of the library run, as the caller wants.
    match unsafe { libc::dlopen(text.as_ptr(), libc::RTLD_NOW | flags) } {
        handle if handle.is_null() => Err(refused(name)),
        handle => Ok(handle),
    }
}

/// Every libpython since 2.x exports it, and nothing else does.
const MARK: &str = "Py_IsInitialized";

/// Whether a file is named as a libpython of Python 3 is.
fn is_libpython(file: &Path) -> bool {
    file.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with("libpython3.") && !name.starts_with("libpython3.so"))
}

/// Why a library could not be opened.
#[cold]
fn refused(name: &str) -> Error {
    let reason = errno::linker_error();
    let (status, advice) = match Path::new(name).exists() {
        true => (
            Status::LoadFailed,
            "the file exists but is no shared library that fits here; a static libpython (.a) \
             cannot be opened: build Python with --enable-shared or install its shared library",
        ),
        false => (
            Status::NotFound,
            "install the shared library (on Debian: apt install libpython3-dev), or give the full \
             path in option library",
        ),
    };
    Error::new(status, format!("cannot open libpython \"{name}\": {reason} ({advice})"))
}

#[cfg(unix)]
mod platform {
    use super::{CStr, Path, PathBuf, c_void};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    fn path(text: &CStr) -> PathBuf {
        Path::new(OsStr::from_bytes(text.to_bytes())).to_path_buf()
    }

    pub fn base_of(address: *const c_void) -> *const c_void {
        // SAFETY: the result is written before it is read.
        unsafe {
            let mut info: libc::Dl_info = std::mem::zeroed();
            match libc::dladdr(address, &raw mut info) {
                0 => std::ptr::null(),
                _ => info.dli_fbase,
            }
        }
    }

    pub fn file_of(address: *mut c_void) -> Option<PathBuf> {
        // SAFETY: the result is written before it is read; its name lives as long as the object.
        unsafe {
            let mut info: libc::Dl_info = std::mem::zeroed();
            if libc::dladdr(address, &raw mut info) == 0 || info.dli_fname.is_null() {
                return None;
            }
            std::fs::canonicalize(path(CStr::from_ptr(info.dli_fname))).ok()
        }
    }

    /// The shared objects of the process.
    #[cfg(target_os = "linux")]
    pub fn loaded() -> Vec<PathBuf> {
        unsafe extern "C" fn add(
            info: *mut libc::dl_phdr_info,
            _: libc::size_t,
            files: *mut c_void,
        ) -> libc::c_int {
            // SAFETY: the linker's own entry, and the vector given below.
            unsafe {
                if !(*info).dlpi_name.is_null() {
                    let name = path(CStr::from_ptr((*info).dlpi_name));
                    (*files.cast::<Vec<PathBuf>>()).push(name);
                }
            }
            0
        }
        let mut files: Vec<PathBuf> = Vec::new();
        // No fork makes the linker's lock anew in the child.
        // SAFETY: the vector lives through the call.
        crate::fork::section(|| unsafe {
            libc::dl_iterate_phdr(Some(add), (&raw mut files).cast())
        });
        files
    }

    #[cfg(not(target_os = "linux"))]
    pub fn loaded() -> Vec<PathBuf> {
        Vec::new()
    }
}
