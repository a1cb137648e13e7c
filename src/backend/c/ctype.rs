//! [`CType`]: a C type reduced to what converting its values needs.

use std::sync::Arc;

use super::types::{Kind, Primitive, Qualifiers, RecordKind, TypeId, Types};
use crate::error::Result;

/// A C type, and how its values look in memory.
#[derive(Clone)]
pub struct CType {
    /// The arena of the type.
    pub types: Arc<Types>,
    /// The type in it.
    pub id: TypeId,
    /// The type without names and qualifiers of its own.
    pub bare: TypeId,
    /// Whether it has a definition.
    pub complete: bool,
    /// Bytes of a value.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// What its bytes mean.
    pub class: Class,
}

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

impl CType {
    /// The type `id` of `types`; a type without a definition has size 0.
    pub fn new(types: &Arc<Types>, id: TypeId) -> CType {
        let class = class(types, id);
        let (size, align) = (types.size(id), types.align(id).unwrap_or(1));
        let (complete, size) = (size.is_ok(), size.unwrap_or(0));
        CType { types: types.clone(), id, bare: types.resolve(id), complete, size, align, class }
    }

    /// The type as C spells it.
    pub fn spell(&self) -> String {
        self.types.spell(self.id)
    }

    /// Whether the two are one type of one arena.
    #[inline(always)]
    pub fn is(&self, other: &CType) -> bool {
        self.id == other.id && Arc::ptr_eq(&self.types, &other.types)
    }

    /// Whether a value travels as the address of its bytes instead of as one word.
    pub fn by_address(&self) -> bool {
        match self.class {
            Class::Wide { .. } | Class::Complex(_) | Class::Record | Class::Opaque => true,
            Class::Float(format) => !matches!(format, Format::Single | Format::Double),
            _ => false,
        }
    }

    /// Whether the type has a definition.
    pub fn is_complete(&self) -> bool {
        self.complete || self.types.is_complete(self.id)
    }

    /// A pointer to this type.
    pub fn pointer(&self) -> CType {
        CType::new(&self.types, self.types.pointer(self.id))
    }

    /// The type pointed to, or of the elements.
    pub fn target(&self) -> Option<CType> {
        match self.class {
            Class::Pointer(pointee) | Class::Array(pointee) => {
                Some(CType::new(&self.types, pointee.id))
            }
            _ => None,
        }
    }

    /// The number of elements of an array; `None` for other types and arrays without a length.
    pub fn length(&self) -> Option<usize> {
        match self.types.resolved(self.id) {
            Kind::Array { length, .. } => length,
            _ => None,
        }
    }

    /// The flexible array at the end of a struct: its offset and its type.
    pub fn flexible(&self) -> Option<(usize, CType)> {
        let record = self.types.record(self.id)?;
        let last = record.members.last()?;
        let ctype = CType::new(&self.types, last.type_id);
        let flexible = matches!(ctype.class, Class::Array(_)) && ctype.length().is_none();
        (flexible && record.kind == RecordKind::Struct).then_some((last.offset, ctype))
    }

    /// Whether more bytes than its size may belong to a value: `T[]`, a struct that ends in one,
    /// a type without a definition.
    pub fn is_open_ended(&self) -> bool {
        match self.class {
            Class::Record => !self.is_complete() || self.flexible().is_some(),
            Class::Void | Class::Function => true,
            _ => !self.is_complete(),
        }
    }

    /// The type as it is now: it may have been defined since.
    pub fn refreshed(&self) -> CType {
        CType::new(&self.types, self.id)
    }

    /// An error if values of the type cannot be made.
    pub fn require_complete(&self) -> Result<()> {
        match self.complete {
            true => Ok(()),
            // It may have been defined since.
            false => self.types.size(self.id).map(drop),
        }
    }
}

fn class(types: &Types, id: TypeId) -> Class {
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
