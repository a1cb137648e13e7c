//! What is asked for, compared with the interpreter that runs already.

use std::path::{Path, PathBuf};

use super::end::OWNER;
use super::find::{self, Request};
use crate::error::{Error, Result};
use crate::kit::Version;
use crate::python::api::Api;
use crate::python::api::library::file_of;
use crate::python::lifecycle::gil;

/// Refuses what the interpreter of this process is not: there is never a second one.
pub(super) fn check(api: &'static Api, request: &Request) -> Result<()> {
    let version = api.version;
    if !request.version.allows(version) {
        let asked = format!("option version asks for {}", request.version);
        return Err(other(api, &asked));
    }
    if request.own_thread && !OWNER.exists() {
        return Err(other(api, "option thread asks for a thread of its own to start it"));
    }
    if let Some(library) = &request.library
        && !is_same_library(api, library)
    {
        return Err(other(api, &format!("option library asks for \"{library}\"")));
    }
    if let Some(executable) = &request.executable {
        let interpreter = find::ask(executable)?;
        let (asked, running) = (prefix_of(&interpreter.executable), prefix(api)?);
        let of = |version: Version| (version.major, version.minor);
        // Several versions share a prefix such as /usr.
        if of(interpreter.version()) != of(version) {
            let asked = interpreter.version();
            return Err(other(api, &format!("the options ask for Python {asked}")));
        }
        if interpreter.free_threaded != api.free_threaded {
            let build = if interpreter.free_threaded { "a free-threaded" } else { "an ordinary" };
            return Err(other(api, &format!("the options ask for {build} build")));
        }
        if asked != running {
            let asked = asked.unwrap_or_default();
            let asked = format!("the options ask for the one of {}", asked.display());
            return Err(other(api, &asked));
        }
    }
    Ok(())
}

#[cold]
fn other(api: &'static Api, asked: &str) -> Error {
    let place = prefix(api).ok().flatten().unwrap_or_default();
    Error::load_failed(format!(
        "this process runs Python {} of {} already, and {asked}: there is one Python in a \
             process as long as it lives, so leave the option away or use another process",
        api.version,
        place.display()
    ))
}

fn is_same_library(api: &'static Api, library: &str) -> bool {
    let Some(running) = file_of(api.Py_IsInitialized as *mut _) else { return false };
    match Path::new(library).canonicalize() {
        Ok(file) => file == running,
        // A name that the dynamic linker searches for.
        Err(_) => Path::new(library).file_name() == running.file_name(),
    }
}

/// The installation or environment that an executable belongs to.
fn prefix_of(executable: &Path) -> Option<PathBuf> {
    executable.parent()?.parent()?.canonicalize().ok()
}

/// `sys.prefix`.
fn prefix(api: &'static Api) -> Result<Option<PathBuf>> {
    let _gil = gil::enter(api)?;
    // SAFETY: the GIL is held; the text belongs to the string, which `sys` keeps.
    let prefix = unsafe {
        let prefix = (api.PySys_GetObject)(c"prefix".as_ptr());
        if prefix.is_null() {
            return Ok(None);
        }
        let mut size = 0;
        let text = (api.PyUnicode_AsUTF8AndSize)(prefix, &raw mut size);
        if text.is_null() {
            (api.PyErr_Clear)();
            return Ok(None);
        }
        std::slice::from_raw_parts(text.cast::<u8>(), size.cast_unsigned())
    };
    let prefix = String::from_utf8_lossy(prefix).into_owned();
    Ok(Path::new(&prefix).canonicalize().ok())
}
