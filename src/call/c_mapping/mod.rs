//! The C mapping, the C signature that stands for a signature when nothing is declared: what its
//! native function pointer looks like.
//!
//! Numbers, bool and characters are themselves; `string8`, `string16` and `string32` are
//! NUL-terminated `const char *`, `const uint16_t *` and `const uint32_t *`; `handle`,
//! `callable`, `array` and `any` are `metaffi_object *`, `metaffi_callable *`,
//! `const metaffi_array *` and `const metaffi_value *`. One return is the C return value; several
//! are stored through pointers that follow the arguments. Returned strings, handles, arrays and
//! values are owned by the caller: free them with `metaffi_free`, `metaffi_object_free`,
//! `metaffi_callable_free`, `metaffi_array_free`, and `metaffi_value_clear` then `metaffi_free`.

mod export;
mod import;
mod load;
mod store;
mod strings;

pub use export::{export, export_as};
pub use import::import;
pub use load::load;
pub use strings::length;

use super::plan::native_type::NativeType;
use crate::signature::{Kind, Signature};

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
        Kind::Size
        | Kind::String8
        | Kind::String16
        | Kind::String32
        | Kind::Handle
        | Kind::Callable
        | Kind::Any
        | Kind::Null
        | Kind::Array => NativeType::Pointer,
    }
}

/// The C parameters and the C return type of a signature.
pub(super) fn native_types(signature: &Signature) -> (Vec<NativeType>, NativeType) {
    let params = signature.params.iter().map(|param| native(param.info.r#type.kind()));
    match signature.returns.as_slice() {
        [] => (params.collect(), NativeType::Void),
        [one] => (params.collect(), native(one.r#type.kind())),
        several => {
            let pointers = several.iter().map(|_| NativeType::Pointer);
            (params.chain(pointers).collect(), NativeType::Void)
        }
    }
}
