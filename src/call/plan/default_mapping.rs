//! The C types that stand for types.

use super::native_type::NativeType;
use crate::signature::{Kind, TypeInfo};

/// The C type of a value held like that.
pub fn native(kind: Kind) -> NativeType {
    match kind {
        Kind::Float64 => NativeType::F64,
        Kind::Float32 => NativeType::F32,
        Kind::Int8 => NativeType::I8,
        Kind::Int16 => NativeType::I16,
        Kind::Int32 => NativeType::I32,
        Kind::Int64 => NativeType::I64,
        Kind::Uint8 | Kind::Bool | Kind::Char8 => NativeType::U8,
        Kind::Uint16 | Kind::Char16 => NativeType::U16,
        Kind::Uint32 | Kind::Char32 => NativeType::U32,
        Kind::Uint64 => NativeType::U64,
        // A word as wide as a pointer, or one.
        _ => NativeType::Pointer,
    }
}

/// The C parameters and the C return type that stand for those types.
pub(in crate::call) fn native_types(
    params: &[TypeInfo],
    returns: &[TypeInfo],
) -> (Vec<NativeType>, NativeType) {
    let params = params.iter().map(|info| native(info.r#type.kind()));
    match returns {
        [] => (params.collect(), NativeType::Void),
        [one] => (params.collect(), native(one.r#type.kind())),
        several => {
            let pointers = several.iter().map(|_| NativeType::Pointer);
            (params.chain(pointers).collect(), NativeType::Void)
        }
    }
}
