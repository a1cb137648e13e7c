//! Everything in a module, as its classes declare it.

use serde::Deserialize;

use super::entity::BoundParameter;
use super::module::Module;
use crate::backend::{Description, Entry, EntryKind};
use crate::error::{Error, Result, Status};
use crate::java::NAME;
use crate::signature::{Parameter, Signature};

/// What the part in Java says of the classes.
#[derive(Deserialize)]
struct ClassesDescription {
    entities: Vec<MemberDescription>,
}

/// What it says of one member.
#[derive(Deserialize)]
struct MemberDescription {
    path: String,
    kind: String,
    declaration: String,
    params: Vec<BoundParameter>,
    returns: Vec<BoundParameter>,
}

/// The description of a module.
pub(super) fn describe(module: &Module) -> Result<Description> {
    let text = module.support().describe_module(module.loader())?;
    let described: ClassesDescription = serde_json::from_str(&text)
        .map_err(|error| Error::new(Status::Internal, format!("the part in Java says: {error}")))?;
    let mut entities = described.entities.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
    entities.sort_by(|a, b| a.path.cmp(&b.path));
    let module = module.path().to_owned();
    Ok(Description { runtime: NAME, module, entities, types: vec![], unsupported: vec![] })
}

fn entry(described: MemberDescription) -> Result<Entry> {
    let kind = match described.kind.as_str() {
        "constructor" => EntryKind::Constructor,
        "method" => EntryKind::Method,
        "field" => EntryKind::Field,
        "constant" => EntryKind::Constant,
        "global" => EntryKind::Global,
        _ => EntryKind::Function,
    };
    let parameter = |found: &BoundParameter| {
        let name = found.name.as_deref().map(Into::into);
        Ok(Parameter { name, info: found.info()? })
    };
    let signature = Signature {
        params: described.params.iter().map(parameter).collect::<Result<_>>()?,
        returns: described.returns.iter().map(BoundParameter::info).collect::<Result<_>>()?,
        variadic: false,
    };
    Ok(Entry {
        declaration: Some(described.declaration),
        ..Entry::new(described.path, kind).with_signature(&signature)
    })
}
