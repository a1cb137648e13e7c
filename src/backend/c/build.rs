//! Building types from other types instead of from text.

use std::sync::Arc;

use super::type_handle::TypeHandle;
use super::types::{Convention, Field, FunctionType, RecordKind, RecordOptions, TypeId, Types};
use crate::error::{Error, Result, Status};

/// A pointer to a type.
pub fn pointer(to: &TypeHandle) -> Result<TypeHandle> {
    let types = to.types();
    Ok(TypeHandle::new(types, types.shallow(types.pointer(to.id()))?))
}

/// An array of a type; `None` for one without a length.
pub fn array(of: &TypeHandle, length: Option<usize>) -> Result<TypeHandle> {
    Ok(TypeHandle::new(of.types(), of.types().array(of.id(), length)?))
}

/// A member of a struct or union that is being built.
pub struct NewField<'a> {
    /// Its name; none for an anonymous struct or union, and for padding bits.
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
    Ok(TypeHandle::new(types, types.declare_record(kind, tag)?))
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
    let mut converted = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        let what = || match field.name {
            Some(name) => format!("field {index} ({name})"),
            None => format!("field {index}"),
        };
        let type_id = same_module(types, &field.r#type).map_err(|error| error.context(what()))?;
        converted.push(Field {
            name: field.name.map(str::to_owned),
            type_id,
            width: field.width,
            align: field.align,
            packed: false,
        });
    }
    let id = types.declare_record(kind, tag)?;
    types.complete_record(id, converted, options)?;
    Ok(TypeHandle::new(types, id))
}

/// A function.
pub fn function(
    result: &TypeHandle,
    params: &[Arc<TypeHandle>],
    variadic: bool,
    convention: Convention,
) -> Result<TypeHandle> {
    let types = result.types();
    let mut parameters = Vec::with_capacity(params.len());
    for (index, param) in params.iter().enumerate() {
        let id = same_module(types, param);
        parameters.push(id.map_err(|error| error.context(format_args!("parameter {index}")))?);
    }
    let shape = FunctionType { variadic, convention, ..FunctionType::new(result.id(), parameters) };
    Ok(TypeHandle::new(types, types.function(shape)?))
}

/// The type's id, if it belongs to the module that the new type will belong to.
fn same_module(types: &Arc<Types>, part: &TypeHandle) -> Result<TypeId> {
    if Arc::ptr_eq(types, part.types()) {
        return Ok(part.id());
    }
    Err(Error::new(
        Status::InvalidArgument,
        format!(
            "`{}` is a type of another module; parse or build it in this one",
            part.ctype().spell()
        ),
    ))
}
