//! The runtime `c`: shared libraries, by symbol and by C declaration.

pub mod access;
mod aggregate;
mod assign;
mod bits;
pub mod buffer;
pub mod build;
mod callback;
pub mod cast;
mod cdata;
mod convert;
mod ctype;
mod errno;
mod function;
pub mod initialise;
mod library;
mod memory;
mod natural;
mod place;
pub mod raw_call;
pub mod raw_closure;
mod scalar;
mod step;
mod symbols;
pub mod text_view;
mod type_handle;
pub mod types;
mod variable;

pub use cdata::CData;
pub use ctype::{CType, Class};
pub use type_handle::TypeHandle;

use std::sync::Arc;

use super::{Finding, OptionSpec, Options, Result, Runtime};

/// The runtime's name.
pub const NAME: &str = "c";

/// The language C.
pub struct Backend;

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        NAME
    }
    fn aliases(&self) -> &'static [&'static str] {
        &["cpp"]
    }
    fn options(&self) -> &'static [OptionSpec] {
        &[]
    }
    fn load(&self, _: &Options) -> Result<Arc<dyn Runtime>> {
        Err(crate::error::Error::new(crate::error::Status::Unsupported, "not yet"))
    }
    fn doctor(&self) -> Vec<Finding> {
        Vec::new()
    }
}
