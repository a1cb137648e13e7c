//! The C types that stand for types when nothing is declared.

use std::sync::Arc;

use crate::backend::c::types::{FunctionType, Primitive, Qualifiers, TypeId, Types};
use crate::error::{Error, Result};
use crate::signature::{Kind, TypeInfo};

/// The type of a function of which only the types of a signature are known.
pub fn function_type(
    types: &Arc<Types>,
    params: &[TypeInfo],
    returns: &[TypeInfo],
) -> Result<TypeId> {
    let parameter = |(index, info)| {
        c_type(types, info).map_err(|error| error.context(format_args!("parameter {index}")))
    };
    let parameters = params.iter().enumerate().map(parameter).collect::<Result<Vec<_>>>()?;
    let returns = match returns {
        [] => types.void(),
        [info] => return_type(types, info)?,
        several => {
            return Err(Error::invalid(format!(
                "{} return types given; a C function returns at most one",
                several.len()
            )));
        }
    };
    types.function(FunctionType::new(returns, parameters))
}

fn return_type(types: &Types, info: &TypeInfo) -> Result<TypeId> {
    match info.r#type.kind() {
        Kind::Array => Err(undeclared(info, "return")),
        _ => c_type(types, info).map_err(|error| error.context("return")),
    }
}

/// The C type that a type stands for: numbers for themselves, `const char *` for text, a pointer
/// to its elements for an array, `void *` for an object or a function.
pub fn c_type(types: &Types, info: &TypeInfo) -> Result<TypeId> {
    let name = |name: &str| types.named(name).unwrap_or_else(|| types.void());
    let kind = info.r#type.kind();
    Ok(match kind {
        Kind::Float64 => types.primitive(Primitive::Double),
        Kind::Float32 => types.primitive(Primitive::Float),
        Kind::Int8 => name("int8_t"),
        Kind::Int16 => name("int16_t"),
        Kind::Int32 => name("int32_t"),
        Kind::Int64 => name("int64_t"),
        Kind::Uint8 => name("uint8_t"),
        Kind::Uint16 => name("uint16_t"),
        Kind::Uint32 => name("uint32_t"),
        Kind::Uint64 => name("uint64_t"),
        Kind::Size => name("size_t"),
        Kind::Bool => types.primitive(Primitive::Bool),
        Kind::Char8 => types.primitive(Primitive::Char),
        Kind::Char16 => types.primitive(Primitive::Char16),
        Kind::Char32 => types.primitive(Primitive::Char32),
        Kind::String8 => text(types, Primitive::Char)?,
        Kind::String16 => text(types, Primitive::Char16)?,
        Kind::String32 => text(types, Primitive::Char32)?,
        Kind::Handle | Kind::Callable | Kind::Null => types.pointer(types.void()),
        Kind::Array => match info.r#type.element() {
            Some(element) if element.kind() != Kind::Any => {
                let element = c_type(types, &element.into())?;
                types.pointer(element)
            }
            _ => types.pointer(types.void()),
        },
        _ => return Err(undeclared(info, "parameter")),
    })
}

fn text(types: &Types, unit: Primitive) -> Result<TypeId> {
    let unit = types.qualified(types.primitive(unit), Qualifiers::CONST)?;
    Ok(types.pointer(unit))
}

fn undeclared(info: &TypeInfo, what: &str) -> Error {
    Error::mismatch(format!(
        "{info} does not say which C type the {what} has; declare the function \
             (as text to the module, or by a header in the module's path) or give another type"
    ))
}
