//! [`TypeWords`]: the keywords that make up an arithmetic type, in any order.

use super::token::Keyword;
use crate::backend::c::types::{Primitive, TypeId, Types};

/// The type-specifier keywords of one declaration.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct TypeWords {
    base: Option<Keyword>,
    int: bool,
    short: bool,
    long: u8,
    signed: bool,
    unsigned: bool,
    complex: bool,
}

impl TypeWords {
    /// Whether the keyword is a word of an arithmetic type, `void` or `va_list`.
    pub(crate) fn is_word(keyword: Keyword) -> bool {
        use Keyword::*;
        matches!(
            keyword,
            Void | Char
                | Short
                | Int
                | Long
                | Float
                | Double
                | Signed
                | Unsigned
                | Bool
                | Complex
                | Imaginary
                | Int128
                | Int128Typedef
                | UInt128Typedef
                | Float16
                | Float32
                | Float64
                | Float128
                | Float32x
                | Float64x
                | VaList
                | Decimal32
                | Decimal64
                | Decimal128
                | BitInt
                | BFloat16
        )
    }

    /// Whether no word was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.base.is_none()
            && !(self.int || self.short || self.signed || self.unsigned || self.complex)
            && self.long == 0
    }

    /// Adds a word; whether the type can have it.
    pub(crate) fn add(&mut self, keyword: Keyword) -> bool {
        let flag = match keyword {
            Keyword::Long => {
                self.long += 1;
                return self.long <= 2 && !self.short;
            }
            Keyword::Int => &mut self.int,
            Keyword::Short => &mut self.short,
            Keyword::Signed => &mut self.signed,
            Keyword::Unsigned => &mut self.unsigned,
            Keyword::Complex => &mut self.complex,
            _ => return self.base.replace(keyword).is_none(),
        };
        !std::mem::replace(flag, true)
    }

    /// The type the words name; `None` if there is none, an error if it is one we lack.
    pub(crate) fn type_of(&self, types: &Types) -> Result<Option<TypeId>, String> {
        if self.base == Some(Keyword::VaList) {
            return Ok(self.is_plain().then(|| types.va_list()));
        }
        if matches!(
            self.base,
            Some(
                Keyword::Decimal32
                    | Keyword::Decimal64
                    | Keyword::Decimal128
                    | Keyword::BitInt
                    | Keyword::BFloat16
                    | Keyword::Imaginary
            )
        ) {
            return Err(format!("the type '{}' is not supported", self.spelling()));
        }
        let Some(primitive) = self.primitive() else { return Ok(None) };
        if !self.complex {
            return Ok(Some(types.primitive(primitive)));
        }
        match primitive {
            Primitive::Float => Ok(Some(types.primitive(Primitive::ComplexFloat))),
            Primitive::Double => Ok(Some(types.primitive(Primitive::ComplexDouble))),
            Primitive::LongDouble => Ok(Some(types.primitive(Primitive::ComplexLongDouble))),
            _ => Err(format!("the type '_Complex {}' is not supported", primitive.name())),
        }
    }

    fn is_plain(&self) -> bool {
        TypeWords { base: None, ..*self }.is_empty()
    }

    fn primitive(&self) -> Option<Primitive> {
        if self.signed && self.unsigned {
            return None;
        }
        let sized = self.short || self.long > 0;
        let signs = self.signed || self.unsigned;
        let Some(base) = self.base else { return self.integer() };
        if base == Keyword::Double && self.long == 1 && !self.short && !signs && !self.int {
            return Some(Primitive::LongDouble);
        }
        if sized || self.int {
            return None;
        }
        match base {
            Keyword::Char if self.signed => Some(Primitive::SignedChar),
            Keyword::Char if self.unsigned => Some(Primitive::UnsignedChar),
            Keyword::Int128 if self.unsigned => Some(Primitive::UnsignedInt128),
            Keyword::Int128 => Some(Primitive::Int128),
            _ if signs => None,
            _ => plain(base),
        }
    }

    fn integer(&self) -> Option<Primitive> {
        let words = self.int || self.short || self.signed || self.unsigned || self.long > 0;
        if self.complex && !words {
            // `_Complex` alone is `_Complex double`.
            return Some(Primitive::Double);
        }
        Some(match (self.short, self.long, self.unsigned) {
            (true, 0, false) => Primitive::Short,
            (true, 0, true) => Primitive::UnsignedShort,
            (false, 0, false) => Primitive::Int,
            (false, 0, true) => Primitive::UnsignedInt,
            (false, 1, false) => Primitive::Long,
            (false, 1, true) => Primitive::UnsignedLong,
            (false, 2, false) => Primitive::LongLong,
            (false, 2, true) => Primitive::UnsignedLongLong,
            _ => return None,
        })
    }

    /// The words for messages.
    pub(crate) fn spelling(&self) -> String {
        let mut words = Vec::new();
        let flags = [
            (self.complex, "_Complex"),
            (self.signed, "signed"),
            (self.unsigned, "unsigned"),
            (self.short, "short"),
            (self.long > 0, "long"),
            (self.long > 1, "long"),
            (self.int, "int"),
        ];
        words.extend(flags.into_iter().filter(|(present, _)| *present).map(|(_, word)| word));
        let base = self
            .base
            .and_then(|base| Keyword::SPELLINGS.iter().find(|(_, keyword)| *keyword == base));
        words.extend(base.map(|(spelling, _)| *spelling));
        words.join(" ")
    }
}

fn plain(base: Keyword) -> Option<Primitive> {
    Some(match base {
        Keyword::Void => Primitive::Void,
        Keyword::Char => Primitive::Char,
        Keyword::Bool => Primitive::Bool,
        Keyword::Float | Keyword::Float32 => Primitive::Float,
        Keyword::Double | Keyword::Float64 | Keyword::Float32x => Primitive::Double,
        Keyword::Float64x => Primitive::LongDouble,
        Keyword::Float16 => Primitive::Float16,
        Keyword::Float128 => Primitive::Float128,
        Keyword::Int128Typedef => Primitive::Int128,
        Keyword::UInt128Typedef => Primitive::UnsignedInt128,
        _ => return None,
    })
}
