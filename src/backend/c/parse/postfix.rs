//! postfix-expression and primary-expression, 6.5.1 and 6.5.2.

use std::sync::Arc;

use super::arithmetic::{self, ArithmeticValue, NoValue};
use super::cursor::Parser;
use super::expression::Begun;
use super::fault::{Fault, Parse};
use super::number::{self, FloatSuffix, Width};
use super::operand::unknown;
use super::quoted::{self, Encoding};
use super::state::Item;
use super::token::{Keyword, Punctuator, Token, TokenKind};
use super::value::{ConstantValue, Datum, Value};
use crate::backend::c::types::{Primitive, Sameness, TypeId, TypeKind};

impl Parser<'_> {
    /// What follows a primary: subscripts, calls, members. A subscript wants its index first.
    pub(crate) fn postfix(
        &mut self,
        mut value: Value,
        begun: &mut Vec<Begun>,
    ) -> Parse<Option<Value>> {
        loop {
            let at = self.at();
            value = match self.kind() {
                TokenKind::Punctuator(Punctuator::LeftBracket) => {
                    self.advance();
                    begun.push(Begun::Subscript(at, value));
                    return Ok(None);
                }
                TokenKind::Punctuator(Punctuator::LeftParen) => self.call(value)?,
                TokenKind::Punctuator(Punctuator::Dot) => {
                    self.advance();
                    self.member(value)?
                }
                TokenKind::Punctuator(Punctuator::Arrow) => {
                    self.advance();
                    let pointer = self.decay(value);
                    let record = self.dereference(at, pointer)?;
                    self.member(record)?
                }
                TokenKind::Punctuator(Punctuator::PlusPlus | Punctuator::MinusMinus) => {
                    return Err(self.expected("a constant expression"));
                }
                _ => return Ok(Some(value)),
            };
        }
    }

    /// `array[index]`.
    pub(crate) fn subscript(&mut self, at: u32, array: Value, index: Value) -> Parse<Value> {
        let (mut pointer, mut index) = (self.decay(array), self.decay(index));
        if self.is_pointer(index.type_id) {
            std::mem::swap(&mut pointer, &mut index);
        }
        if !self.is_pointer(pointer.type_id) {
            return Err(self.no_operator(at, "a subscript", pointer.type_id));
        }
        let element = self.pointer_offset(at, pointer, index, 1)?;
        self.dereference(at, element)
    }

    /// A call: what it returns is known only at run time.
    fn call(&mut self, value: Value) -> Parse<Value> {
        let at = self.at();
        let mut called = self.state.types.resolved(value.type_id);
        if let TypeKind::Pointer(target) = called {
            called = self.state.types.resolved(target);
        }
        let TypeKind::Function(function) = called else {
            return Err(self.no_operator(at, "a call", value.type_id));
        };
        self.skip_balanced()?;
        Ok(unknown(function.returns))
    }

    fn member(&mut self, record: Value) -> Parse<Value> {
        let name = self.expect_identifier("the name of a member")?;
        let (offset, type_id) = self.find_member(record.type_id, name)?;
        let datum = match record.datum {
            Datum::Object(Some(address)) => Datum::Object(address.checked_add(offset)),
            Datum::Object(None) => Datum::Object(None),
            _ => Datum::Unknown,
        };
        Ok(Value { type_id, datum })
    }

    fn find_member(&self, record: TypeId, name: Token) -> Parse<(i128, TypeId)> {
        let spelling = self.spelling(name.symbol);
        match self.state.types.member(record, spelling) {
            Some(member) => Ok((member.offset as i128, member.type_id)),
            None => Err(Fault::new(
                name.at,
                format!("'{}' has no member '{spelling}'", self.spell(record)),
            )),
        }
    }

    /// primary-expression, but for parentheses.
    pub(crate) fn primary_expression(&mut self) -> Parse<Value> {
        let token = self.token();
        match token.kind {
            TokenKind::Number => self.number(),
            TokenKind::Character => self.character(),
            TokenKind::Text => self.string_literal(),
            TokenKind::Identifier => self.identifier(),
            TokenKind::Keyword(keyword) => self.keyword_expression(keyword),
            _ => Err(self.expected("an expression")),
        }
    }

    fn number(&mut self) -> Parse<Value> {
        let token = self.advance();
        let number = number::number(self.spelling(token.symbol))
            .map_err(|problem| Fault::new(token.at, problem))?;
        let (primitive, datum) = match number {
            number::NumberLiteral::Integer(integer) => (
                integer_type(integer.width, integer.unsigned),
                Datum::Integer(integer.value as i128),
            ),
            number::NumberLiteral::Float(float) => {
                let primitive = float_type(float.suffix);
                let value = match float.exact || !arithmetic::is_beyond_double(primitive) {
                    true => Ok(ArithmeticValue::Float(float.value)),
                    false => Err(NoValue::Inexact(primitive)),
                };
                (primitive, self.known(token.at, value)?)
            }
        };
        Ok(Value { type_id: self.state.types.primitive(primitive), datum })
    }

    fn character(&mut self) -> Parse<Value> {
        let token = self.advance();
        let (value, encoding) = quoted::character(self.spelling(token.symbol))
            .map_err(|problem| Fault::new(token.at, problem))?;
        let primitive = match encoding {
            Encoding::Plain => Primitive::Int,
            Encoding::Utf8 => Primitive::UnsignedChar,
            Encoding::Utf16 | Encoding::Utf32 | Encoding::Wide => encoding.unit(),
        };
        let type_id = self.state.types.primitive(primitive);
        Ok(Value { type_id, datum: Datum::Integer(value) })
    }

    /// Adjacent string literals; as an object, an array that ends with a zero.
    fn string_literal(&mut self) -> Parse<Value> {
        let at = self.at();
        let text = self.text()?;
        let element = self.state.types.primitive(text.encoding.unit());
        let array = self.state.types.array(element, Some(text.units.len() + 1));
        let type_id = array.map_err(|error| Fault::of(at, &error))?;
        Ok(Value { type_id, datum: Datum::Text(Arc::new(text)) })
    }

    /// Adjacent string literals.
    pub(crate) fn text(&mut self) -> Parse<quoted::StringLiteral> {
        let at = self.at();
        let mut symbols = Vec::new();
        while self.kind() == TokenKind::Text {
            symbols.push(self.advance().symbol);
        }
        quoted::texts(symbols.iter().map(|symbol| self.spelling(*symbol)))
            .map_err(|problem| Fault::new(at, problem))
    }

    fn identifier(&mut self) -> Parse<Value> {
        let name = self.advance();
        let Some(entry) = self.state.find(name.symbol) else {
            return self.predefined(name);
        };
        match &entry.item {
            Item::Constant(constant) => {
                let datum = match &constant.value {
                    ConstantValue::Integer(value) => Datum::Integer(*value),
                    ConstantValue::Float(value) => Datum::Float(*value),
                    ConstantValue::Text(_) => Datum::Object(None),
                };
                Ok(Value { type_id: constant.type_id, datum })
            }
            Item::Global(global) => {
                Ok(Value { type_id: global.type_id, datum: Datum::Object(None) })
            }
            Item::Function(function) => Ok(unknown(function.type_id)),
            Item::Typedef(_) => Err(Fault::new(
                name.at,
                format!("expected an expression, found the type '{}'", self.spelling(name.symbol)),
            )),
        }
    }

    /// Names that mean something without a declaration.
    fn predefined(&mut self, name: Token) -> Parse<Value> {
        let spelling = self.spelling(name.symbol);
        let boolean = |value| {
            let type_id = self.state.types.primitive(Primitive::Bool);
            Ok(Value { type_id, datum: Datum::Integer(value) })
        };
        match spelling {
            "true" => return boolean(1),
            "false" => return boolean(0),
            "nullptr" => {
                let type_id = self.state.types.pointer(self.state.types.void());
                return Ok(Value { type_id, datum: Datum::Integer(0) });
            }
            _ => {}
        }
        if let Some((primitive, value)) = built_in_float(spelling)
            && self.sees(Punctuator::LeftParen)
        {
            self.skip_balanced()?;
            let type_id = self.state.types.primitive(primitive);
            return Ok(Value { type_id, datum: Datum::Float(value) });
        }
        Err(self.unknown_identifier(name))
    }

    fn keyword_expression(&mut self, keyword: Keyword) -> Parse<Value> {
        let at = self.at();
        match keyword {
            Keyword::OffsetOf => self.offset_of(),
            Keyword::TypesCompatible => self.types_compatible(),
            Keyword::Generic => Err(Fault::unsupported(
                at,
                "_Generic is not supported; write the expression that it selects",
            )),
            Keyword::ConstantP | Keyword::ChooseExpression => Err(Fault::unsupported(
                at,
                "the compiler's own choice of an expression is not supported; write the one it \
                 selects",
            )),
            _ => Err(self.expected("an expression")),
        }
    }

    /// `__builtin_offsetof ( type-name , member-designator )`.
    fn offset_of(&mut self) -> Parse<Value> {
        self.advance();
        self.expect(Punctuator::LeftParen)?;
        let mut type_id = self.nested(Self::type_name)?;
        self.expect(Punctuator::Comma)?;
        let name = self.expect_identifier("the name of a member")?;
        let mut offset;
        (offset, type_id) = self.find_member(type_id, name)?;
        loop {
            let at = self.at();
            if self.accept(Punctuator::Dot) {
                let name = self.expect_identifier("the name of a member")?;
                let (further, member) = self.find_member(type_id, name)?;
                offset = offset.saturating_add(further);
                type_id = member;
            } else if self.accept(Punctuator::LeftBracket) {
                let index = self.nested(|p| p.integer_constant_expression("an index"))?;
                self.expect(Punctuator::RightBracket)?;
                let TypeKind::Array { element, .. } = self.state.types.resolved(type_id) else {
                    return Err(self.no_operator(at, "a subscript", type_id));
                };
                let size = self.state.types.size(element).map_err(|error| Fault::of(at, &error))?;
                offset = offset.saturating_add(index.saturating_mul(size as i128));
                type_id = element;
            } else {
                break;
            }
        }
        self.expect(Punctuator::RightParen)?;
        let offset = usize::try_from(offset)
            .map_err(|_| Fault::new(name.at, "the member lies outside of memory"))?;
        Ok(self.size(offset))
    }

    /// `__builtin_types_compatible_p ( type-name , type-name )`.
    fn types_compatible(&mut self) -> Parse<Value> {
        self.advance();
        self.expect(Punctuator::LeftParen)?;
        let left = self.nested(Self::type_name)?;
        self.expect(Punctuator::Comma)?;
        let right = self.nested(Self::type_name)?;
        self.expect(Punctuator::RightParen)?;
        let types = &self.state.types;
        let same = Sameness::new(types).types(types.resolve(left), types.resolve(right));
        Ok(self.int(Some(i128::from(same))))
    }
}

fn integer_type(width: Width, unsigned: bool) -> Primitive {
    match (width, unsigned) {
        (Width::Int, false) => Primitive::Int,
        (Width::Int, true) => Primitive::UnsignedInt,
        (Width::Long, false) => Primitive::Long,
        (Width::Long, true) => Primitive::UnsignedLong,
        (Width::LongLong, false) => Primitive::LongLong,
        (Width::LongLong, true) => Primitive::UnsignedLongLong,
        (Width::Int128, false) => Primitive::Int128,
        (Width::Int128, true) => Primitive::UnsignedInt128,
    }
}

fn float_type(suffix: FloatSuffix) -> Primitive {
    match suffix {
        FloatSuffix::Float | FloatSuffix::Float32 => Primitive::Float,
        FloatSuffix::Double | FloatSuffix::Float64 | FloatSuffix::Float32x => Primitive::Double,
        FloatSuffix::LongDouble | FloatSuffix::Float64x => Primitive::LongDouble,
        FloatSuffix::Float16 => Primitive::Float16,
        FloatSuffix::Float128 => Primitive::Float128,
    }
}

/// `__builtin_inff` and its kin, which `INFINITY`, `HUGE_VAL` and `NAN` are made of.
fn built_in_float(name: &str) -> Option<(Primitive, f64)> {
    let name = name.strip_prefix("__builtin_")?;
    let (value, suffix) = if let Some(suffix) = name.strip_prefix("huge_val") {
        (f64::INFINITY, suffix)
    } else if let Some(suffix) = name.strip_prefix("inf") {
        (f64::INFINITY, suffix)
    } else {
        (f64::NAN, name.strip_prefix("nan")?)
    };
    let primitive = match suffix {
        "" | "f64" | "f32x" => Primitive::Double,
        "f" | "f32" => Primitive::Float,
        "l" | "f64x" => Primitive::LongDouble,
        "f16" => Primitive::Float16,
        "f128" => Primitive::Float128,
        _ => return None,
    };
    Some((primitive, value))
}
