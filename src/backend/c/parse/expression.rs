//! Expressions, 6.5, evaluated as they are read: a value where it is constant, always a type.
//!
//! What has begun and waits for an operand is in a list, not on the machine's stack: operators and
//! parentheses may nest as deep as a text is long.

use super::arithmetic::{self, Operator};
use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::token::{Keyword, Punctuator, TokenKind};
use super::value::{Datum, Value};
use crate::backend::c::types::{Primitive, TypeId, TypeKind};

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
        self.read_expression(true)
    }

    /// conditional-expression, with gcc's `condition ?: otherwise`.
    pub(crate) fn conditional_expression(&mut self) -> Parse<Value> {
        self.read_expression(false)
    }

    fn read_expression(&mut self, commas: bool) -> Parse<Value> {
        let unevaluated = self.unevaluated;
        let value = self.operands_and_operators(commas);
        self.unevaluated = unevaluated;
        value
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

    fn operands_and_operators(&mut self, commas: bool) -> Parse<Value> {
        let mut begun = Vec::new();
        loop {
            let mut value = self.operand(&mut begun)?;
            while let Some(operand) = self.operators(value, &mut begun)? {
                match self.close(operand, &mut begun, commas)? {
                    Closed::Operand(inner) => value = inner,
                    Closed::Wants => break,
                    Closed::All(whole) => return Ok(whole),
                }
            }
        }
    }

    /// What stands before an operand, and the operand up to where its postfix operators begin.
    fn operand(&mut self, begun: &mut Vec<Begun>) -> Parse<Value> {
        loop {
            let token = self.token();
            match token.kind {
                TokenKind::Punctuator(Punctuator::LeftParen) => {
                    self.advance();
                    if self.starts_type_name() {
                        let type_id = self.parenthesized_type()?;
                        if self.sees(Punctuator::LeftBrace) {
                            return self.compound_literal(type_id);
                        }
                        begun.push(Begun::Cast(token.at, type_id));
                    } else if self.sees(Punctuator::LeftBrace) {
                        return Err(Fault::unsupported(
                            token.at,
                            "a statement in parentheses is not a constant expression",
                        ));
                    } else {
                        begun.push(Begun::Parenthesis);
                    }
                }
                TokenKind::Punctuator(
                    punctuator @ (Punctuator::Plus
                    | Punctuator::Minus
                    | Punctuator::Tilde
                    | Punctuator::Exclamation
                    | Punctuator::Star
                    | Punctuator::Ampersand),
                ) => {
                    self.advance();
                    begun.push(Begun::Unary(token.at, punctuator));
                }
                TokenKind::Punctuator(
                    punctuator @ (Punctuator::PlusPlus | Punctuator::MinusMinus),
                ) => {
                    return Err(Fault::new(
                        token.at,
                        format!("'{}' is no part of a constant expression", punctuator.spelling()),
                    ));
                }
                TokenKind::Keyword(Keyword::Extension) => {
                    self.advance();
                }
                TokenKind::Keyword(
                    keyword @ (Keyword::SizeOf | Keyword::AlignOf | Keyword::AlignOfPreferred),
                ) => {
                    self.advance();
                    let sizes = keyword == Keyword::SizeOf;
                    let measured = Begun::Measured(token.at, sizes);
                    if !(self.sees(Punctuator::LeftParen)
                        && self.token_starts_type_name(self.following()))
                    {
                        self.unevaluated += 1;
                        begun.push(measured);
                        continue;
                    }
                    self.advance();
                    let type_id = self.parenthesized_type()?;
                    if !self.sees(Punctuator::LeftBrace) {
                        return self.measure(token.at, sizes, type_id);
                    }
                    self.unevaluated += 1;
                    begun.push(measured);
                    return self.compound_literal(type_id);
                }
                _ => return self.primary_expression(),
            }
        }
    }

    /// type-name and the parenthesis that closes it.
    fn parenthesized_type(&mut self) -> Parse<TypeId> {
        // The productions of expressions and of types lie between two of these.
        let type_id = self.deeper(3, Self::type_name)?;
        self.expect(Punctuator::RightParen)?;
        Ok(type_id)
    }

    /// The braces of `(type){…}`.
    fn compound_literal(&mut self, type_id: TypeId) -> Parse<Value> {
        self.skip_balanced()?;
        Ok(Value { type_id, datum: Datum::Object(None) })
    }

    /// Applies every operator that has both its operands with this one: it is an operand of what
    /// is left, unless an operator follows that wants another.
    fn operators(&mut self, value: Value, begun: &mut Vec<Begun>) -> Parse<Option<Value>> {
        let Some(mut value) = self.postfix(value, begun)? else { return Ok(None) };
        let next = match self.kind() {
            TokenKind::Punctuator(punctuator) => binary_operator(punctuator),
            _ => None,
        };
        let precedence = next.as_ref().map_or(0, |(precedence, _)| *precedence);
        while let Some(operator) = begun.pop_if(|begun| begun.binds(precedence)) {
            value = self.apply(operator, value)?;
        }
        let Some((precedence, operator)) = next else { return Ok(Some(value)) };
        let at = self.advance().at;
        let left = self.decay(value);
        let pending = match operator {
            Binary::Arithmetic(operator) => Begun::Binary { at, operator, precedence, left },
            Binary::Logical(decisive) => {
                let left = self.truth(at, &left)?;
                let needed = left != Some(decisive);
                self.unevaluated += u32::from(!needed);
                Begun::Logical { at, precedence, decisive, left, needed }
            }
        };
        begun.push(pending);
        Ok(None)
    }

    /// An operator with its last operand.
    fn apply(&mut self, begun: Begun, operand: Value) -> Parse<Value> {
        match begun {
            Begun::Unary(at, punctuator) => self.unary(at, punctuator, operand),
            Begun::Cast(at, type_id) => {
                let operand = self.decay(operand);
                self.cast(at, operand, type_id)
            }
            Begun::Measured(at, sizes) => {
                self.unevaluated -= 1;
                self.measure(at, sizes, operand.type_id)
            }
            Begun::Binary { at, operator, left, .. } => {
                let right = self.decay(operand);
                self.operate(at, operator, left, right)
            }
            Begun::Logical { at, decisive, left, needed, .. } => {
                self.unevaluated -= u32::from(!needed);
                let right = self.decay(operand);
                let right = self.truth(at, &right)?;
                let result = match (left, right) {
                    (Some(left), _) if left == decisive => Some(decisive),
                    (Some(_), Some(right)) => Some(right),
                    _ => None,
                };
                Ok(self.int(result.map(i128::from)))
            }
            Begun::Otherwise { truth, then } => self.choose(truth, then, operand),
            Begun::Comma => Ok(self.decay(operand)),
            Begun::Parenthesis | Begun::Subscript(..) | Begun::Then(_) => Ok(operand),
        }
    }

    /// What a conditional-expression ends.
    fn close(&mut self, mut value: Value, begun: &mut Vec<Begun>, commas: bool) -> Parse<Closed> {
        if self.sees(Punctuator::Question) {
            self.question(value, begun)?;
            return Ok(Closed::Wants);
        }
        while let Some(operator) =
            begun.pop_if(|begun| matches!(begun, Begun::Otherwise { .. } | Begun::Comma))
        {
            value = self.apply(operator, value)?;
        }
        if (commas || !begun.is_empty()) && self.accept(Punctuator::Comma) {
            begun.push(Begun::Comma);
            return Ok(Closed::Wants);
        }
        match begun.pop() {
            None => Ok(Closed::All(value)),
            Some(Begun::Subscript(at, array)) => {
                self.expect(Punctuator::RightBracket)?;
                self.subscript(at, array, value).map(Closed::Operand)
            }
            Some(Begun::Then(truth)) => {
                self.unevaluated -= u32::from(truth == Some(false));
                self.expect(Punctuator::Colon)?;
                self.otherwise(truth, value, begun);
                Ok(Closed::Wants)
            }
            Some(_) => {
                self.expect(Punctuator::RightParen)?;
                Ok(Closed::Operand(value))
            }
        }
    }

    /// `condition ?`, or all of gcc's `condition ?:`.
    fn question(&mut self, condition: Value, begun: &mut Vec<Begun>) -> Parse<()> {
        let at = self.advance().at;
        let condition = self.decay(condition);
        let truth = self.truth(at, &condition)?;
        if self.accept(Punctuator::Colon) {
            self.otherwise(truth, condition, begun);
        } else {
            self.unevaluated += u32::from(truth == Some(false));
            begun.push(Begun::Then(truth));
        }
        Ok(())
    }

    fn otherwise(&mut self, truth: Option<bool>, then: Value, begun: &mut Vec<Begun>) {
        self.unevaluated += u32::from(truth == Some(true));
        begun.push(Begun::Otherwise { truth, then });
    }

    fn choose(&mut self, truth: Option<bool>, then: Value, otherwise: Value) -> Parse<Value> {
        self.unevaluated -= u32::from(truth == Some(true));
        let (then, otherwise) = (self.decay(then), self.decay(otherwise));
        let type_id = self.conditional_type(&then, &otherwise);
        let chosen = match truth {
            Some(true) => then,
            Some(false) => otherwise,
            None => return Ok(Value { type_id, datum: Datum::Unknown }),
        };
        self.converted(self.at(), chosen, type_id)
    }

    fn conditional_type(&self, then: &Value, otherwise: &Value) -> TypeId {
        let types = (self.arithmetic_type(then.type_id), self.arithmetic_type(otherwise.type_id));
        if let (Some(left), Some(right)) = types {
            return self.state.types.primitive(arithmetic::common(left, right));
        }
        // Of a pointer and a null pointer constant, the pointer; else both are alike.
        match self.state.types.resolved(then.type_id) {
            TypeKind::Pointer(_) if !is_null_pointer(self, then) => then.type_id,
            TypeKind::Pointer(_) if self.is_pointer(otherwise.type_id) => otherwise.type_id,
            TypeKind::Pointer(_) => then.type_id,
            _ => otherwise.type_id,
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
        let operand = self.converted(at, operand, type_id)?;
        let datum = match (punctuator, operand.datum) {
            (Punctuator::Plus, datum) => datum,
            (Punctuator::Tilde, Datum::Integer(value)) => {
                Datum::Integer(arithmetic::complement(value, promoted))
            }
            (Punctuator::Tilde, Datum::Float(_)) => {
                return Err(self.no_operator(at, "~", type_id));
            }
            (_, datum) => match datum.number() {
                Some(number) => self.known(at, arithmetic::negate(number, promoted))?,
                None => Datum::Unknown,
            },
        };
        Ok(Value { type_id, datum })
    }

    /// `sizeof` or `_Alignof` of a type.
    fn measure(&self, at: u32, sizes: bool, type_id: TypeId) -> Parse<Value> {
        if !sizes {
            return self.align_of(at, type_id).map(|align| self.size(align));
        }
        let types = &self.state.types;
        // gcc: void and functions have size 1 in pointer arithmetic, and so here.
        let size = match types.resolved(type_id) {
            TypeKind::Primitive(Primitive::Void) | TypeKind::Function(_) => 1,
            _ => types.size(type_id).map_err(|error| Fault::of(at, &error))?,
        };
        Ok(self.size(size))
    }

    /// `_Alignof`: of an array, that of its element.
    pub(crate) fn align_of(&self, at: u32, type_id: TypeId) -> Parse<usize> {
        let types = &self.state.types;
        match types.resolved(type_id) {
            TypeKind::Primitive(Primitive::Void) | TypeKind::Function(_) => Ok(1),
            _ => types.align(type_id).map_err(|error| Fault::of(at, &error)),
        }
    }
}

/// Whether the value is `0` or `(void *)0`.
fn is_null_pointer(parser: &Parser<'_>, value: &Value) -> bool {
    let void = parser.state.types.void();
    matches!(value.datum, Datum::Integer(0))
        && parser.pointee(value.type_id).is_none_or(|target| target == void)
}

/// What has begun and waits for an operand, or for what ends it.
pub(crate) enum Begun {
    /// `+`, `-`, `~`, `!`, `*`, `&`
    Unary(u32, Punctuator),
    /// `(type)`
    Cast(u32, TypeId),
    /// `sizeof`, or else `_Alignof`
    Measured(u32, bool),
    /// `left operator`
    Binary { at: u32, operator: Operator, precedence: u8, left: Value },
    /// `left &&` or `left ||`; `decisive` is the truth of the left side that settles the result.
    Logical { at: u32, precedence: u8, decisive: bool, left: Option<bool>, needed: bool },
    /// `(`
    Parenthesis,
    /// `array [`
    Subscript(u32, Value),
    /// `condition ?`
    Then(Option<bool>),
    /// `condition ? then :`
    Otherwise { truth: Option<bool>, then: Value },
    /// `operand ,`
    Comma,
}

impl Begun {
    /// Whether it takes its operand before an operator of that precedence does.
    fn binds(&self, than: u8) -> bool {
        match self {
            Begun::Unary(..) | Begun::Cast(..) | Begun::Measured(..) => true,
            Begun::Binary { precedence, .. } | Begun::Logical { precedence, .. } => {
                *precedence >= than
            }
            _ => false,
        }
    }
}

/// What became of a value that no operator binds any more.
enum Closed {
    /// It is an operand of what is around it.
    Operand(Value),
    /// It waits for another operand.
    Wants,
    /// It is the whole expression.
    All(Value),
}

enum Binary {
    /// `&&` or `||`: the truth of the left side that settles the result
    Logical(bool),
    Arithmetic(Operator),
}

fn binary_operator(punctuator: Punctuator) -> Option<(u8, Binary)> {
    use Operator::*;
    let (precedence, operator) = match punctuator {
        Punctuator::PipePipe => return Some((0, Binary::Logical(true))),
        Punctuator::AmpersandAmpersand => return Some((1, Binary::Logical(false))),
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
