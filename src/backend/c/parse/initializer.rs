//! initializer, 6.7.9: for the length of an array and the value of a constant, else skipped.

use super::cursor::Parser;
use super::directive::Phase;
use super::fault::{Fault, Parse};
use super::token::{Punctuator, TokenKind};
use super::value::{Constant, ConstantValue, Datum, Value};
use crate::backend::c::types::{TypeId, TypeKind};

impl Parser<'_> {
    /// The initialiser after `=`: the type, completed by it, and the value if one is wanted.
    pub(crate) fn initializer(
        &mut self,
        type_id: TypeId,
        wanted: bool,
    ) -> Parse<(TypeId, Option<Constant>)> {
        if self.sees(Punctuator::Comma) || self.sees(Punctuator::Semicolon) {
            return Err(self.expected("an initialiser"));
        }
        let array = match self.state.types.resolved(type_id) {
            TypeKind::Array { element, length } => Some((element, length)),
            _ => None,
        };
        match (self.kind(), array) {
            (TokenKind::Text, Some((element, length))) => {
                self.text_initializer(type_id, element, length, wanted)
            }
            (TokenKind::Punctuator(Punctuator::LeftBrace), Some((element, None))) => {
                let at = self.at();
                let length = self.initializer_list()?;
                let array = self.state.types.array(element, Some(length));
                Ok((array.map_err(|error| Fault::of(at, &error))?, None))
            }
            (TokenKind::Punctuator(Punctuator::LeftBrace), _) => {
                self.skip_balanced()?;
                Ok((type_id, None))
            }
            _ if wanted && array.is_none() => {
                let constant = self.scalar_initializer(type_id)?;
                Ok((type_id, constant))
            }
            _ => {
                self.skip_to(&[Punctuator::Comma, Punctuator::Semicolon])?;
                Ok((type_id, None))
            }
        }
    }

    fn text_initializer(
        &mut self,
        type_id: TypeId,
        element: TypeId,
        length: Option<usize>,
        wanted: bool,
    ) -> Parse<(TypeId, Option<Constant>)> {
        let at = self.at();
        let text = self.text()?;
        let type_id = match length {
            Some(_) => type_id,
            None => {
                let array = self.state.types.array(element, Some(text.units.len() + 1));
                array.map_err(|error| Fault::of(at, &error))?
            }
        };
        let value = ConstantValue::Text(text.bytes());
        Ok((type_id, wanted.then_some(Constant { type_id, value })))
    }

    fn scalar_initializer(&mut self, type_id: TypeId) -> Parse<Option<Constant>> {
        let at = self.at();
        let scalar = self.arithmetic_type(type_id).is_some() || self.is_pointer(type_id);
        let stops = [Punctuator::Comma, Punctuator::Semicolon];
        if !scalar || self.phase == Phase::Preprocessed && self.arithmetic_type(type_id).is_none() {
            self.skip_to(&stops)?;
            return Ok(None);
        }
        let value = self.conditional_expression()?;
        let value = self.decay(value);
        let constant = self.constant_of(at, value, type_id)?;
        if constant.is_none() && self.arithmetic_type(type_id).is_some() {
            return Err(Fault::new(at, "the initialiser must be a constant expression"));
        }
        Ok(constant)
    }

    /// A value as a constant of a type, if it is one.
    pub(crate) fn constant_of(
        &self,
        at: u32,
        value: Value,
        type_id: TypeId,
    ) -> Parse<Option<Constant>> {
        if let Datum::Text(text) = &value.datum {
            return Ok(Some(Constant { type_id, value: ConstantValue::Text(text.bytes()) }));
        }
        let value = match self.converted(at, value, type_id)?.datum {
            Datum::Integer(value) => ConstantValue::Integer(value),
            Datum::Float(value) => ConstantValue::Float(value),
            Datum::Text(_) | Datum::Object(_) | Datum::Unknown => return Ok(None),
        };
        Ok(Some(Constant { type_id, value }))
    }

    /// `{ … }` of an array: one more than the highest index that is initialised.
    fn initializer_list(&mut self) -> Parse<usize> {
        let open = self.advance();
        let (mut next, mut length) = (0usize, 0usize);
        while !self.accept(Punctuator::RightBrace) {
            if self.kind() == TokenKind::End {
                return Err(Fault::new(open.at, "'{' is never closed"));
            }
            if self.sees(Punctuator::LeftBracket) {
                next = self.designator()?;
            }
            self.skip_to(&[Punctuator::Comma, Punctuator::RightBrace])?;
            next = next.checked_add(1).ok_or_else(|| self.expected("a smaller index"))?;
            length = length.max(next);
            if !self.accept(Punctuator::Comma) && !self.sees(Punctuator::RightBrace) {
                return Err(Fault::new(open.at, "'{' is never closed"));
            }
        }
        Ok(length)
    }

    /// `[ constant-expression ]`, or gcc's `[ first ... last ]`: the last index.
    fn designator(&mut self) -> Parse<usize> {
        self.advance();
        let at = self.at();
        let mut index = self.integer_constant_expression("an index")?;
        if self.accept(Punctuator::Ellipsis) {
            index = self.integer_constant_expression("an index")?;
        }
        self.expect(Punctuator::RightBracket)?;
        usize::try_from(index).map_err(|_| Fault::new(at, format!("the index {index} is negative")))
    }
}
