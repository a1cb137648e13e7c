//! [`Python`]: the running interpreter.

use std::cell::RefCell;
use std::sync::Arc;

use super::api::Api;
use super::gil::{self, Gil};
use super::library::Library;
use super::start;
use crate::backend::{Module, Options, Runtime};
use crate::error::{Error, Result, Status};

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
    if let Some(api) = Api::get() {
        return Ok(Arc::new(Python { api }));
    }
    let name = options.get("library").unwrap_or("libpython3.11.so.1.0");
    let library = Library::in_process().map_or_else(|| Library::open(name), Ok)?;
    let api = start::start(&library, None)?;
    Ok(Arc::new(Python { api }))
}

impl Runtime for Python {
    fn load_module(&self, path: &str) -> Result<Arc<dyn Module>> {
        Err(Error::new(
            Status::Unsupported,
            format!("modules of Python cannot be loaded yet: \"{path}\""),
        ))
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
