//! Everything in a module, as its annotations and docstrings say.

use serde::Deserialize;

use super::module::Module;
use crate::backend::{Description, Entry, EntryKind};
use crate::entity_path::EntityPath;
use crate::error::Result;
use crate::python::convert::inferred::{self, Inferred};
use crate::python::lifecycle::gil;
use crate::python::{NAME, support};

/// What the support package says of one entity.
#[derive(Deserialize)]
struct EntityDescription {
    path: String,
    kind: String,
    #[serde(flatten)]
    signature: Inferred,
    declaration: Option<String>,
    documentation: Option<String>,
}

/// The description of a module.
pub(super) fn describe(module: &Module) -> Result<Description> {
    let api = module.api();
    let text = {
        let gil = gil::enter(api)?;
        let describe = &support::descriptions(&gil)?.describe;
        support::text_of_call(&gil, describe, &[module.modules()])?
    };
    let described: Vec<EntityDescription> = inferred::parse(&text)?;
    let mut entities = described.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
    entities.sort_by(|a, b| a.path.cmp(&b.path));
    let module = module.path().to_owned();
    Ok(Description { runtime: NAME, module, entities, types: vec![], unsupported: vec![] })
}

/// The entity of a name.
pub(super) fn find(module: &Module, name: &str) -> Result<(EntityPath, EntryKind)> {
    let api = module.api();
    let gil = gil::enter(api)?;
    let (find, name_object) = (&support::descriptions(&gil)?.find, support::text(&gil, name)?);
    let key = support::text_of_call(&gil, find, &[module.modules(), &name_object])?;
    let kind = if key == "attribute" { EntryKind::Global } else { EntryKind::Function };
    Ok((EntityPath::new().with(&key, name), kind))
}

fn entry(described: EntityDescription) -> Result<Entry> {
    let kind = match described.kind.as_str() {
        "constructor" => EntryKind::Constructor,
        "method" => EntryKind::Method,
        "field" => EntryKind::Field,
        "global" => EntryKind::Global,
        _ => EntryKind::Function,
    };
    let (signature, _) = described.signature.signature()?;
    Ok(Entry {
        declaration: described.declaration,
        documentation: described.documentation,
        ..Entry::new(described.path, kind).with_signature(&signature)
    })
}
