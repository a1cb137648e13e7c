//! What is built in: the only place that names the runtimes.

use super::{Backend, c, jvm, python};
use crate::error::{Error, Result};
use crate::suggest;

/// Every language that is built in.
pub fn all() -> &'static [&'static dyn Backend] {
    &[&c::Backend, &python::Backend, &jvm::Backend]
}

/// The language of a name or alias.
pub fn find(name: &str) -> Result<&'static dyn Backend> {
    let answers =
        |backend: &&&dyn Backend| backend.name() == name || backend.aliases().contains(&name);
    all().iter().find(answers).copied().ok_or_else(|| {
        let names: Vec<&str> = all().iter().map(|backend| backend.name()).collect();
        Error::not_found(format!(
            "there is no runtime \"{name}\"{}; built in: {}",
            suggest::hint(name, names.iter().copied()),
            names.join(", ")
        ))
    })
}
