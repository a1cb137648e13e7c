//! The runtime `c`: shared libraries, by symbol and by C declaration.

pub mod types;

use std::sync::Arc;

use super::{Finding, OptionSpec, Options, Result, Runtime};

/// The language C.
pub struct Backend;

impl super::Backend for Backend {
    fn name(&self) -> &'static str {
        "c"
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
