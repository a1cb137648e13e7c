//! The runtime `c`: shared libraries, by symbol and by C declaration.

pub mod access;
mod aggregate;
mod assign;
mod binding;
mod bits;
pub mod buffer;
pub mod build;
mod callback;
pub mod cast;
mod cdata;
mod class;
mod constant;
mod convert;
mod ctype;
pub mod declare;
mod describe;
mod doctor;
mod entity;
mod function;
mod held;
pub mod initialise;
mod layouts;
mod library;
mod memory;
mod module;
mod natural;
mod ownership;
mod parts;
mod place;
mod proxy;
pub mod raw_call;
pub mod raw_closure;
mod raw_variadic;
mod scalar;
mod step;
mod symbols;
#[cfg(test)]
mod testing;
pub mod text_view;
mod type_handle;
pub mod types;
mod variable;

pub use binding::{MOST_ARGUMENTS, imported};
pub use cdata::{CData, Shared};
pub use ctype::{CType, Class};
pub use module::Module;
pub use type_handle::TypeHandle;

use std::sync::Arc;

use super::{Finding, Nature, OptionSpec, Options, Result, Runtime};
use crate::handle::{self, Key};
use crate::kit::{Exceptions, Floats, Forked, Threads};

/// The runtime's name.
pub const NAME: &str = "c";

/// The language C.
pub struct Backend;

const OPTIONS: [OptionSpec; 1] = [OptionSpec {
    key: "compiler",
    help: "the C compiler that preprocesses headers; otherwise $CC, cc, gcc or clang",
}];

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        NAME
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["cpp"]
    }

    fn nature(&self) -> &'static Nature {
        &Nature {
            changes: &[],
            threads: Threads::Any,
            exceptions: Exceptions::Pass,
            floats: Floats::Callers,
            forked: Forked::Works,
        }
    }

    fn options(&self) -> &'static [OptionSpec] {
        &OPTIONS
    }

    fn load(&self, options: &Options) -> Result<Arc<dyn Runtime>> {
        let compiler = options.get("compiler").map(str::to_owned);
        Ok(Arc::new(C { compiler }))
    }

    fn doctor(&self) -> Vec<Finding> {
        doctor::findings()
    }

    fn proxy(&self, object: Key) -> Result<Option<Box<dyn super::Proxy>>> {
        let object = handle::get::<CData>(object)?;
        Ok(Some(Box::new(proxy::DataProxy::new(object))))
    }
}

/// The running system of C: the process itself.
struct C {
    compiler: Option<String>,
}

impl Runtime for C {
    fn load_module(&self, path: &str) -> Result<Arc<dyn super::Module>> {
        Ok(Arc::new(Module::load(path, self.compiler.as_deref())?))
    }
}
