//! The runtime `c`: shared libraries, by symbol and by C declaration.

mod assign;
mod callback;
mod cdata;
mod convert;
mod ctype;
mod errno;
mod function;
mod library;
mod natural;
mod symbols;
pub mod types;
mod variable;

pub use cdata::CData;
pub use ctype::{CType, Class};

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
