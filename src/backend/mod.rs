//! Guests: the contract every runtime fulfils, and the runtimes.
//!
//! A [`Backend`] is what is built in; loading it gives a [`Runtime`], which loads [`Module`]s,
//! which bind entities to signatures as [`Function`]s. Everything a call needs is prepared there.

use std::any::Any;
use std::sync::Arc;

use crate::call::Function;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::signature::TypeInfo;

pub mod c;
pub mod conformance;
mod description;
mod finding;
mod options;
pub mod python;
pub mod registry;

pub use description::{Description, Entry, EntryKind, Variable, float_as_json};
pub use finding::Finding;
pub use options::{OptionSpec, Options};

/// A language that is built in.
pub trait Backend: Send + Sync {
    /// Its name, as `metaffi_runtime_load` takes it.
    fn name(&self) -> &'static str;

    /// Other names it answers to.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// The options that loading takes.
    fn options(&self) -> &'static [OptionSpec];

    /// Starts the language's running system, or joins the one in this process. Called once, until
    /// the runtime is dropped.
    fn load(&self, options: &Options) -> Result<Arc<dyn Runtime>>;

    /// What is installed here, without starting anything.
    fn doctor(&self) -> Vec<Finding>;
}

/// A running system. Dropping it ends its use; what it loaded stays in the process.
pub trait Runtime: Send + Sync {
    /// Loads a module from what its runtime calls a path. `;` separates several parts.
    fn load_module(&self, path: &str) -> Result<Arc<dyn Module>>;

    /// Whether it works in the child of a process that has forked.
    fn survives_fork(&self) -> bool {
        false
    }

    /// Enters the runtime on this thread for a batch of calls. Nests; each is left on the same
    /// thread, in reverse order.
    fn enter(&self) -> Result<()> {
        Ok(())
    }

    /// Leaves what [`enter`](Runtime::enter) entered.
    fn leave(&self) {}
}

/// What a runtime loaded.
pub trait Module: Any + Send + Sync {
    /// Adds declarations in the runtime's own notation.
    fn declare(&self, text: &str) -> Result<()> {
        let _ = text;
        Err(Error::new(
            Status::Unsupported,
            "this runtime's modules describe themselves: only modules of runtime c take declarations",
        ))
    }

    /// Everything in the module that can be loaded.
    fn describe(&self) -> Result<Description>;

    /// Binds an entity to a signature: the declared types are checked against the real ones, and
    /// types not given are taken from what the module knows.
    fn load_entity(
        &self,
        path: &EntityPath,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Arc<Function>>;
}
