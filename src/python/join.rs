//! Taking part in an interpreter that somebody else started, and learning of its forks and its end.

mod end;
#[cfg(unix)]
mod fork;
pub mod hook;

use crate::error::{Error, Result};
use crate::python::api::Api;
use crate::python::api::library::PythonLibrary;
use crate::python::lifecycle::end::LIFE;
use crate::python::lifecycle::{free_threaded, gil};

/// The functions of the interpreter that runs in this process, before it has been joined.
///
/// # Safety
/// It has called, so that the GIL is held.
pub unsafe fn calling() -> Result<Api> {
    LIFE.check_ended()?;
    let library = PythonLibrary::in_process()
        .ok_or_else(|| Error::not_found("there is no Python in this process to join"))?;
    let mut api = Api::bind(&library)?;
    // SAFETY: it has called, so that the GIL is held.
    unsafe {
        free_threaded::check(&api)?;
        api.probe(false)?;
    }
    Ok(api)
}

/// Takes part in an interpreter that somebody else started.
pub fn join(api: Api) -> Result<&'static Api> {
    LIFE.check_ended()?;
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
    watch(api)?;
    Ok(api)
}

/// Sees to forks of this process, and to the end of the interpreter, from now on.
pub fn watch(api: &'static Api) -> Result<()> {
    let gil = gil::enter(api)?;
    end::watch(&gil)?;
    #[cfg(unix)]
    fork::watch(&gil)?;
    Ok(())
}
