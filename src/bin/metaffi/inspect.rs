//! [`Inspect`]: what an object can do, and what it has.

use std::collections::HashMap;
use std::io::Write;
use std::mem::MaybeUninit;
use std::sync::Arc;

use clap::Args;
use metaffi::backend::{Description, Entry, EntryKind};
use metaffi::entity_path::EntityPath;
use metaffi::error::Result;
use metaffi::handle::{self, Key};
use metaffi::model::{Module, Runtime};
use metaffi::object::{self, AttributeName, Capabilities, MemberKind, Protocol, TextKind};
use metaffi::signature::Kind;
use metaffi::value::{self, OwnedValue, kind_of};
use serde::Serialize;

use crate::failure::Failure;
use crate::found::Found;
use crate::module_option::ModuleOption;
use crate::{describe, json, listing};

/// Show what an object can do and what it has
#[derive(Args)]
pub struct Inspect {
    /// The runtime, such as python3
    runtime: String,
    /// The module as its runtime names it
    module: String,
    /// An expression of the runtime's language in the module; for c, a name or a type, and a path
    /// from there, such as environ[0]. Without one, the module itself
    expression: Option<String>,
    /// An option of the module, such as include_dirs=/opt/include; may be repeated
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<ModuleOption>,
    /// A declaration in the runtime's own notation; may be repeated
    #[arg(long, value_name = "TEXT")]
    declare: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Also the members whose names begin with an underscore
    #[arg(long)]
    all: bool,
}

/// What is said of something.
#[derive(Serialize)]
struct Inspection {
    runtime: String,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    capabilities: Vec<&'static str>,
    members: Vec<InspectedMember>,
}

/// A member of it.
#[derive(Serialize)]
struct InspectedMember {
    name: String,
    kind: &'static str,
    /// A signature of what is called, the type of anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
}

impl Inspect {
    /// Prints what is known of it.
    pub fn run(&self, out: &mut impl Write) -> std::result::Result<(), Failure> {
        let runtime = Runtime::load(&self.runtime, Vec::new())?;
        let module = Module::load_with(&runtime, &self.module, ModuleOption::pairs(&self.options))?;
        for text in &self.declare {
            module.declare(text)?;
        }
        let expression = self.expression.as_deref();
        let mut inspection = match Found::of(&module, expression)? {
            Found::Object(held) if held.key() == 0 => of_value(&module, &null())?,
            Found::Object(held) => of_object(&module, held.key(), expression)?,
            Found::Value(value) => of_value(&module, &value)?,
            Found::Function(signature) => Inspection {
                r#type: "function".to_owned(),
                signature: Some(signature),
                capabilities: vec!["call"],
                ..Inspection::nothing(&module)
            },
        };
        inspection.members.retain(|member| self.all || !member.name.starts_with('_'));
        match self.json {
            true => {
                serde_json::to_writer_pretty(&mut *out, &inspection)?;
                writeln!(out)?;
            }
            false => print(&inspection, out)?,
        }
        Ok(())
    }
}

impl Inspection {
    fn nothing(module: &Module) -> Inspection {
        Inspection {
            runtime: module.runtime().name().to_owned(),
            r#type: String::new(),
            value: None,
            signature: None,
            capabilities: Vec::new(),
            members: Vec::new(),
        }
    }
}

fn null() -> OwnedValue {
    crate::argument::plain(value::null())
}

fn of_value(module: &Module, value: &OwnedValue) -> Result<Inspection> {
    let r#type = value::type_of(value)?.to_string();
    Ok(Inspection { r#type, value: Some(json::from_value(value)?), ..Inspection::nothing(module) })
}

fn of_object(module: &Arc<Module>, key: Key, expression: Option<&str>) -> Result<Inspection> {
    let r#type = handle::describe_object(key, |object| object.type_name())?;
    let protocol = object::of(key)?;
    let can = protocol.capabilities(key)?;
    let description = module.describe()?;
    let called = expression.filter(|_| can.has(Capabilities::CALL));
    let mut members = Vec::new();
    if can.has(Capabilities::LIST_MEMBERS) {
        let is_type = can.has(Capabilities::TYPE);
        let owner = match expression {
            None => None,
            Some(expression) if is_type => Some(expression),
            _ => Some(r#type.rsplit('.').next().unwrap_or(&r#type)),
        };
        let types = types(&description, owner);
        for member in protocol.members(key)? {
            let known = types.get(&member.name).cloned();
            let name = &member.name;
            let is_data = known.is_none() && member.kind == MemberKind::Attribute;
            let r#type = if is_data { type_of_member(protocol, key, name) } else { known };
            members.push(InspectedMember { r#type, kind: kind(member.kind), name: member.name });
        }
    }
    Ok(Inspection {
        signature: called.and_then(|name| signature(module, &description, name)),
        value: can.has(Capabilities::TEXT).then(|| display(protocol, key)).transpose()?,
        r#type,
        capabilities: can.names().collect(),
        members,
        ..Inspection::nothing(module)
    })
}

fn display(protocol: &dyn Protocol, key: Key) -> Result<serde_json::Value> {
    protocol.text(key, TextKind::Display).map(serde_json::Value::String)
}

fn kind(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::Attribute => "attribute",
        MemberKind::Method => "method",
        MemberKind::Property => "property",
        MemberKind::Type => "type",
        MemberKind::Module => "module",
    }
}

/// How what a name stands for is called: as it is declared, or as it is loaded.
fn signature(module: &Arc<Module>, description: &Description, name: &str) -> Option<String> {
    let mut declared = description.entities.iter().filter_map(called);
    let declared = declared.find(|(declared, _)| *declared == name).map(|(_, declared)| declared);
    declared.or_else(|| {
        let path = EntityPath::new().with("callable", name).to_string();
        let entity = module.load_entity(&path, None, None).ok()?;
        Some(entity.function().signature().to_string())
    })
}

/// The name of what is called, with how it is declared.
fn called(entry: &Entry) -> Option<(&str, String)> {
    let is_called =
        matches!(entry.kind, EntryKind::Function | EntryKind::Constructor | EntryKind::Method);
    let (_, name) = entry.path.split(',').next()?.split_once('=')?;
    let declared = || entry.declaration.clone().unwrap_or_else(|| describe::types(entry));
    is_called.then(|| (name, declared()))
}

/// What the module's description says of the members of a type, or of the module: signatures of what
/// is called, and the types of fields.
fn types(description: &Description, owner: Option<&str>) -> HashMap<String, String> {
    let mut types = HashMap::new();
    let prefix = owner.map_or(String::new(), |owner| format!("{owner}."));
    for entry in &description.entities {
        let Some((name, declared)) = called(entry) else { continue };
        let member = name.strip_prefix(&prefix).filter(|member| !member.contains('.'));
        if let Some(member) = member {
            types.entry(member.to_owned()).or_insert(declared);
        }
    }
    let named = |name: &str| description.types.iter().find(|found| found.name == name);
    let Some(mut found) = owner.and_then(named) else { return types };
    while let (None, Some(target)) = (&found.fields, found.target.as_deref().and_then(named)) {
        found = target;
    }
    for field in found.fields.iter().flatten() {
        let variable = &field.variable;
        if let Some(name) = &variable.name {
            let r#type = variable.alias.as_ref().unwrap_or(&variable.type_name);
            types.insert(name.clone(), r#type.clone());
        }
    }
    types
}

/// The type of the value that a member has now; nothing if it cannot be read.
fn type_of_member(protocol: &dyn Protocol, key: Key, name: &str) -> Option<String> {
    let mut place = MaybeUninit::uninit();
    protocol.get_attribute(key, AttributeName::Text(name), &mut place).ok()?;
    // SAFETY: written, and nobody else's.
    let value = unsafe { OwnedValue::from_raw(place.assume_init()) };
    match kind_of(&value).ok()? {
        Kind::Handle => {
            // SAFETY: a handle.
            let key = unsafe { value.data.object }.addr();
            handle::describe_object(key, |object| object.type_name()).ok()
        }
        kind => Some(kind.to_string()),
    }
}

fn print(inspection: &Inspection, out: &mut impl Write) -> std::result::Result<(), Failure> {
    let Inspection { runtime, r#type, value, signature, capabilities, members } = inspection;
    let is = |name: &&str| Capabilities::named(name).is_some_and(Capabilities::says_what_it_is);
    let (what, can): (Vec<&str>, Vec<&str>) = capabilities.iter().copied().partition(is);
    let lines = [
        ("runtime", runtime.clone()),
        ("type", r#type.clone()),
        ("value", value.as_ref().map_or(String::new(), ToString::to_string)),
        ("signature", signature.clone().unwrap_or_default()),
        ("is", what.join(", ")),
        ("can", can.join(", ")),
    ];
    for (title, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "{title:<11}{text}")?;
    }
    if !members.is_empty() {
        let row = |member: &InspectedMember| {
            let r#type = member.r#type.clone().unwrap_or_else(|| "?".to_owned());
            [member.kind.to_owned(), member.name.clone(), r#type]
        };
        let header = ["KIND", "MEMBER", "TYPE"];
        write!(out, "\n{}", listing::lines(header, members.iter().map(row)))?;
    }
    Ok(())
}
