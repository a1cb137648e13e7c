//! The one interpreter of the unit tests.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::find::Request;
use super::start;
use crate::python::api::Api;

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
