//! Expressions, 6.5, evaluated as they are read: a value where it is constant, always a type.

use super::arithmetic::{self, Number, Operator};
use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::token::{Keyword, Punctuator, TokenKind};
use super::value::{Datum, Value};
use crate::backend::c::types::{Kind, Primitive, TypeId};

impl Parser<'_> {
    /// constant-expression that is an integer; `what` names it in messages.
    pub(crate) fn integer_constant_expression(&mut self, what: &str) -> Parse<i128> {
        self.typed_integer_constant(what).map(|(value, _)| value)
    }

    /// The same with the type of the expression.
    pub(crate) fn typed_integer_constant(&mut self, what: &str) -> Parse<(i128, Primitive)> {
        let at = self.at();
        let value = self.conditional_expression()?;
        match (&value.datum, self.arithmetic_type(value.type_id)) {
            (&Datum::Integer(integer), Some(primitive)) if primitive.is_integer() => {
                Ok((integer, primitive))
            }
            (Datum::Unknown | Datum::Object(_), _) => {
                Err(Fault::new(at, format!("{what} must be a constant expression")))
            }
            _ => Err(Fault::new(
                at,
                format!("{what} must be an integer, not '{}'", self.spell(value.type_id)),
            )),
        }
    }

    /// expression: assignments are no part of a constant one, commas are.
    pub(crate) fn expression(&mut self) -> Parse<Value> {
        let mut value = self.conditional_expression()?;
        while self.accept(Punctuator::Comma) {
            value = self.conditional_expression()?;
            value = self.decay(value);
        }
        Ok(value)
    }

    /// Reads an expression for its type alone.
    pub(crate) fn unevaluated(
        &mut self,
        production: impl FnOnce(&mut Self) -> Parse<Value>,
    ) -> Parse<Value> {
        self.unevaluated += 1;
        let result = production(self);
        self.unevaluated -= 1;
        result
    }

    fn evaluated_if(
        &mut self,
        evaluated: bool,
        production: impl FnOnce(&mut Self) -> Parse<Value>,
    ) -> Parse<Value> {
        if evaluated { production(self) } else { self.unevaluated(production) }
    }

    /// conditional-expression, with gcc's `condition ?: otherwise`.
    pub(crate) fn conditional_expression(&mut self) -> Parse<Value> {
        let condition = self.binary_expression(0)?;
        if !self.sees(Punctuator::Question) {
            return Ok(condition);
        }
        let at = self.advance().at;
        let condition = self.decay(condition);
        let truth = self.truth(at, &condition)?;
        let then = if self.accept(Punctuator::Colon) {
            condition
        } else {
            let then = self.nested(|p| p.evaluated_if(truth != Some(false), Self::expression))?;
            self.expect(Punctuator::Colon)?;
            then
        };
        let otherwise =
            self.nested(|p| p.evaluated_if(truth != Some(true), Self::conditional_expression))?;
        let (then, otherwise) = (self.decay(then), self.decay(otherwise));
        let type_id = self.conditional_type(&then, &otherwise);
        let chosen = match truth {
            Some(true) => then,
            Some(false) => otherwise,
            None => return Ok(Value { type_id, datum: Datum::Unknown }),
        };
        Ok(self.converted(chosen, type_id))
    }

    fn conditional_type(&self, then: &Value, otherwise: &Value) -> TypeId {
        let types = (self.arithmetic_type(then.type_id), self.arithmetic_type(otherwise.type_id));
        if let (Some(left), Some(right)) = types {
            return self.state.types.primitive(arithmetic::common(left, right));
        }
        // Of a pointer and a null pointer constant, the pointer; else both are alike.
        match self.state.types.resolved(then.type_id) {
            Kind::Pointer(_) if !is_null_pointer(self, then) => then.type_id,
            Kind::Pointer(_) if self.is_pointer(otherwise.type_id) => otherwise.type_id,
            Kind::Pointer(_) => then.type_id,
            _ => otherwise.type_id,
        }
    }

    /// logical-OR-expression down to multiplicative-expression, by precedence.
    fn binary_expression(&mut self, least: u8) -> Parse<Value> {
        let mut left = self.cast_expression()?;
        loop {
            let TokenKind::Punctuator(punctuator) = self.kind() else { return Ok(left) };
            let Some((precedence, operator)) = binary_operator(punctuator) else {
                return Ok(left);
            };
            if precedence < least {
                return Ok(left);
            }
            let at = self.advance().at;
            left = self.decay(left);
            left = match operator {
                Binary::And => self.logical(at, left, precedence, false)?,
                Binary::Or => self.logical(at, left, precedence, true)?,
                Binary::Arithmetic(operator) => {
                    let right = self.nested(|p| p.binary_expression(precedence + 1))?;
                    let right = self.decay(right);
                    self.operate(at, operator, left, right)?
                }
            };
        }
    }

    /// `&&` and `||`; `decisive` is the truth of the left side that settles the result.
    fn logical(&mut self, at: u32, left: Value, precedence: u8, decisive: bool) -> Parse<Value> {
        let left = self.truth(at, &left)?;
        let needed = left != Some(decisive);
        let right =
            self.nested(|p| p.evaluated_if(needed, |p| p.binary_expression(precedence + 1)))?;
        let right = self.decay(right);
        let right = self.truth(at, &right)?;
        let result = match (left, right) {
            (Some(left), _) if left == decisive => Some(decisive),
            (Some(_), Some(right)) => Some(right),
            _ => None,
        };
        Ok(self.int(result.map(i128::from)))
    }

    /// cast-expression, compound literals included.
    pub(crate) fn cast_expression(&mut self) -> Parse<Value> {
        if self.sees(Punctuator::LeftParen) && self.token_starts_type_name(self.following()) {
            let at = self.advance().at;
            let type_id = self.nested(Self::type_name)?;
            self.expect(Punctuator::RightParen)?;
            if self.sees(Punctuator::LeftBrace) {
                self.skip_balanced()?;
                let object = Value { type_id, datum: Datum::Object(None) };
                return self.postfix(object);
            }
            let operand = self.nested(Self::cast_expression)?;
            let operand = self.decay(operand);
            return self.cast(at, operand, type_id);
        }
        self.unary_expression()
    }

    /// unary-expression.
    fn unary_expression(&mut self) -> Parse<Value> {
        let token = self.token();
        match token.kind {
            TokenKind::Punctuator(punctuator) => match punctuator {
                Punctuator::Plus
                | Punctuator::Minus
                | Punctuator::Tilde
                | Punctuator::Exclamation
                | Punctuator::Star
                | Punctuator::Ampersand => {
                    self.advance();
                    let operand = self.nested(Self::cast_expression)?;
                    self.unary(token.at, punctuator, operand)
                }
                Punctuator::PlusPlus | Punctuator::MinusMinus => Err(Fault::new(
                    token.at,
                    format!("'{}' is no part of a constant expression", punctuator.spelling()),
                )),
                _ => self.postfix_expression(),
            },
            TokenKind::Keyword(Keyword::Extension) => {
                self.advance();
                self.nested(Self::cast_expression)
            }
            TokenKind::Keyword(Keyword::SizeOf) => self.size_of_expression(),
            TokenKind::Keyword(Keyword::AlignOf | Keyword::AlignOfPreferred) => {
                self.align_of_expression()
            }
            _ => self.postfix_expression(),
        }
    }

    fn unary(&mut self, at: u32, punctuator: Punctuator, operand: Value) -> Parse<Value> {
        if punctuator == Punctuator::Ampersand {
            return Ok(self.address(operand));
        }
        let operand = self.decay(operand);
        match punctuator {
            Punctuator::Star => self.dereference(at, operand),
            Punctuator::Exclamation => {
                let truth = self.truth(at, &operand)?;
                Ok(self.int(truth.map(|truth| i128::from(!truth))))
            }
            _ => self.promoted(at, punctuator, operand),
        }
    }

    /// `+`, `-` and `~`.
    fn promoted(&mut self, at: u32, punctuator: Punctuator, operand: Value) -> Parse<Value> {
        let Some(primitive) = self.arithmetic_type(operand.type_id) else {
            return Err(self.no_operator(at, punctuator.spelling(), operand.type_id));
        };
        let promoted = arithmetic::promote(primitive);
        let type_id = self.state.types.primitive(promoted);
        let operand = self.converted(operand, type_id);
        let datum = match (punctuator, operand.datum) {
            (Punctuator::Plus, datum) => datum,
            (Punctuator::Tilde, Datum::Integer(value)) => {
                Datum::Integer(arithmetic::complement(value, promoted))
            }
            (Punctuator::Tilde, Datum::Float(_)) => {
                return Err(self.no_operator(at, "~", type_id));
            }
            (_, Datum::Integer(value)) => {
                Datum::of(arithmetic::negate(Number::Integer(value), promoted))
            }
            (_, Datum::Float(value)) => {
                Datum::of(arithmetic::negate(Number::Float(value), promoted))
            }
            _ => Datum::Unknown,
        };
        Ok(Value { type_id, datum })
    }

    /// `sizeof unary-expression` and `sizeof ( type-name )`.
    fn size_of_expression(&mut self) -> Parse<Value> {
        let at = self.advance().at;
        let type_id = self.type_of_operand()?;
        let types = &self.state.types;
        // gcc: void and functions have size 1 in pointer arithmetic, and so here.
        let size = match types.resolved(type_id) {
            Kind::Primitive(Primitive::Void) | Kind::Function(_) => 1,
            _ => types.size(type_id).map_err(|error| Fault::of(at, &error))?,
        };
        Ok(self.size(size))
    }

    fn align_of_expression(&mut self) -> Parse<Value> {
        let at = self.advance().at;
        let type_id = self.type_of_operand()?;
        let align = self.align_of(at, type_id)?;
        Ok(self.size(align))
    }

    /// `_Alignof`: of an array, that of its element.
    pub(crate) fn align_of(&self, at: u32, type_id: TypeId) -> Parse<usize> {
        let types = &self.state.types;
        match types.resolved(type_id) {
            Kind::Primitive(Primitive::Void) | Kind::Function(_) => Ok(1),
            _ => types.align(type_id).map_err(|error| Fault::of(at, &error)),
        }
    }

    fn type_of_operand(&mut self) -> Parse<TypeId> {
        if self.sees(Punctuator::LeftParen) && self.token_starts_type_name(self.following()) {
            self.advance();
            let type_id = self.nested(Self::type_name)?;
            self.expect(Punctuator::RightParen)?;
            if self.sees(Punctuator::LeftBrace) {
                self.skip_balanced()?;
                let object = Value { type_id, datum: Datum::Object(None) };
                return Ok(self.postfix(object)?.type_id);
            }
            return Ok(type_id);
        }
        Ok(self.nested(|p| p.unevaluated(Self::unary_expression))?.type_id)
    }
}

/// Whether the value is `0` or `(void *)0`.
fn is_null_pointer(parser: &Parser<'_>, value: &Value) -> bool {
    let void = parser.state.types.void();
    matches!(value.datum, Datum::Integer(0))
        && parser.pointee(value.type_id).is_none_or(|target| target == void)
}

enum Binary {
    And,
    Or,
    Arithmetic(Operator),
}

fn binary_operator(punctuator: Punctuator) -> Option<(u8, Binary)> {
    use Operator::*;
    let (precedence, operator) = match punctuator {
        Punctuator::PipePipe => return Some((0, Binary::Or)),
        Punctuator::AmpersandAmpersand => return Some((1, Binary::And)),
        Punctuator::Pipe => (2, Or),
        Punctuator::Caret => (3, ExclusiveOr),
        Punctuator::Ampersand => (4, And),
        Punctuator::EqualEqual => (5, Equal),
        Punctuator::ExclamationEqual => (5, NotEqual),
        Punctuator::Less => (6, Less),
        Punctuator::Greater => (6, Greater),
        Punctuator::LessEqual => (6, LessEqual),
        Punctuator::GreaterEqual => (6, GreaterEqual),
        Punctuator::ShiftLeft => (7, ShiftLeft),
        Punctuator::ShiftRight => (7, ShiftRight),
        Punctuator::Plus => (8, Add),
        Punctuator::Minus => (8, Subtract),
        Punctuator::Star => (9, Multiply),
        Punctuator::Slash => (9, Divide),
        Punctuator::Percent => (9, Remainder),
        _ => return None,
    };
    Some((precedence, Binary::Arithmetic(operator)))
}
