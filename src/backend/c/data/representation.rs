//! [`Class`]: what the bytes of a value mean.

use super::ctype::CType;
use crate::backend::c::types::{Kind, Primitive, Qualifiers, TypeId, Types};

/// What the bytes of a value mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// No value.
    Void,
    /// `_Bool`
    Bool,
    /// An integer of at most eight bytes, or an enum.
    Integer {
        /// Whether it has a sign.
        signed: bool,
    },
    /// A 16-byte integer.
    Wide {
        /// Whether it has a sign.
        signed: bool,
    },
    /// A real floating type.
    Float(Format),
    /// A complex type of two such numbers.
    Complex(Format),
    /// A pointer.
    Pointer(Pointee),
    /// An array, which is never passed by value.
    Array(Pointee),
    /// A struct or union.
    Record,
    /// A function, which is never a value.
    Function,
    /// Bytes without a meaning to us: `va_list`, vectors.
    Opaque,
}

/// A floating format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// IEEE binary16
    Half,
    /// IEEE binary32
    Single,
    /// IEEE binary64
    Double,
    /// The platform's `long double`.
    Extended,
    /// IEEE binary128
    Quad,
}

/// What a pointer points to, or an array consists of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pointee {
    /// The type.
    pub id: TypeId,
    /// The type without names and qualifiers of its own.
    pub bare: TypeId,
    /// Its bytes; 0 for void, functions and incomplete types.
    pub size: usize,
    /// What kind of thing it is.
    pub kind: PointeeKind,
    /// Whether it must not be written through the pointer.
    pub constant: bool,
}

/// The kinds of things pointed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PointeeKind {
    /// `void` or a type without a definition.
    Unknown,
    /// An integer, of characters or not.
    Integer,
    /// A real floating type.
    Float,
    /// Another pointer.
    Pointer,
    /// A function.
    Function,
    /// Something else that has a size.
    Other,
}

/// What the bytes of the values of a type mean.
pub(in crate::backend::c) fn class(types: &Types, id: TypeId) -> Class {
    match types.resolved(id) {
        Kind::Primitive(primitive) => primitive_class(primitive),
        Kind::Pointer(target) => Class::Pointer(pointee(types, target)),
        Kind::Array { element, .. } => Class::Array(pointee(types, element)),
        Kind::Function(_) => Class::Function,
        Kind::Record(_) => Class::Record,
        Kind::Enumeration => match types.integer(id) {
            Some(integer) => primitive_class(integer),
            None => Class::Integer { signed: true },
        },
        Kind::VaList | Kind::Vector { .. } => Class::Opaque,
        Kind::Alias { .. } | Kind::Qualified { .. } => Class::Opaque,
    }
}

fn primitive_class(primitive: Primitive) -> Class {
    match primitive {
        Primitive::Void => Class::Void,
        Primitive::Bool => Class::Bool,
        Primitive::Int128 => Class::Wide { signed: true },
        Primitive::UnsignedInt128 => Class::Wide { signed: false },
        Primitive::Float16 => Class::Float(Format::Half),
        Primitive::Float => Class::Float(Format::Single),
        Primitive::Double => Class::Float(Format::Double),
        Primitive::LongDouble => Class::Float(Format::Extended),
        Primitive::Float128 => Class::Float(Format::Quad),
        Primitive::ComplexFloat => Class::Complex(Format::Single),
        Primitive::ComplexDouble => Class::Complex(Format::Double),
        Primitive::ComplexLongDouble => Class::Complex(Format::Extended),
        integer => Class::Integer { signed: integer.is_signed() },
    }
}

fn pointee(types: &Types, id: TypeId) -> Pointee {
    let kind = match class(types, id) {
        Class::Void => PointeeKind::Unknown,
        Class::Bool | Class::Integer { .. } => PointeeKind::Integer,
        Class::Float(Format::Single | Format::Double) => PointeeKind::Float,
        Class::Pointer(_) => PointeeKind::Pointer,
        Class::Function => PointeeKind::Function,
        _ if !types.is_complete(id) => PointeeKind::Unknown,
        _ => PointeeKind::Other,
    };
    let size = match kind {
        PointeeKind::Unknown | PointeeKind::Function => 0,
        _ => types.size(id).unwrap_or(0),
    };
    let constant = types.qualifiers(id).contains(Qualifiers::CONST);
    Pointee { id, bare: types.resolve(id), size, kind, constant }
}

impl Pointee {
    /// What a pointer to the type points to.
    pub fn of(ctype: &CType) -> Pointee {
        pointee(&ctype.types, ctype.id)
    }

    /// Whether text of code units of that many bytes can be lent through the pointer.
    pub fn takes_text(self, unit: usize) -> bool {
        match self.kind {
            PointeeKind::Integer => self.size == unit,
            PointeeKind::Unknown => true,
            _ => false,
        }
    }
}
