//! [`Libraries`]: shared libraries and the symbols in them.

use std::ffi::{CStr, CString, c_void};
use std::path::{Path, PathBuf};

use super::search::{self, LinkedFile, ScriptInput, Search};
use crate::error::{Error, Result, Status};
use crate::{errno, suggest};

/// The shared libraries of a module, in the order of its path, or this process.
///
/// Never unloaded: code of theirs may be anywhere by the time that a module is freed.
#[derive(Clone)]
pub struct Libraries {
    parts: Vec<LoadedLibrary>,
}

#[derive(Clone)]
struct LoadedLibrary {
    name: String,
    handle: *mut c_void,
}

// SAFETY: handles of the dynamic linker may be used from any thread.
unsafe impl Send for Libraries {}
// SAFETY: as above.
unsafe impl Sync for Libraries {}

/// What a symbol is, as far as the dynamic linker knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SymbolKind {
    /// Code.
    Function,
    /// Data.
    Data,
    /// Data of which every thread has its own.
    ThreadLocal,
    /// Unknown.
    Other,
}

/// The name of what is loaded already, in messages.
const PROCESS: &str = "this process";

impl Libraries {
    /// The symbols that are already in the process.
    pub fn process() -> Libraries {
        // SAFETY: NULL asks for the process itself, which runs no initialisers.
        let handle = unsafe { libc::dlopen(std::ptr::null(), libc::RTLD_NOW) };
        Libraries { parts: vec![LoadedLibrary { name: PROCESS.to_owned(), handle }] }
    }

    /// No library yet.
    pub fn none() -> Libraries {
        Libraries { parts: Vec::new() }
    }

    /// Loads another shared library: a file, a name that the dynamic linker searches for, or one
    /// that linkers take, such as `m`, which is looked for in `folders` and those of the system.
    pub fn open(&mut self, name: &str, folders: &[PathBuf]) -> Result<()> {
        if is_linked_name(name) {
            return self.open_linked(name, folders, 0);
        }
        let given = folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file());
        match given.as_deref().and_then(Path::to_str).filter(|_| !name.contains('/')) {
            Some(file) => self.open_file(file, folders, 0),
            None => self.open_file(name, folders, 0),
        }
    }

    /// A library as the dynamic linker takes it, or those that a text for the linker names.
    fn open_file(&mut self, name: &str, folders: &[PathBuf], depth: usize) -> Result<()> {
        let text = CString::new(name)
            .map_err(|_| Error::invalid(format!("library {name:?} has a NUL in its name")))?;
        // SAFETY: the library's initialisers run, as the caller of `metaffi_module_load` wants.
        let handle = unsafe { libc::dlopen(text.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if !handle.is_null() {
            self.parts.push(LoadedLibrary { name: name.to_owned(), handle });
            return Ok(());
        }
        let reason = errno::linker_error();
        match no_library(&reason).and_then(|file| search::script(Path::new(file))) {
            Some(inputs) => self.open_script(name, &inputs, folders, depth),
            None => Err(refused(name, &reason)),
        }
    }

    /// What `-lNAME` links.
    fn open_linked(&mut self, name: &str, folders: &[PathBuf], depth: usize) -> Result<()> {
        let search = Search::new(folders);
        match search.find(name) {
            Some(LinkedFile::Library(file)) => {
                self.open_file(&file.to_string_lossy(), folders, depth)
            }
            Some(LinkedFile::Script(inputs)) => self.open_script(name, &inputs, folders, depth),
            // Where nobody but the dynamic linker looks.
            None if self.open_file(&format!("lib{name}.so"), folders, depth).is_ok() => Ok(()),
            None if Path::new(name).is_file() => Err(refused(name, "it is no name of a library")),
            None => {
                let folders: Vec<_> =
                    search.folders().map(|one| one.display().to_string()).collect();
                Err(Error::not_found(format!(
                    "cannot load library \"{name}\": there is no lib{name}.so and no \
                     lib{name}.so.N in {} (name its folder in the option library_dirs, give its \
                     full path, or install the package that has it)",
                    folders.join(", ")
                )))
            }
        }
    }

    fn open_script(
        &mut self,
        name: &str,
        inputs: &[ScriptInput],
        folders: &[PathBuf],
        depth: usize,
    ) -> Result<()> {
        if depth >= SCRIPT_DEPTH {
            return Err(Error::load_failed(format!(
                "cannot load library \"{name}\": texts for the linker name each other"
            )));
        }
        let shared = inputs.iter().filter(|input| !input.name.ends_with(".a"));
        for input in shared {
            let opened = match input.name.strip_prefix("-l") {
                Some(name) => self.open_linked(name, folders, depth + 1),
                None => self.open_file(&input.name, folders, depth + 1),
            };
            if !input.as_needed {
                opened.map_err(|error| {
                    error.context(format_args!("\"{name}\" is a text for linkers"))
                })?;
            }
        }
        Ok(())
    }

    /// Whether there is any library at all.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The names of the libraries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.name.as_str())
    }

    /// The address of a symbol.
    pub fn symbol(&self, name: &str) -> Result<*mut c_void> {
        let text = CString::new(name)
            .map_err(|_| Error::invalid(format!("symbol {name:?} has a NUL in its name")))?;
        self.parts
            .iter()
            // SAFETY: the handle is open and the name NUL-terminated.
            .map(|part| unsafe { libc::dlsym(part.handle, text.as_ptr()) })
            .find(|address| !address.is_null())
            .ok_or_else(|| self.missing(name))
    }

    #[cold]
    fn missing(&self, name: &str) -> Error {
        let known: Vec<String> =
            self.files().flat_map(|file| super::symbols::exported(&file)).map(|s| s.name).collect();
        let names: Vec<&str> = self.names().collect();
        let hint = suggest::hint(name, known.iter().map(String::as_str));
        Error::not_found(match names.as_slice() {
            [] => "the module has no shared library; add one to its path".to_owned(),
            [PROCESS] => format!(
                "no symbol \"{name}\" in {PROCESS}{hint}; if a library has it, put that into the \
                 module's path, as in libz.so.1;zlib.h"
            ),
            names => format!("no symbol \"{name}\" in {}{hint}", names.join("; ")),
        })
    }

    /// The files of the libraries, where the dynamic linker tells them.
    pub fn files(&self) -> impl Iterator<Item = String> {
        self.parts.iter().filter_map(|part| platform::file(part.handle))
    }
}

/// How far texts for the linker may lead to others.
const SCRIPT_DEPTH: usize = 8;

/// Whether linkers take the name behind `-l`, as `m` and `ssl`, where it is no file's.
fn is_linked_name(name: &str) -> bool {
    !name.contains('/') && !name.ends_with(".so") && !name.contains(".so.")
}

/// The file that the dynamic linker of glibc has found and read to be none of its own.
fn no_library(reason: &str) -> Option<&str> {
    let ends = [": invalid ELF header", ": file too short"];
    ends.iter().find_map(|end| reason.strip_suffix(end))
}

/// Why a library could not be loaded.
#[cold]
fn refused(name: &str, reason: &str) -> Error {
    let (status, advice) = match (Path::new(name).exists(), name.contains('/')) {
        _ if no_library(reason).is_some() => {
            (Status::LoadFailed, "the file is no shared library".to_owned())
        }
        (true, true) => (
            Status::LoadFailed,
            "the file exists, but is no shared library that fits here, or needs what is not there"
                .into(),
        ),
        (false, true) => (Status::NotFound, "there is no such file".into()),
        (true, false) => (
            Status::NotFound,
            format!(
                "the dynamic linker does not look in the current folder, where a file of this name \
                 is: write \"./{name}\""
            ),
        ),
        (false, false) => (
            Status::NotFound,
            "the dynamic linker does not find it: give its full path, or the whole name of its \
             file, such as libm.so.6, set LD_LIBRARY_PATH, or install the package that has it"
                .into(),
        ),
    };
    Error::new(status, format!("cannot load library \"{name}\": {reason} ({advice})"))
}

/// What the symbol of that name at an address is.
pub fn symbol_kind(name: &str, address: *const c_void) -> SymbolKind {
    platform::kind(name, address)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod platform {
    use super::{CStr, SymbolKind, c_void};
    use crate::backend::c::module::symbol_table;

    const RTLD_DL_SYMENT: libc::c_int = 1;
    const RTLD_DI_LINKMAP: libc::c_int = 2;

    /// The first members of `struct link_map` (link.h).
    #[repr(C)]
    struct LinkMap {
        base: usize,
        name: *const libc::c_char,
    }

    /// cbindgen:ignore
    mod linker {
        use super::c_void;
        unsafe extern "C" {
            pub(in crate::backend::c) fn dladdr1(
                address: *const c_void,
                info: *mut libc::Dl_info,
                extra: *mut *mut c_void,
                flags: libc::c_int,
            ) -> libc::c_int;
        }
    }

    pub(in crate::backend::c) fn kind(name: &str, address: *const c_void) -> SymbolKind {
        let name = std::ffi::CString::new(name).ok();
        if let Some(kind) = name.and_then(|name| symbol_table::kind(&name, address)) {
            return kind;
        }
        // SAFETY: both results are written before they are read; the symbol entry belongs to a
        // loaded library.
        unsafe {
            let mut info: libc::Dl_info = std::mem::zeroed();
            let mut symbol: *mut c_void = std::ptr::null_mut();
            let found = linker::dladdr1(address, &raw mut info, &raw mut symbol, RTLD_DL_SYMENT);
            if found == 0 || symbol.is_null() || info.dli_saddr.cast_const() != address {
                return SymbolKind::Other;
            }
            match (*symbol.cast::<libc::Elf64_Sym>()).st_info & 0xf {
                libc_elf::FUNC | libc_elf::IFUNC => SymbolKind::Function,
                libc_elf::OBJECT => SymbolKind::Data,
                libc_elf::TLS => SymbolKind::ThreadLocal,
                _ => SymbolKind::Other,
            }
        }
    }

    /// Symbol types of the ELF specification.
    mod libc_elf {
        pub(in crate::backend::c) const OBJECT: u8 = 1;
        pub(in crate::backend::c) const FUNC: u8 = 2;
        pub(in crate::backend::c) const TLS: u8 = 6;
        pub(in crate::backend::c) const IFUNC: u8 = 10;
    }

    pub(in crate::backend::c) fn file(handle: *mut c_void) -> Option<String> {
        let mut map: *mut LinkMap = std::ptr::null_mut();
        // SAFETY: the handle is open; the linker writes a pointer to its own map.
        unsafe {
            let asked = libc::dlinfo(handle, RTLD_DI_LINKMAP, (&raw mut map).cast());
            if asked != 0 || map.is_null() || (*map).name.is_null() {
                return None;
            }
            let name = CStr::from_ptr((*map).name).to_string_lossy().into_owned();
            (!name.is_empty()).then_some(name)
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod platform {
    use super::{SymbolKind, c_void};

    pub(in crate::backend::c) fn kind(_: &str, _: *const c_void) -> SymbolKind {
        SymbolKind::Other
    }

    pub(in crate::backend::c) fn file(_: *mut c_void) -> Option<String> {
        None
    }
}
