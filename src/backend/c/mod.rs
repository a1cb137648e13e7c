//! The runtime `c`: shared libraries, by symbol and by C declaration.

pub mod call;
pub mod convert;
pub mod data;
mod module;
pub mod parse;
mod protocol;
#[cfg(test)]
mod testing;
pub mod types;

pub use call::binding::{MOST_ARGUMENTS, imported};
pub use call::type_handle::TypeHandle;
pub use data::borrowed::BorrowedCData;
pub use data::cdata::CData;
pub use data::ctype::{CType, Representation};
pub use module::Module;
pub use types::NAME;

use std::sync::Arc;

use self::module::settings::OPTIONS;
use super::{Finding, Nature, OptionSpec, Options, Result, Runtime};
use crate::kit::{Exceptions, Floats, Forked, Jobs, Threads};

/// The language C.
pub struct Backend;

static NATURE: Nature = Nature {
    changes: &[],
    threads: Threads::Any,
    jobs: &JOBS,
    exceptions: Exceptions::Pass,
    floats: Floats::Callers,
    forked: Forked::Works,
};

static JOBS: Jobs = Jobs::new();

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        NAME
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["cpp"]
    }

    fn nature(&self) -> &'static Nature {
        &NATURE
    }

    fn options(&self) -> &'static [OptionSpec] {
        &OPTIONS
    }

    fn module_options(&self) -> &'static [OptionSpec] {
        &OPTIONS
    }

    fn is_single(&self) -> bool {
        false
    }

    fn load(&self, options: &Options) -> Result<Arc<dyn Runtime>> {
        Ok(Arc::new(C { options: options.clone() }))
    }

    fn doctor(&self) -> Vec<Finding> {
        crate::backend::c::module::doctor::findings()
    }
}

/// The running system of C: the process itself.
struct C {
    /// Those that modules have beside their own.
    options: Options,
}

impl Runtime for C {
    fn load_module(&self, path: &str, options: &Options) -> Result<Arc<dyn super::Module>> {
        Ok(Arc::new(Module::load(path, &options.over(&self.options, &OPTIONS))?))
    }
}
