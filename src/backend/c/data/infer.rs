use super::accept::Direction;
use super::ctype::{Format, Info, PointeeKind, Representation};
use crate::backend::c::types::{Primitive, TypeKind as CKind};
use crate::signature::{Kind, TypeInfo};

/// The type of a C type when the caller declares none; `None` for void.
///
/// A pointer that C takes may be given in several ways, so it is `any`; a pointer that C gives is
/// an object, or text if it points to `char`.
pub fn infer(ctype: &Info, direction: Direction) -> Option<TypeInfo> {
    let kind = match ctype.class {
        Representation::Void => return None,
        Representation::Bool => Kind::Bool,
        Representation::Integer { signed } => integer(ctype, signed),
        Representation::Float(Format::Single) => Kind::Float32,
        Representation::Float(Format::Double) => Kind::Float64,
        Representation::Pointer(pointee) if pointee.kind == PointeeKind::Function => Kind::Callable,
        Representation::Pointer(pointee) => match direction {
            Direction::FromC if is_char(ctype, pointee.id) => Kind::String8,
            Direction::ToC if is_char(ctype, pointee.id) && pointee.constant => Kind::String8,
            Direction::FromC => Kind::Handle,
            Direction::ToC => Kind::Any,
        },
        Representation::Wide { .. } if direction == Direction::FromC => Kind::BigInt,
        Representation::Complex(Format::Single | Format::Double)
            if direction == Direction::FromC =>
        {
            Kind::Complex
        }
        Representation::Float(_) | Representation::Complex(_) | Representation::Wide { .. } => {
            match direction {
                Direction::FromC => Kind::Handle,
                Direction::ToC => Kind::Any,
            }
        }
        Representation::Array(_)
        | Representation::Record
        | Representation::Function
        | Representation::Opaque => Kind::Handle,
    };
    let alias = Some(ctype.types.spell(ctype.id).into_boxed_str());
    Some(TypeInfo { alias, ..TypeInfo::from(kind) })
}

fn is_char(ctype: &Info, id: crate::backend::c::types::TypeId) -> bool {
    matches!(ctype.types.resolved(id), CKind::Primitive(Primitive::Char))
}

fn integer(ctype: &Info, signed: bool) -> Kind {
    let primitive = match ctype.types.resolved(ctype.id) {
        CKind::Primitive(primitive) => Some(primitive),
        _ => None,
    };
    match (primitive, ctype.size, signed) {
        (Some(Primitive::Char), ..) => Kind::Char8,
        (Some(Primitive::Char16), ..) => Kind::Char16,
        (Some(Primitive::Char32), ..) => Kind::Char32,
        (Some(Primitive::WChar), 4, _) => Kind::Char32,
        (Some(Primitive::WChar), 2, _) => Kind::Char16,
        (_, 1, true) => Kind::Int8,
        (_, 2, true) => Kind::Int16,
        (_, 4, true) => Kind::Int32,
        (_, _, true) => Kind::Int64,
        (_, 1, false) => Kind::Uint8,
        (_, 2, false) => Kind::Uint16,
        (_, 4, false) => Kind::Uint32,
        (_, _, false) if is_size(ctype) => Kind::Size,
        (_, _, false) => Kind::Uint64,
    }
}

fn is_size(ctype: &Info) -> bool {
    let name = ctype.types.spell(ctype.id);
    name.trim_start_matches("const ") == "size_t"
}
