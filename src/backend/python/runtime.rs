//! [`Python`]: the running interpreter.

use std::cell::RefCell;
use std::sync::Arc;

use super::find::Request;
use super::start;
use crate::backend::{Module, Options, Producer, Runtime};
use crate::error::Result;
use crate::object::ValuePlace;
use crate::python::api::Api;
use crate::python::lifecycle::end;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::protocol;

/// The interpreter of this process.
struct Python {
    api: &'static Api,
}

/// What the scopes of a thread hold, each with how many of them: what one took is given up when
/// the last is left that was entered under it.
struct Scopes(Vec<(Gil, usize)>);

/// Stands for a scope that holds nothing: somebody else holds the GIL, or it must not be kept.
const NOTHING: usize = 0;

thread_local! {
    static SCOPES: RefCell<Scopes> = const { RefCell::new(Scopes(Vec::new())) };
}

impl Drop for Scopes {
    /// A thread that ends inside a scope leaves it, unless its state went first.
    fn drop(&mut self) {
        while let Some((gil, _)) = self.0.pop() {
            match gil::is_held(gil.api) {
                true => drop(gil),
                false => std::mem::forget(gil),
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
        end::LIFE.check_ended()
    }

    fn load_module(&self, path: &str, _: &Options) -> Result<Arc<dyn Module>> {
        Ok(Arc::new(super::module::Module::load(self.api, path)?))
    }

    fn build(&self, produce: Producer<'_>, to: ValuePlace<'_>) -> Result<()> {
        protocol::build(self.api, produce, to)
    }

    fn enter(&self) -> Result<usize> {
        if !gil::may_stay_held(self.api) {
            return Ok(NOTHING);
        }
        let taken = Some(gil::enter_for_host(self.api)?).filter(Gil::is_taken);
        Ok(SCOPES.with_borrow_mut(|Scopes(held)| {
            match taken {
                Some(gil) => held.push((gil, 1)),
                None => held.last_mut().into_iter().for_each(|(_, scopes)| *scopes += 1),
            }
            held.len()
        }))
    }

    fn leave(&self, entered: usize) {
        SCOPES.with_borrow_mut(|Scopes(held)| {
            let Some(index) = entered.checked_sub(1) else { return };
            held[index].1 -= 1;
            while held.pop_if(|(_, scopes)| *scopes == 0).is_some() {}
        });
    }
}
