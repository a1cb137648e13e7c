//! The one interpreter of the unit tests.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::find::Request;
use super::start;
use crate::python::api::Api;
use crate::python::lifecycle::gil::Gil;
use crate::python::run;

/// The API of the interpreter that `METAFFI_TEST_PYTHON` names, or the system's, started once.
pub fn api() -> &'static Api {
    static STARTED: OnceLock<&'static Api> = OnceLock::new();
    static LOCK: Mutex<()> = Mutex::new(());
    let _one = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    STARTED.get_or_init(|| {
        let named = std::env::var("METAFFI_TEST_PYTHON").ok();
        let executable = Some(named.unwrap_or_else(|| "/usr/bin/python3".to_owned()).into());
        start::start(&Request { executable, ..Request::default() }).unwrap()
    })
}

/// Frees what was given up by another thread than that which made it. A free-threaded build leaves
/// that to the latter, which may have ended or not run Python again, or to the garbage collector.
pub fn settle(gil: &Gil) {
    if gil.api.free_threaded {
        // SAFETY: the GIL is held.
        unsafe { run(gil.api, c"import gc; gc.collect()") }.unwrap();
    }
}
