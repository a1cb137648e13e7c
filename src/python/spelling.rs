//! Types as Python spells them: tuples of a number, an alias or None, and a rank.

use super::gil::Gil;
use super::object::PyRef;
use super::support;
use crate::error::Result;
use crate::signature::TypeInfo;

/// The tuple of a type.
pub fn spell(gil: &Gil, info: &TypeInfo) -> Result<PyRef> {
    let alias = match &info.alias {
        Some(alias) => support::text(gil, alias)?,
        None => support::none(gil),
    };
    let rank = support::int(gil, info.dimensions as u64)?;
    support::tuple(gil, vec![support::int(gil, info.r#type.number())?, alias, rank])
}

/// The tuple of several.
pub fn spell_all<'a>(gil: &Gil, infos: impl Iterator<Item = &'a TypeInfo>) -> Result<PyRef> {
    let infos = infos.map(|info| spell(gil, info)).collect::<Result<_>>()?;
    support::tuple(gil, infos)
}
