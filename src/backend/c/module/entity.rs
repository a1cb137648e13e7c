//! What an entity path of this runtime names.

use std::ffi::c_void;
use std::sync::Arc;

use super::library::{SymbolKind, symbol_kind};
use super::{Module, constant};
use crate::backend::c::call::binding::{Binding, ParameterNames};
use crate::backend::c::call::c_mapping;
use crate::backend::c::call::part::{self, ObjectPart};
use crate::backend::c::call::variable::{self, Address, ConstantResult};
use crate::backend::c::data::ctype::CType;
use crate::backend::c::parse::{Declarations, Item};
use crate::backend::c::types::{TypeId, TypeKind};
use crate::backend::{DeclaredTypes, EntryKind};
use crate::call::Function;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::signature::{Kind, Parameter, Signature, TypeInfo};

const KEYS: [&str; 5] = ["callable", "global", "constant", "attribute", "item"];
const TAGS: [&str; 7] =
    ["getter", "setter", "deleter", "address", "pointer", "instance_required", "item"];

/// Binds the entity of a path.
pub(in crate::backend::c) fn load(
    module: &Module,
    path: &EntityPath,
    params: Option<&[TypeInfo]>,
    returns: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    let (key, name) = path.one(&KEYS, &TAGS)?;
    let tags: Vec<&str> = path.tags().collect();
    let declared = DeclaredTypes { params, returns };
    let name = match (key, name) {
        (_, Some(name)) if key != "item" => name,
        _ => return part_of_object(ObjectPart::Element, path, declared),
    };
    match (key, tags.as_slice()) {
        ("attribute", _) => part_of_object(ObjectPart::Member(name.into()), path, declared),
        ("callable", []) => function(module, name, declared),
        ("callable", ["pointer"]) => pointer_function(module, name, declared),
        ("callable", ["address"]) => function_address(module, name, declared),
        ("global", [] | ["getter"]) => {
            declared.no_params("a getter")?;
            let (ctype, address) = global(module, name, returns)?;
            variable::getter(ctype, address, returns)
        }
        ("global", ["setter"]) => {
            declared.no_returns("a setter")?;
            let (ctype, address) = global(module, name, params)?;
            variable::setter(ctype, address, params)
        }
        ("global", ["address"]) => {
            let (ctype, address) = global(module, name, None)?;
            pointer(ctype.pointer(), address.get()?, declared)
        }
        ("constant", [] | ["getter"]) => constant(module, name, declared),
        ("callable", ["instance_required"]) => Err(Error::unsupported(
            "objects of C have no methods; a function that C keeps in one is read by \
             attribute=…,instance_required, as a callable",
        )),
        _ => Err(Error::new(
            Status::Syntax,
            format!(
                "{key}= does not go with {}; callable takes address or pointer, global takes one of getter, \
                 setter and address, constant takes getter",
                tags.join(", ")
            ),
        )),
    }
}

/// A member or an element of whatever object the first argument is.
fn part_of_object(
    part: ObjectPart,
    path: &EntityPath,
    declared: DeclaredTypes<'_>,
) -> Result<Arc<Function>> {
    let is_member = matches!(part, ObjectPart::Member(_));
    let syntax = |message: &str| Err(Error::new(Status::Syntax, message));
    if path.has("deleter") {
        return Err(Error::unsupported("what an object of C consists of cannot be deleted"));
    }
    if path.has("address") || path.has("pointer") || path.has("getter") && path.has("setter") {
        return syntax("attribute and item take one of getter and setter");
    }
    if path.has("instance_required") != is_member {
        return match is_member {
            true => syntax(
                "a member is that of the first argument: attribute=…,instance_required; a variable \
                 is global=…",
            ),
            false => syntax(
                "an item is always that of the first argument: item, without instance_required",
            ),
        };
    }
    if path.get("item").is_some() {
        return Err(Error::unsupported(
            "the items of C have numbers, which are an argument: item, without a value",
        ));
    }
    let index = (!is_member).then(|| Kind::Int64.into());
    let object = std::iter::once(TypeInfo::from(Kind::Handle)).chain(index);
    let (params, returns) = match path.has("setter") {
        true => (object.chain([Kind::Any.into()]).collect(), vec![]),
        false => (object.collect(), vec![Kind::Any.into()]),
    };
    let params = one_for_each(declared.params, params, "parameters")?;
    let params = params.into_iter().map(Parameter::from).collect();
    let returns = one_for_each(declared.returns, returns, "returns")?;
    part::bind(part, Signature { params, returns, variadic: false })
}

fn one_for_each(
    declared: Option<&[TypeInfo]>,
    inferred: Vec<TypeInfo>,
    what: &str,
) -> Result<Vec<TypeInfo>> {
    match declared {
        None => Ok(inferred),
        Some(declared) if declared.len() == inferred.len() => Ok(declared.to_vec()),
        Some(declared) => Err(Error::invalid(format!(
            "{} {what} declared, and there are {}: the object, the index of an item, and the value \
             for a setter; a getter returns the value",
            declared.len(),
            inferred.len()
        ))),
    }
}

/// The entity of a name: what is declared, or else a symbol that nothing declares.
pub(in crate::backend::c) fn find(module: &Module, name: &str) -> Result<(EntityPath, EntryKind)> {
    let (key, kind) = match module.declarations().get(name) {
        Ok(declaration) => match declaration.item {
            Item::Function(_) => ("callable", EntryKind::Function),
            Item::Global(_) => ("global", EntryKind::Global),
            Item::Constant(_) => ("constant", EntryKind::Constant),
            Item::Typedef(_) => {
                let message = format!("\"{name}\" is a type; new, cast and sizeof take it");
                return Err(Error::not_found(message));
            }
        },
        Err(undeclared) => {
            match module.library().symbol(name).map(|found| symbol_kind(name, found)) {
                Ok(SymbolKind::Data | SymbolKind::ThreadLocal) => ("global", EntryKind::Global),
                Ok(SymbolKind::Function | SymbolKind::Other) => ("callable", EntryKind::Function),
                Err(_) => return Err(undeclared),
            }
        }
    };
    Ok((EntityPath::new().with(key, name), kind))
}

impl DeclaredTypes<'_> {
    fn no_params(&self, what: &str) -> Result<()> {
        match self.params {
            Some([_, ..]) => Err(Error::invalid(format!("{what} takes no parameters"))),
            _ => Ok(()),
        }
    }

    fn no_returns(&self, what: &str) -> Result<()> {
        match self.returns {
            Some([_, ..]) => Err(Error::invalid(format!("{what} returns nothing"))),
            _ => Ok(()),
        }
    }
}

fn function(module: &Module, name: &str, declared: DeclaredTypes<'_>) -> Result<Arc<Function>> {
    let declarations = module.declarations();
    let found = find_function(module, &declarations, name, declared)?;
    let (types, names) = (declarations.types(), found.names.as_ref());
    let binding = Binding { types, id: found.type_id, code: found.code, names, kept: None };
    binding.bind(declared.params, declared.returns)
}

/// A function whose result stays a pointer, also to what is text.
fn pointer_function(
    module: &Module,
    name: &str,
    declared: DeclaredTypes<'_>,
) -> Result<Arc<Function>> {
    declared.no_returns("a function whose result stays a pointer")?;
    let returns = [TypeInfo::from(Kind::Handle)];
    let declared = DeclaredTypes { returns: Some(&returns), ..declared };
    let declarations = module.declarations();
    let (found, types) =
        (find_function(module, &declarations, name, declared)?, declarations.types());
    if let TypeKind::Function(function) = types.resolved(found.type_id)
        && !matches!(types.resolved(function.returns), TypeKind::Pointer(_))
    {
        let spelling = types.spell(function.returns);
        return Err(Error::mismatch(format!("{name} returns {spelling}, which is no pointer")));
    }
    function(module, name, declared)
}

fn function_address(
    module: &Module,
    name: &str,
    declared: DeclaredTypes<'_>,
) -> Result<Arc<Function>> {
    let declarations = module.declarations();
    let found = find_function(module, &declarations, name, declared)?;
    let ctype = CType::new(declarations.types(), found.type_id).pointer();
    pointer(ctype, found.code.cast_mut().cast(), declared)
}

struct FoundSymbol {
    type_id: TypeId,
    code: *const (),
    names: Option<ParameterNames>,
}

/// A function's type and where it is: as declared, or else as the given types say.
fn find_function(
    module: &Module,
    declarations: &Declarations,
    name: &str,
    declared: DeclaredTypes<'_>,
) -> Result<FoundSymbol> {
    let item = match declarations.get(name) {
        Ok(declaration) => Some(declaration.item),
        Err(error) if error.status() != Status::NotFound => return Err(error),
        Err(undeclared) => match declared {
            DeclaredTypes { params: Some(_), returns: Some(_) } => None,
            _ => {
                // Say that the symbol is missing, if it is, before that it is not declared.
                code(module, name)?;
                return Err(Error::new(
                    undeclared.status(),
                    format!(
                        "{}; declare the function (as text to the module, or by a header in the \
                         module's path), or give the types of its parameters and returns",
                        undeclared.message()
                    ),
                ));
            }
        },
    };
    match item {
        Some(Item::Function(function)) => {
            let symbol = function.asm_label.as_deref().unwrap_or(name);
            let code = code(module, symbol).map_err(|error| match function.inline {
                true => error.context(format_args!(
                    "{name} is inline in its header, so that there may be no function to call; \
                     compile one that calls it"
                )),
                false => error,
            })?;
            Ok(FoundSymbol { type_id: function.type_id, code, names: Some(function.names) })
        }
        Some(other) => Err(wrong_kind(name, &other, "callable")),
        None => {
            let params = declared.params.unwrap_or_default();
            let returns = declared.returns.unwrap_or_default();
            let type_id = c_mapping::function_type(declarations.types(), params, returns)?;
            Ok(FoundSymbol { type_id, code: code(module, name)?, names: None })
        }
    }
}

/// The address of a function; data is refused.
fn code(module: &Module, symbol: &str) -> Result<*const ()> {
    let address = module.library().symbol(symbol)?;
    match symbol_kind(symbol, address) {
        SymbolKind::Data | SymbolKind::ThreadLocal => Err(Error::mismatch(format!(
            "\"{symbol}\" is data, which cannot be called; load it as global={symbol}"
        ))),
        SymbolKind::Function | SymbolKind::Other => Ok(address.cast_const().cast()),
    }
}

/// A variable's type and where it is: as declared, or else as the given type says.
fn global(module: &Module, name: &str, declared: Option<&[TypeInfo]>) -> Result<(CType, Address)> {
    let declarations = module.declarations();
    let types = declarations.types();
    let (type_id, symbol, thread_local) = match declarations.get(name) {
        Ok(declaration) => match declaration.item {
            Item::Global(global) => {
                let symbol = global.asm_label.as_deref().unwrap_or(name).to_owned();
                (global.type_id, symbol, global.thread_local)
            }
            other => return Err(wrong_kind(name, &other, "global")),
        },
        Err(error) if error.status() != Status::NotFound => return Err(error),
        Err(undeclared) => match declared {
            Some([info]) => (c_mapping::c_type(types, info)?, name.to_owned(), false),
            _ => return Err(undeclared),
        },
    };
    let address = module.library().symbol(&symbol)?;
    let address = match symbol_kind(&symbol, address) {
        SymbolKind::Function => {
            return Err(Error::mismatch(format!(
                "\"{symbol}\" is a function; load it as callable={symbol}"
            )));
        }
        SymbolKind::ThreadLocal => Address::thread_local(module.library(), symbol),
        _ if thread_local => Address::thread_local(module.library(), symbol),
        _ => Address::fixed(address),
    };
    Ok((CType::new(types, type_id), address))
}

fn constant(module: &Module, name: &str, declared: DeclaredTypes<'_>) -> Result<Arc<Function>> {
    declared.no_params("a constant")?;
    let declarations = module.declarations();
    let found = match declarations.get(name)?.item {
        Item::Constant(constant) => constant,
        other => return Err(wrong_kind(name, &other, "constant")),
    };
    let ctype = CType::new(declarations.types(), found.type_id);
    constant::load(ctype, &found.value, declared.returns)
}

/// A function that returns a pointer.
fn pointer(
    ctype: CType,
    address: *mut c_void,
    declared: DeclaredTypes<'_>,
) -> Result<Arc<Function>> {
    declared.no_params("an address")?;
    let info = match declared.returns {
        Some([info]) => info.clone(),
        _ => TypeInfo { alias: Some(ctype.spell().into()), ..Kind::Handle.into() },
    };
    let made = match info.r#type.kind() {
        Kind::Handle => ConstantResult::Pointer(ctype, address),
        Kind::Size | Kind::Uint64 | Kind::Int64 => {
            ConstantResult::Slot(address.expose_provenance() as u64)
        }
        _ => {
            return Err(Error::mismatch(format!(
                "{info} cannot be taken from an address; use handle or size"
            )));
        }
    };
    variable::constant(info, made)
}

#[cold]
fn wrong_kind(name: &str, item: &Item, wanted: &str) -> Error {
    let (what, advice) = match item {
        Item::Function(_) => ("a function", format!("load it as callable={name}")),
        Item::Global(_) => ("a variable", format!("load it as global={name}")),
        Item::Constant(_) => ("a constant", format!("load it as constant={name}")),
        Item::Typedef(_) => ("a type", "types are not loaded as entities".to_owned()),
    };
    Error::mismatch(format!("\"{name}\" is {what}, no {wanted}; {advice}"))
}
