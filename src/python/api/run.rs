//! Running source text.

use std::ffi::{CStr, c_int};
use std::ptr;

use crate::error::{Error, Result};
use crate::python::api::Api;

/// Runs source text in a namespace of its own.
///
/// # Safety
/// The GIL is held.
pub unsafe fn run(api: &Api, source: &CStr) -> Result<()> {
    const FILE_INPUT: c_int = 257;
    // SAFETY: the caller holds the GIL.
    unsafe {
        let code = (api.Py_CompileString)(source.as_ptr(), c"<metaffi>".as_ptr(), FILE_INPUT);
        let globals = (api.PyDict_New)();
        let builtins = (api.PyEval_GetBuiltins)();
        (api.PyDict_SetItemString)(globals, c"__builtins__".as_ptr(), builtins);
        let result = match code.is_null() {
            true => ptr::null_mut(),
            false => (api.PyEval_EvalCode)(code, globals, globals),
        };
        (api.Py_DecRef)(code);
        (api.Py_DecRef)(globals);
        (api.Py_DecRef)(result);
        if result.is_null() {
            (api.PyErr_Clear)();
            return Err(Error::load_failed(format!(
                "Python {} started, but its standard library does not work",
                api.version
            )));
        }
    }
    Ok(())
}
