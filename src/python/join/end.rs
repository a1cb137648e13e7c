//! Learning of the end of the interpreter.

use std::ffi::c_int;

use super::hook::{self, Hook};
use crate::call::begin_ending_threads;
use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::end::LIFE;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;

/// Learns of the end of the interpreter.
pub fn watch(gil: &Gil) -> Result<()> {
    let registered = PyRef::import(gil, c"atexit")
        .and_then(|atexit| atexit.attribute(gil, c"register"))
        .and_then(|register| register.call1(gil, &CLOSE.function(gil)?));
    registered.map_err(|error| {
        let message = "the module atexit of the Python in this process does not work";
        Error::load_failed(message).caused_by(error)
    })?;
    // SAFETY: a function that lives as long as the process. If there is no room for it, the
    // interpreter is known to be finalised, but not to have gone.
    let _: c_int = unsafe { (gil.api.Py_AtExit)(ended) };
    Ok(())
}

static CLOSE: Hook = Hook::new(c"metaffi_close", close);

/// `atexit`: the interpreter works still, and waits for the threads that are arriving.
unsafe extern "C-unwind" fn close(_: Object, _: Object) -> Object {
    let Some(api) = Api::get() else { return hook::done() };
    LIFE.close();
    begin_ending_threads();
    // SAFETY: Python calls, so that the GIL is held.
    let gil = unsafe { Gil::assume(api) };
    gil::release(&gil, || LIFE.wait_for_arrivals());
    hook::done()
}

/// Called when nothing is left of the interpreter.
unsafe extern "C" fn ended() {
    LIFE.end();
    Api::unpublish();
}
