//! Types as Python spells them: tuples of a number, an alias or None, and a rank.

use crate::call::{Function, ValuesFunction};
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

/// The signature of a function as an `inspect.Signature`: types are spelled by the function's own
/// language, if that is known. Of one that calls Python's `called`, it has what that takes besides.
pub fn signature(gil: &Gil, function: &Function, called: Option<&PyRef>) -> Result<PyRef> {
    let spelled = |infos: &[TypeInfo]| {
        let spell = |info: &TypeInfo| match &info.alias {
            Some(alias) => alias.to_string(),
            None => info.to_string(),
        };
        let spelled: Vec<String> = infos.iter().map(spell).collect();
        support::texts(gil, &spelled.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let names = 0..function.params().len();
    let names: Vec<&str> = names.map(|index| function.name(index).unwrap_or_default()).collect();
    // What takes any values shows which it has to be given.
    let required = match ValuesFunction::of(function) {
        Some(_) => support::int(gil, function.required() as u64)?,
        None => support::none(gil),
    };
    let none = support::none(gil);
    let given = [
        &support::texts(gil, &names)?,
        &spelled(function.param_types())?,
        &spelled(function.return_types())?,
        &support::truth(gil, function.signature().variadic),
        &required,
        called.unwrap_or(&none),
    ];
    support::call(gil, &support::signatures(gil)?.text_signature, &given)
}
