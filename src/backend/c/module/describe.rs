//! What a module has to load.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::library::SymbolKind;
use super::{Module, constant, described_type, symbols};
use crate::backend::c::NAME;
use crate::backend::c::call::binding::Binding;
use crate::backend::c::convert::{Direction, infer};
use crate::backend::c::data::ctype::CType;
use crate::backend::c::parse::{Constant, Declaration, Item};
use crate::backend::c::types::Types;
use crate::backend::{DescribedParameter, Description, Entry, EntryKind};
use crate::entity_path::EntityPath;

/// Every function and variable that is declared and there, every constant, and every symbol that
/// nothing declares. Names that C reserves to the implementation are left out.
pub(in crate::backend::c) fn describe(module: &Module) -> Description {
    let exported: BTreeMap<String, SymbolKind> = module
        .library()
        .files()
        .flat_map(|file| symbols::exported(&file))
        .map(|symbol| (symbol.name, symbol.kind))
        .collect();
    let mut entries = BTreeMap::new();
    let declarations = module.declarations();
    let types = declarations.types();
    for declaration in declarations.declarations() {
        let there = |label: &Option<Arc<str>>| {
            let symbol = label.as_deref().unwrap_or(&declaration.name);
            match exported.is_empty() {
                true => module.library().symbol(symbol).is_ok(),
                false => exported.contains_key(symbol),
            }
        };
        let wanted = match &declaration.item {
            Item::Function(function) => there(&function.asm_label),
            Item::Global(global) => there(&global.asm_label),
            Item::Constant(_) => !is_reserved(&declaration.name),
            Item::Typedef(_) => false,
        };
        if wanted {
            entries.insert(declaration.name.to_string(), entry(types, &declaration));
        }
    }
    for (name, kind) in exported {
        if !is_reserved(&name) {
            entries.entry(name).or_insert_with_key(|name| undeclared(name, kind));
        }
    }
    Description {
        runtime: NAME,
        module: module.path().to_owned(),
        entities: entries.into_values().collect(),
        types: described_type::all(&declarations),
        unsupported: declarations.unsupported(),
    }
}

/// Whether C reserves the name: it begins with an underscore.
pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with('_')
}

fn entry(types: &Arc<Types>, declaration: &Declaration) -> Entry {
    let name = &*declaration.name;
    let mut entry = match &declaration.item {
        Item::Function(function) => {
            let (id, code, names) = (function.type_id, std::ptr::null(), Some(&function.names));
            let binding = Binding { types, id, code, names, kept: None };
            let entry = Entry::new(path("callable", name), EntryKind::Function);
            match binding.inferred() {
                Ok(signature) => entry.with_signature(&signature),
                Err(_) => entry,
            }
        }
        Item::Global(global) => {
            let ctype = CType::new(types, global.type_id);
            let mut entry = Entry::new(path("global", name), EntryKind::Global);
            let returned = infer(&ctype, Direction::FromC);
            entry.returns =
                Some(returned.iter().map(|info| DescribedParameter::new(None, info)).collect());
            entry
        }
        Item::Constant(constant) => constant_entry(types, name, constant),
        Item::Typedef(_) => Entry::new(path("constant", name), EntryKind::Constant),
    };
    entry.declaration = match &declaration.item {
        Item::Function(function) => Some(types.spell_named(function.type_id, name)),
        Item::Global(global) => Some(types.spell_named(global.type_id, name)),
        _ => None,
    };
    entry
}

fn constant_entry(types: &Arc<Types>, name: &str, constant: &Constant) -> Entry {
    let mut entry = Entry::new(path("constant", name), EntryKind::Constant);
    let ctype = CType::new(types, constant.type_id);
    let returned = constant::inferred(&ctype, &constant.value);
    entry.returns = Some(vec![DescribedParameter::new(None, &returned)]);
    entry.value = constant::json(&ctype, &constant.value);
    entry
}

fn undeclared(name: &str, kind: SymbolKind) -> Entry {
    match kind {
        SymbolKind::Function => Entry::new(path("callable", name), EntryKind::Function),
        _ => Entry::new(path("global", name), EntryKind::Global),
    }
}

fn path(key: &str, name: &str) -> String {
    EntityPath::new().with(key, name).to_string()
}
