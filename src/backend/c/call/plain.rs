//! Which values are in their slots what C has in its registers.

use crate::call::plan::native_type::NativeType;
use crate::call::{Plan, c_mapping, registers};
use crate::signature::{Kind, Type};

/// Whether a slot of the type is the C value's register.
pub(super) fn is_plain(r#type: Type, native: &NativeType) -> bool {
    let kind = r#type.kind();
    match native {
        NativeType::Pointer => matches!(kind, Kind::Size | Kind::Uint64 | Kind::Int64),
        NativeType::U64 => matches!(kind, Kind::Uint64 | Kind::Size),
        _ => {
            !matches!(kind, Kind::Handle | Kind::Callable | Kind::Array | Kind::Any | Kind::Null)
                && c_mapping::native(kind) == *native
        }
    }
}

/// Whether a slot of the type is a code unit, for which C has an integer of its width and a sign.
pub(super) fn is_char(r#type: Type, native: &NativeType) -> bool {
    matches!(
        (r#type.kind(), native),
        (Kind::Char8, NativeType::I8)
            | (Kind::Char16, NativeType::I16)
            | (Kind::Char32, NativeType::I32)
    )
}

pub(super) fn is_signed_char(r#type: Type, native: &NativeType) -> bool {
    r#type.kind() == Kind::Char8 && *native == NativeType::I8
}

/// The C return type as the slot has it: without the sign that a code unit does not have. What nobody
/// wants has no slot.
pub(super) fn as_given(signature: &Plan, returned: &NativeType) -> NativeType {
    match signature.return_types() {
        [] if registers::slot_count(returned).is_some() => NativeType::Void,
        [info] if is_char(info.r#type, returned) => c_mapping::native(info.r#type.kind()),
        _ => returned.clone(),
    }
}

/// Whether C has the C type of the C mapping.
pub(super) fn is_mapped_type(r#type: Type, native: &NativeType) -> bool {
    let is_text = matches!(r#type.kind(), Kind::String8 | Kind::String16 | Kind::String32);
    is_plain(r#type, native) || is_text && *native == NativeType::Pointer
}
