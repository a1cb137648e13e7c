//! Types as Python spells them: tuples of a number, an alias or None, and a rank.

use crate::error::Result;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;
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
pub fn spell_all(gil: &Gil, infos: &[TypeInfo]) -> Result<PyRef> {
    let infos = infos.iter().map(|info| spell(gil, info)).collect::<Result<_>>()?;
    support::tuple(gil, infos)
}
