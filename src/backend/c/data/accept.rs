use super::ctype::{CType, Format, Pointee, PointeeKind, Representation};
use crate::error::{Error, Result};
use crate::signature::{Kind, Type, TypeInfo};

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From a frame to C.
    ToC,
    /// From C to a frame.
    FromC,
}

/// Whether a declared type can stand for a C type; a failure says which types can.
pub fn check(info: &TypeInfo, ctype: &CType, direction: Direction) -> Result<()> {
    let r#type = info.r#type;
    if accepts(r#type, ctype, direction) {
        return Ok(());
    }
    let verb = match direction {
        Direction::ToC => "given for",
        Direction::FromC => "taken from",
    };
    let can = |r#type: &Type| accepts(*r#type, ctype, direction);
    let elements = || Kind::elements().map(Type::from);
    let scalars: Vec<String> = elements().filter(can).map(|one| one.to_string()).collect();
    let lent: Vec<String> = elements()
        .filter(|one| one.array().is_some_and(|array| can(&array)))
        .map(|element| element.to_string())
        .collect();
    let advice = match (scalars.as_slice(), lent.len()) {
        ([], _) => "values of this type cannot be converted".to_owned(),
        (scalars, 0) => format!("use {}", one_of(scalars)),
        (scalars, all) if all == elements().count() => {
            format!("use {}, or an array", scalars.join(", "))
        }
        (scalars, _) => format!("use {}, or an array of {}", scalars.join(", "), one_of(&lent)),
    };
    Err(Error::mismatch(format!("{type} cannot be {verb} C's {}; {advice}", ctype.spell())))
}

/// `a`, `a or b`, `a, b or c`.
fn one_of(names: &[String]) -> String {
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

fn accepts(r#type: Type, ctype: &CType, direction: Direction) -> bool {
    let kind = r#type.kind();
    if matches!(kind, Kind::Any) {
        return ctype.class != Representation::Void;
    }
    match (ctype.class, direction) {
        (Representation::Void | Representation::Function, _) => false,
        (_, Direction::FromC) if kind == Kind::Handle => true,
        (Representation::Bool | Representation::Integer { .. }, Direction::ToC) => {
            is_integer(kind) || kind == Kind::BigInt
        }
        (Representation::Bool | Representation::Integer { .. }, Direction::FromC) => {
            is_number(kind) || kind == Kind::BigInt
        }
        (Representation::Wide { .. }, _) => {
            is_integer(kind) || matches!(kind, Kind::Handle | Kind::BigInt)
        }
        (Representation::Float(_) | Representation::Complex(_), Direction::ToC) => {
            is_number(kind) || matches!(kind, Kind::Handle | Kind::BigInt | Kind::Complex)
        }
        (Representation::Float(_), Direction::FromC) => is_float(kind),
        (Representation::Pointer(pointee), _) => to_pointer(r#type, pointee, direction),
        (Representation::Array(pointee), Direction::FromC) => from_array(kind, pointee),
        (Representation::Array(pointee), Direction::ToC) => {
            kind == Kind::Handle || from_array(kind, pointee)
        }
        (Representation::Record | Representation::Opaque, _) => kind == Kind::Handle,
        (Representation::Complex(format), Direction::FromC) => {
            kind == Kind::Complex && !matches!(format, Format::Half | Format::Quad)
        }
    }
}

fn to_pointer(r#type: Type, pointee: Pointee, direction: Direction) -> bool {
    let kind = r#type.kind();
    match kind {
        Kind::Handle | Kind::Size | Kind::Uint64 | Kind::Int64 => true,
        Kind::Null => direction == Direction::ToC,
        Kind::String8 => pointee.takes_text(1),
        Kind::String16 => pointee.takes_text(2),
        Kind::String32 => pointee.takes_text(4),
        Kind::Callable => match direction {
            Direction::ToC => {
                matches!(pointee.kind, PointeeKind::Function | PointeeKind::Unknown)
            }
            Direction::FromC => pointee.kind == PointeeKind::Function,
        },
        Kind::Array if direction == Direction::FromC => false,
        _ if r#type.is_array() && direction == Direction::ToC => {
            r#type.element().is_none_or(|element| {
                let kind = element.kind();
                is_passed_by_address(kind, pointee) || is_copied_for(kind, pointee)
            })
        }
        _ => false,
    }
}

/// Whether an array of `element` can be passed to C by its address, as pointer to `pointee`.
pub fn is_passed_by_address(element: Kind, pointee: Pointee) -> bool {
    let size = element_size(element);
    match pointee.kind {
        PointeeKind::Unknown => element != Kind::Array,
        PointeeKind::Integer => is_integer(element) && size == pointee.size,
        PointeeKind::Float => is_float(element) && size == pointee.size,
        PointeeKind::Pointer => {
            matches!(element, Kind::String8 | Kind::Handle | Kind::Size | Kind::Uint64)
        }
        // Raw bytes may stand for anything that is not a number.
        PointeeKind::Other => matches!(element, Kind::Uint8 | Kind::Int8 | Kind::Char8),
        PointeeKind::Function => false,
    }
}

/// Whether C, which only reads what the pointer points to, can be given a copy of an array with each
/// element converted.
pub fn is_copied_for(element: Kind, pointee: Pointee) -> bool {
    pointee.constant
        && match pointee.kind {
            _ if matches!(element, Kind::Char8 | Kind::Char16 | Kind::Char32) => false,
            PointeeKind::Integer => is_integer(element) || element == Kind::Any,
            PointeeKind::Float => is_number(element) || element == Kind::Any,
            PointeeKind::Pointer => element == Kind::Any,
            _ => false,
        }
}

fn from_array(kind: Kind, pointee: Pointee) -> bool {
    match kind {
        Kind::String8 => pointee.kind == PointeeKind::Integer && pointee.size == 1,
        Kind::Array => matches!(pointee.kind, PointeeKind::Integer | PointeeKind::Float),
        _ => false,
    }
}

/// Bytes of an element of a number kind.
pub(in crate::backend::c) fn element_size(kind: Kind) -> usize {
    match kind {
        Kind::Int8 | Kind::Uint8 | Kind::Bool | Kind::Char8 => 1,
        Kind::Int16 | Kind::Uint16 | Kind::Char16 => 2,
        Kind::Int32 | Kind::Uint32 | Kind::Char32 | Kind::Float32 => 4,
        _ => 8,
    }
}

fn is_integer(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int8
            | Kind::Int16
            | Kind::Int32
            | Kind::Int64
            | Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Size
            | Kind::Bool
            | Kind::Char8
            | Kind::Char16
            | Kind::Char32
    )
}

fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::Float32 | Kind::Float64)
}

fn is_number(kind: Kind) -> bool {
    is_integer(kind) || is_float(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::testing::Header;

    #[test]
    fn what_can_stand_for_a_c_type_is_listed_with_its_arrays() {
        let header = Header::new("struct point { int x; };");
        let refusal = |given: &str, spelling: &str, direction| {
            let info = TypeInfo::from(Type::parse(given).unwrap());
            check(&info, &header.ctype(spelling), direction).unwrap_err().message().to_owned()
        };
        assert_eq!(
            refusal("int64_array", "int *", Direction::ToC),
            "int64_array cannot be given for C's int *; use int64, uint64, size, string32, \
             handle, any, or an array of int32, uint32 or char32"
        );
        assert_eq!(
            refusal("string8", "struct point", Direction::ToC),
            "string8 cannot be given for C's struct point; use handle or any"
        );
        assert!(refusal("string8", "int [4]", Direction::ToC).ends_with("any, or an array"));
    }
}
