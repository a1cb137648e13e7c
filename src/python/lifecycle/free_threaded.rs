//! Free-threaded builds. They run with their GIL enabled, since everything here is ordered by it:
//! what this library starts is configured so, and what runs already enables it as CPython does for
//! every extension module that does not say that it can do without.

use std::ffi::{CString, c_void};
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::python::api::Api;
use crate::python::api::library::file_of;
use crate::python::run;

/// Refuses an interpreter that runs without its GIL.
///
/// # Safety
/// The interpreter runs, and this thread is attached.
pub unsafe fn check(api: &Api) -> Result<()> {
    let ask = c"import sys
if not sys._is_gil_enabled():
    raise SystemError";
    // SAFETY: the interpreter runs, and this thread is attached.
    match !api.free_threaded || unsafe { run(api, ask) }.is_ok() {
        true => Ok(()),
        false => Err(Error::unsupported(format!(
            "this free-threaded Python {} runs without its GIL, and metaffi needs it; start \
                 Python without PYTHON_GIL=0 and -X gil=0: it then enables its GIL for metaffi",
            api.version
        ))),
    }
}

/// Sees to it that the GIL of an interpreter that somebody else has started is enabled, and stays
/// so. That it is at this moment is not enough: it is while any extension module is being loaded.
///
/// # Safety
/// As for [`check`].
pub unsafe fn enable(api: &Api) -> Result<()> {
    let ask = c"import sys
if sys.flags.gil != 1:
    raise SystemError";
    // SAFETY: the interpreter runs, and this thread is attached.
    unsafe {
        if !api.free_threaded || run(api, ask).is_ok() {
            return Ok(());
        }
        let imported = file_of(enable as *mut c_void).is_some_and(|file| import(api, &file));
        check(api)?;
        match imported {
            true => Ok(()),
            false => Err(Error::unsupported(format!(
                "this free-threaded Python {} may run without its GIL, and metaffi needs it; \
                     start Python with PYTHON_GIL=1 or -X gil=1",
                api.version
            ))),
        }
    }
}

/// Imports this library as the extension module that it is, which needs the GIL; whether it could
/// be imported.
unsafe fn import(api: &Api, file: &Path) -> bool {
    let mut digits = String::new();
    for byte in file.as_os_str().as_bytes() {
        let _ = write!(digits, "{byte:02x}");
    }
    let source = format!(
        "from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec
from os import fsdecode
path = fsdecode(bytes.fromhex('{digits}'))
loader = ExtensionFileLoader('libmetaffi', path)
loader.exec_module(module_from_spec(ModuleSpec('libmetaffi', loader, origin=path)))"
    );
    // SAFETY: the GIL is held.
    CString::new(source).is_ok_and(|source| unsafe { run(api, &source) }.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::python::testing;
    use crate::python::lifecycle::gil;

    #[test]
    fn every_build_runs_with_its_gil_enabled_for_good() {
        let api = testing::api();
        let _gil = gil::enter(api).unwrap();
        let ask = c"import sys
if not getattr(sys, '_is_gil_enabled', lambda: True)() or getattr(sys.flags, 'gil', 1) != 1:
    raise SystemError";
        // SAFETY: under the GIL.
        unsafe {
            check(api).unwrap();
            run(api, ask).unwrap();
        }
    }
}
