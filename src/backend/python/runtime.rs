//! [`Python`]: the running interpreter.

use std::cell::RefCell;
use std::sync::Arc;

use super::api::Api;
use super::find::Request;
use super::gil::{self, Gil};
use super::start;
use crate::backend::{Module, Options, Runtime};
use crate::error::Result;

/// The interpreter of this process.
struct Python {
    api: &'static Api,
}

thread_local! {
    /// What each scope that is open on this thread holds, the innermost last.
    static SCOPES: RefCell<Vec<Gil>> = const { RefCell::new(Vec::new()) };
}

/// The interpreter in this process, or the one that the options ask for.
pub(super) fn load(options: &Options) -> Result<Arc<dyn Runtime>> {
    let api = start::start(&Request::new(options)?)?;
    Ok(Arc::new(Python { api }))
}

impl Runtime for Python {
    fn load_module(&self, path: &str) -> Result<Arc<dyn Module>> {
        Ok(Arc::new(super::module::Module::load(self.api, path)?))
    }

    fn enter(&self) -> Result<()> {
        let gil = gil::enter(self.api)?;
        SCOPES.with_borrow_mut(|scopes| scopes.push(gil));
        Ok(())
    }

    fn leave(&self) {
        drop(SCOPES.with_borrow_mut(Vec::pop));
    }
}
