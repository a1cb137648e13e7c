//! Building types from other types instead of from text.

use std::sync::Arc;

use super::raw_call::RawCall;
use super::type_handle::TypeHandle;
use crate::backend::c::types::{
    Convention, DeclaredMember, FunctionType, Primitive, RecordKind, RecordOptions, TypeId,
    TypeKind, Types,
};
use crate::error::{Error, Result, Status};
use crate::fork::Once;

/// The types that belong to no module: primitives, and what is built of them alone.
static COMMON: Once<Arc<Types>> = Once::new();

fn common() -> &'static Arc<Types> {
    COMMON.get_or_init(Arc::default)
}

/// A primitive type of no module.
pub fn primitive(primitive: Primitive) -> TypeHandle {
    TypeHandle::new(common(), common().primitive(primitive))
}

/// A pointer to a type.
pub fn pointer(to: &TypeHandle) -> Result<TypeHandle> {
    let types = to.types();
    types.passing(|| types.shallow(types.pointer(to.id()))).map(TypeHandle::from)
}

/// An array of a type; `None` for one without a length.
pub fn array(of: &TypeHandle, length: Option<usize>) -> Result<TypeHandle> {
    of.types().passing(|| of.types().array(of.id(), length)).map(TypeHandle::from)
}

/// A member of a struct or union that is being built.
pub struct NewField<'a> {
    /// Its name, if it has one.
    pub name: Option<&'a str>,
    /// Its type.
    pub r#type: Arc<TypeHandle>,
    /// The width of a bit-field.
    pub width: Option<u32>,
    /// At least this alignment, in bytes.
    pub align: Option<usize>,
}

/// A struct or union that may be defined later.
pub fn declared(types: &Arc<Types>, kind: RecordKind, tag: Option<&str>) -> Result<TypeHandle> {
    types.passing(|| types.declare_record(kind, tag)).map(TypeHandle::from)
}

/// A struct or union. A tag that is declared already is defined with this; the same definition
/// once more is fine.
pub fn record(
    types: &Arc<Types>,
    kind: RecordKind,
    tag: Option<&str>,
    fields: &[NewField],
    options: RecordOptions,
) -> Result<TypeHandle> {
    let build = || {
        let mut converted = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            let what = || match field.name {
                Some(name) => format!("field {index} ({name})"),
                None => format!("field {index}"),
            };
            let type_id =
                same_module(types, &field.r#type).map_err(|error| error.context(what()))?;
            converted.push(DeclaredMember {
                name: field.name.map(str::to_owned),
                type_id,
                width: field.width,
                align: field.align,
                packed: false,
            });
        }
        let id = types.declare_record(kind, tag)?;
        types.complete_record(id, converted, options).map(|()| id)
    };
    types.passing(build).map(TypeHandle::from)
}

/// A function, of the module that one of its types belongs to: one that is of that module alone, if
/// there is one, or else what it returns.
///
/// # Errors
/// `UNSUPPORTED` for one that cannot be called, as far as its types are defined by now.
pub fn function(
    returns: &TypeHandle,
    params: &[Arc<TypeHandle>],
    variadic: bool,
    convention: Convention,
) -> Result<TypeHandle> {
    let all = params.iter().map(|param| &**param).chain([returns]);
    let mut of_module = all.clone().filter(|part| parts_of_any_module(part).is_none());
    let first = of_module.next().or(all.last());
    let types = first.map_or(common(), TypeHandle::types);
    // The module may have got an arena of its own since.
    let later = of_module.find(|part| first.is_some_and(|first| has(part.types(), first)));
    let types = later.map_or(types, TypeHandle::types);
    let build = || {
        let mut parameters = Vec::with_capacity(params.len());
        for (index, param) in params.iter().enumerate() {
            let id = same_module(types, param);
            parameters.push(id.map_err(|error| error.context(format_args!("parameter {index}")))?);
        }
        let returns = same_module(types, returns).map_err(|error| error.context("returns"))?;
        let shape = FunctionType { variadic, convention, ..FunctionType::new(returns, parameters) };
        types.function(shape)
    };
    let function = types.passing(build).map(TypeHandle::from)?;
    match RawCall::new::<&TypeHandle>(&function, &[]) {
        Err(refused) if refused.status() == Status::Unsupported => Err(refused),
        // A type without a definition may get one.
        _ => Ok(function),
    }
}

/// The type's id in the module that the new type will belong to, if it is of that or of every one.
fn same_module(types: &Arc<Types>, part: &TypeHandle) -> Result<TypeId> {
    if Arc::ptr_eq(types, part.types()) || has(types, part) {
        return Ok(part.id());
    }
    if let Some(id) = adopted(types, part)? {
        return Ok(id);
    }
    Err(Error::invalid(format!(
        "`{}` is a type of another module; parse or build it in this one",
        part.ctype().spell()
    )))
}

/// Whether an arena has the type of another, which it was copied from, under the same number.
fn has(types: &Types, part: &TypeHandle) -> bool {
    types.has_that_of(part.types(), part.id())
}

/// A type that is the same in every module, in the arena of one.
fn adopted(types: &Types, part: &TypeHandle) -> Result<Option<TypeId>> {
    let Some((primitive, around)) = parts_of_any_module(part) else { return Ok(None) };
    let mut found = types.primitive(primitive);
    for kind in around.into_iter().rev() {
        found = match kind {
            TypeKind::Array { length, .. } => types.array(found, length)?,
            TypeKind::Qualified { qualifiers, .. } => types.qualified(found, qualifiers)?,
            _ => types.pointer(found),
        };
    }
    Ok(Some(found))
}

/// What a type is made of that is the same in every module: a primitive, and what is around it,
/// the outermost first. Names that it has are its own module's, and say nothing else.
fn parts_of_any_module(part: &TypeHandle) -> Option<(Primitive, Vec<TypeKind>)> {
    let (types, mut id) = (part.types(), part.id());
    let mut around = Vec::new();
    loop {
        let kind = types.kind(id);
        id = match kind {
            TypeKind::Primitive(primitive) => return Some((primitive, around)),
            TypeKind::Alias { target, align: None, .. } => {
                id = target;
                continue;
            }
            TypeKind::Pointer(part) | TypeKind::Qualified { target: part, .. } => part,
            TypeKind::Array { element, .. } => element,
            _ => return None,
        };
        around.push(kind);
    }
}
