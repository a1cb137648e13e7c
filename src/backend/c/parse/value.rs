//! [`Constant`]: a value with its C type, and the values of expressions on the way to one.

use std::sync::Arc;

use super::quoted::{Encoding, StringLiteral};
use crate::backend::c::types::{Primitive, TypeId};

/// A constant that declarations define.
#[derive(Clone, PartialEq, Debug)]
pub struct Constant {
    /// The type C gives it: `int` for most, an array of characters for text.
    pub type_id: TypeId,
    /// The value.
    pub value: ConstantValue,
}

/// What a constant is.
#[derive(Clone, PartialEq, Debug)]
pub enum ConstantValue {
    /// An integer, or a pointer made of one; `unsigned __int128` beyond `i128` is its bits.
    Integer(i128),
    /// A floating number, also of a `long double` or `_Float128` that is a double.
    Float(f64),
    /// A string without its terminator: code units of the element type in the host's byte order.
    Text(Arc<[u8]>),
}

/// The value of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) type_id: TypeId,
    pub(crate) datum: Datum,
}

/// What is known of a value.
#[derive(Clone, Debug)]
pub(crate) enum Datum {
    Integer(i128),
    Float(f64),
    Text(Arc<StringLiteral>),
    /// An object, and its address where that is a number: `((struct s *)0)->member`.
    Object(Option<i128>),
    /// Known only when the program runs; its type is known.
    Unknown,
}

impl StringLiteral {
    /// The units as an object of their element type holds them.
    pub(crate) fn bytes(&self) -> Arc<[u8]> {
        let size = self.encoding.unit().size().unwrap_or(1);
        let mut bytes = Vec::with_capacity(self.units.len() * size);
        for unit in &self.units {
            match size {
                1 => bytes.push(*unit as u8),
                2 => bytes.extend((*unit as u16).to_ne_bytes()),
                _ => bytes.extend(unit.to_ne_bytes()),
            }
        }
        bytes.into()
    }
}

impl Encoding {
    /// The type of one unit of a string literal.
    pub(crate) fn unit(self) -> Primitive {
        match self {
            Encoding::Plain | Encoding::Utf8 => Primitive::Char,
            Encoding::Utf16 => Primitive::Char16,
            Encoding::Utf32 => Primitive::Char32,
            Encoding::Wide => Primitive::WChar,
        }
    }
}

impl std::fmt::Display for ConstantValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ConstantValue::Integer(value) => write!(f, "{value}"),
            ConstantValue::Float(value) => write!(f, "{value:?}"),
            ConstantValue::Text(bytes) => write!(f, "{:?}", String::from_utf8_lossy(bytes)),
        }
    }
}
