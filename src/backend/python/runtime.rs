//! [`Python`]: the running interpreter.

use std::cell::RefCell;
use std::sync::Arc;

use super::find::Request;
use super::start;
use crate::backend::{Module, Options, Runtime};
use crate::error::Result;
use crate::python::api::Api;
use crate::python::end;
use crate::python::gil::{self, Gil};

/// The interpreter of this process.
struct Python {
    api: &'static Api,
}

/// What the scopes of a thread hold, the innermost last; nothing where the GIL must not be kept.
struct Scopes(Vec<Option<Gil>>);

thread_local! {
    static SCOPES: RefCell<Scopes> = const { RefCell::new(Scopes(Vec::new())) };
}

impl Drop for Scopes {
    /// A thread that ends inside a scope leaves it, unless its state went first.
    fn drop(&mut self) {
        while let Some(scope) = self.0.pop() {
            match scope {
                Some(gil) if gil::is_held(gil.api) => drop(gil),
                scope => std::mem::forget(scope),
            }
        }
    }
}

/// The interpreter in this process, or the one that the options ask for.
pub(super) fn load(options: &Options) -> Result<Arc<dyn Runtime>> {
    let api = start::start(&Request::new(options)?)?;
    Ok(Arc::new(Python { api }))
}

impl Runtime for Python {
    fn check(&self) -> Result<()> {
        end::check()
    }

    fn load_module(&self, path: &str) -> Result<Arc<dyn Module>> {
        Ok(Arc::new(super::module::Module::load(self.api, path)?))
    }

    fn enter(&self) -> Result<()> {
        let gil = match gil::may_be_kept(self.api) {
            true => Some(gil::enter_for_host(self.api)?),
            false => None,
        };
        SCOPES.with_borrow_mut(|scopes| scopes.0.push(gil));
        Ok(())
    }

    fn leave(&self) {
        drop(SCOPES.with_borrow_mut(|scopes| scopes.0.pop()));
    }
}
