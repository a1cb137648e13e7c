//! Taking part in an interpreter that somebody else started.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::api::{Api, METH_NOARGS, Object, PyMethodDef};
use super::library::Library;
use super::{free_threaded, gil};
use crate::error::{Error, Result, Status};

/// The functions of the interpreter that runs in this process, before it has been joined.
///
/// # Safety
/// It has called, so that the GIL is held.
pub unsafe fn calling() -> Result<Api> {
    let library = Library::in_process().ok_or_else(|| {
        Error::new(Status::NotFound, "there is no Python in this process to join")
    })?;
    let mut api = Api::bind(&library)?;
    // SAFETY: the caller's promise.
    unsafe {
        free_threaded::check(&api)?;
        api.probe(false)?;
    }
    Ok(api)
}

/// Takes part in an interpreter that somebody else started.
pub fn join(api: Api) -> Result<&'static Api> {
    // SAFETY: the interpreter runs.
    let enabled = unsafe {
        let held = (api.PyGILState_Ensure)();
        let enabled = free_threaded::enable(&api);
        (api.PyGILState_Release)(held);
        enabled
    };
    enabled?;
    match Api::get() {
        // By being imported for it.
        Some(api) => Ok(api),
        None => take_part(api),
    }
}

/// The same where the interpreter has called, its GIL being enabled for good: to run a module that
/// it has made.
pub fn joined() -> Result<&'static Api> {
    match Api::get() {
        Some(api) => Ok(api),
        // SAFETY: it calls.
        None => take_part(unsafe { calling() }?),
    }
}

fn take_part(mut api: Api) -> Result<&'static Api> {
    // SAFETY: the interpreter runs.
    unsafe {
        let held = (api.PyGILState_Ensure)();
        let probed = api.probe(false);
        (api.PyGILState_Release)(held);
        probed?;
    }
    gil::joined();
    let api = api.publish();
    end_with_host(api)?;
    watch_forks(api)?;
    Ok(api)
}

/// Sees to forks of this process from now on.
pub fn watch_forks(api: &'static Api) -> Result<()> {
    #[cfg(unix)]
    super::fork::watch(&gil::enter(api)?)?;
    Ok(())
}

/// Learns of the end of an interpreter that is not ours: nobody attaches from then on.
fn end_with_host(api: &'static Api) -> Result<()> {
    let _gil = gil::enter(api)?;
    // SAFETY: the GIL is held; the definition lives as long as the process.
    let registered = unsafe {
        let definition = ptr::from_ref(&CLOSE.0).cast_mut();
        let close = (api.PyCFunction_NewEx)(definition, ptr::null_mut(), ptr::null_mut());
        let atexit = (api.PyImport_ImportModule)(c"atexit".as_ptr());
        let register = match atexit.is_null() {
            true => ptr::null_mut(),
            false => (api.PyObject_GetAttrString)(atexit, c"register".as_ptr()),
        };
        let result = match register.is_null() || close.is_null() {
            true => ptr::null_mut(),
            false => (api.PyObject_VectorcallDict)(register, &raw const close, 1, ptr::null_mut()),
        };
        for owned in [close, atexit, register, result] {
            (api.Py_DecRef)(owned);
        }
        if result.is_null() {
            (api.PyErr_Clear)();
        }
        !result.is_null()
    };
    match registered {
        true => Ok(()),
        false => Err(Error::new(
            Status::LoadFailed,
            "the module atexit of the Python in this process does not work",
        )),
    }
}

struct Definition(PyMethodDef);

// SAFETY: never written.
unsafe impl Sync for Definition {}

static CLOSE: Definition = Definition(PyMethodDef {
    name: c"metaffi_close".as_ptr(),
    function: close as *const c_void,
    flags: METH_NOARGS as c_int,
    doc: ptr::null(),
});

unsafe extern "C-unwind" fn close(_: Object, _: Object) -> Object {
    gil::close();
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: the interpreter calls, so the GIL is held.
    unsafe { (api.Py_IncRef)(api._Py_NoneStruct) };
    api._Py_NoneStruct
}
