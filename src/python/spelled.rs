//! Types of a signature as Python sees them: tuples of a number, an alias and a rank.

use super::gil::Gil;
use super::object::PyRef;
use super::support::{self, int, tuple};
use crate::abi;
use crate::error::Result;
use crate::signature::TypeInfo;

/// The tuple of a type.
fn spell(gil: &Gil, info: &TypeInfo) -> Result<PyRef> {
    let number: abi::metaffi_type = info.r#type.number();
    let alias = match &info.alias {
        Some(alias) => support::text(gil, alias)?,
        None => support::none(gil),
    };
    tuple(gil, vec![int(gil, number)?, alias, int(gil, info.dimensions as u64)?])
}

/// The tuple of several.
pub fn spell_all<'a>(gil: &Gil, infos: impl Iterator<Item = &'a TypeInfo>) -> Result<PyRef> {
    let infos = infos.map(|info| spell(gil, info)).collect::<Result<_>>()?;
    tuple(gil, infos)
}
