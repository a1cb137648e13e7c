//! [`Representation`]: what the bytes of a value mean.

use crate::backend::c::types::{Primitive, Qualifiers, TypeId, TypeKind, Types};

/// What the bytes of a value mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Representation {
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
pub(in crate::backend::c) fn class(types: &Types, id: TypeId) -> Representation {
    match types.resolved(id) {
        TypeKind::Primitive(primitive) => primitive_class(primitive),
        TypeKind::Pointer(target) => Representation::Pointer(Pointee::of(types, target)),
        TypeKind::Array { element, .. } => Representation::Array(Pointee::of(types, element)),
        TypeKind::Function(_) => Representation::Function,
        TypeKind::Record(_) => Representation::Record,
        TypeKind::Enumeration => match types.integer(id) {
            Some(integer) => primitive_class(integer),
            None => Representation::Integer { signed: true },
        },
        TypeKind::VaList | TypeKind::Vector { .. } => Representation::Opaque,
        TypeKind::Alias { .. } | TypeKind::Qualified { .. } => Representation::Opaque,
    }
}

fn primitive_class(primitive: Primitive) -> Representation {
    match primitive {
        Primitive::Void => Representation::Void,
        Primitive::Bool => Representation::Bool,
        Primitive::Int128 => Representation::Wide { signed: true },
        Primitive::UnsignedInt128 => Representation::Wide { signed: false },
        Primitive::Float16 => Representation::Float(Format::Half),
        Primitive::Float => Representation::Float(Format::Single),
        Primitive::Double => Representation::Float(Format::Double),
        Primitive::LongDouble => Representation::Float(Format::Extended),
        Primitive::Float128 => Representation::Float(Format::Quad),
        Primitive::ComplexFloat => Representation::Complex(Format::Single),
        Primitive::ComplexDouble => Representation::Complex(Format::Double),
        Primitive::ComplexLongDouble => Representation::Complex(Format::Extended),
        integer => Representation::Integer { signed: integer.is_signed() },
    }
}

/// Whether values of the type are `const`, or elements that are.
pub(in crate::backend::c) fn is_constant(types: &Types, mut id: TypeId) -> bool {
    loop {
        if types.qualifiers(id).contains(Qualifiers::CONST) {
            return true;
        }
        let TypeKind::Array { element, .. } = types.resolved(id) else { return false };
        id = element;
    }
}

impl Pointee {
    /// What a pointer to the type points to.
    pub fn of(types: &Types, id: TypeId) -> Pointee {
        let other = if types.is_complete(id) { PointeeKind::Other } else { PointeeKind::Unknown };
        // What those point to again does not matter.
        let kind = match types.resolved(id) {
            TypeKind::Pointer(_) => PointeeKind::Pointer,
            TypeKind::Array { .. } => other,
            _ => match class(types, id) {
                Representation::Void => PointeeKind::Unknown,
                Representation::Bool | Representation::Integer { .. } => PointeeKind::Integer,
                Representation::Float(Format::Single | Format::Double) => PointeeKind::Float,
                Representation::Function => PointeeKind::Function,
                _ => other,
            },
        };
        let size = match kind {
            PointeeKind::Unknown | PointeeKind::Function => 0,
            _ => types.size(id).unwrap_or(0),
        };
        let constant = is_constant(types, id);
        Pointee { id, bare: types.resolve(id), size, kind, constant }
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
