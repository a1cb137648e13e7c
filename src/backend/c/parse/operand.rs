//! What operators do to values: conversions, pointers, truth.

use super::arithmetic::{self, ArithmeticValue, NoValue, Operator};
use super::cursor::Parser;
use super::fault::{Fault, Parse};
use super::value::{Datum, Value};
use crate::backend::c::types::{Primitive, TypeId, TypeKind};

const POINTER_SIZE: usize = size_of::<*const ()>();

impl Datum {
    /// A number as a datum.
    pub(crate) fn of(number: ArithmeticValue) -> Datum {
        match number {
            ArithmeticValue::Integer(value) => Datum::Integer(value),
            ArithmeticValue::Float(value) => Datum::Float(value),
        }
    }

    /// The datum as a number, if it is one.
    pub(crate) fn number(&self) -> Option<ArithmeticValue> {
        match *self {
            Datum::Integer(value) => Some(ArithmeticValue::Integer(value)),
            Datum::Float(value) => Some(ArithmeticValue::Float(value)),
            Datum::Text(_) | Datum::Object(_) | Datum::Unknown => None,
        }
    }
}

/// The integer that pointers are when they are numbers.
const ADDRESS: Primitive =
    if POINTER_SIZE == 8 { Primitive::UnsignedLongLong } else { Primitive::UnsignedInt };

impl Parser<'_> {
    /// The arithmetic type behind a type, enums included.
    pub(crate) fn arithmetic_type(&self, type_id: TypeId) -> Option<Primitive> {
        match self.state.types.resolved(type_id) {
            TypeKind::Primitive(primitive) if primitive.is_integer() || primitive.is_float() => {
                Some(primitive)
            }
            TypeKind::Enumeration => self.state.types.integer(type_id),
            _ => None,
        }
    }

    /// What a pointer points to.
    pub(crate) fn pointee(&self, type_id: TypeId) -> Option<TypeId> {
        match self.state.types.resolved(type_id) {
            TypeKind::Pointer(target) => Some(target),
            _ => None,
        }
    }

    pub(crate) fn is_pointer(&self, type_id: TypeId) -> bool {
        self.pointee(type_id).is_some()
    }

    /// The type for messages.
    pub(crate) fn spell(&self, type_id: TypeId) -> String {
        self.state.types.spell(type_id)
    }

    /// An `int`, perhaps not a constant one.
    pub(crate) fn int(&self, value: Option<i128>) -> Value {
        let type_id = self.state.types.primitive(Primitive::Int);
        Value { type_id, datum: value.map_or(Datum::Unknown, Datum::Integer) }
    }

    /// A `size_t`.
    pub(crate) fn size(&self, size: usize) -> Value {
        let primitive = if Primitive::Long.size() == Some(POINTER_SIZE) {
            Primitive::UnsignedLong
        } else {
            ADDRESS
        };
        let type_id = self.state.types.primitive(primitive);
        Value { type_id, datum: Datum::Integer(size as i128) }
    }

    /// The value of an operand: objects lose their place, arrays and functions become pointers.
    pub(crate) fn decay(&self, value: Value) -> Value {
        let types = &self.state.types;
        match types.resolved(value.type_id) {
            TypeKind::Array { element, .. } => {
                let datum = match value.datum {
                    Datum::Object(Some(address)) => Datum::Integer(address),
                    text @ Datum::Text(_) => text,
                    _ => Datum::Unknown,
                };
                Value { type_id: types.pointer(element), datum }
            }
            TypeKind::Function(_) => {
                Value { type_id: types.pointer(value.type_id), datum: Datum::Unknown }
            }
            _ => {
                let datum = match value.datum {
                    Datum::Object(_) => Datum::Unknown,
                    datum => datum,
                };
                Value { type_id: types.resolve(value.type_id), datum }
            }
        }
    }

    /// The value as one of another scalar type.
    pub(crate) fn converted(&self, at: u32, value: Value, type_id: TypeId) -> Parse<Value> {
        let to = self.scalar_type(type_id);
        let from = self.scalar_type(value.type_id).unwrap_or(Primitive::Int);
        let datum = match (value.datum.number(), to) {
            (Some(number), Some(to)) => self.known(at, arithmetic::convert(number, to, from))?,
            _ => match value.datum {
                text @ Datum::Text(_) if self.is_pointer(type_id) => text,
                _ => Datum::Unknown,
            },
        };
        Ok(Value { type_id, datum })
    }

    /// The result of arithmetic; one that has no value matters only where it is evaluated.
    pub(crate) fn known(&self, at: u32, result: Result<ArithmeticValue, NoValue>) -> Parse<Datum> {
        match result {
            Ok(number) => Ok(Datum::of(number)),
            Err(_) if self.unevaluated > 0 => Ok(Datum::Unknown),
            Err(problem @ (NoValue::Overflow(_) | NoValue::Inexact(_))) => {
                Err(Fault::unsupported(at, problem.to_string()))
            }
            Err(problem) => Err(Fault::new(at, problem.to_string())),
        }
    }

    /// The arithmetic type that stands for a scalar; pointers are addresses.
    fn scalar_type(&self, type_id: TypeId) -> Option<Primitive> {
        if self.is_pointer(type_id) { Some(ADDRESS) } else { self.arithmetic_type(type_id) }
    }

    /// `( type ) operand`.
    pub(crate) fn cast(&self, at: u32, operand: Value, type_id: TypeId) -> Parse<Value> {
        match self.state.types.resolved(type_id) {
            TypeKind::Array { .. } | TypeKind::Function(_) => {
                Err(Fault::new(at, format!("there is no cast to '{}'", self.spell(type_id))))
            }
            TypeKind::Pointer(_) if matches!(operand.datum, Datum::Float(_)) => {
                Err(Fault::new(at, "a floating number cannot be cast to a pointer"))
            }
            _ => self.converted(at, operand, type_id),
        }
    }

    /// Whether a condition holds, if that is known.
    pub(crate) fn truth(&self, at: u32, value: &Value) -> Parse<Option<bool>> {
        match self.state.types.resolved(value.type_id) {
            TypeKind::Record(_) | TypeKind::Primitive(Primitive::Void) => {
                let type_id = self.spell(value.type_id);
                Err(Fault::new(at, format!("'{type_id}' is neither true nor false")))
            }
            _ if matches!(value.datum, Datum::Text(_)) => Ok(Some(true)),
            _ => Ok(value.datum.number().map(arithmetic::truth)),
        }
    }

    /// An operator applied to decayed operands.
    pub(crate) fn operate(
        &self,
        at: u32,
        operator: Operator,
        left: Value,
        right: Value,
    ) -> Parse<Value> {
        let types = (self.arithmetic_type(left.type_id), self.arithmetic_type(right.type_id));
        match types {
            (Some(left_type), Some(right_type)) => {
                self.operate_numbers(at, operator, (left, left_type), (right, right_type))
            }
            _ if self.is_pointer(left.type_id) || self.is_pointer(right.type_id) => {
                self.operate_pointers(at, operator, left, right)
            }
            (None, _) if self.is_opaque_number(left.type_id) => Ok(unknown(left.type_id)),
            (_, None) if self.is_opaque_number(right.type_id) => Ok(unknown(right.type_id)),
            (None, _) => Err(self.no_operator(at, "a binary operator", left.type_id)),
            _ => Err(self.no_operator(at, "a binary operator", right.type_id)),
        }
    }

    /// Complex numbers and vectors have arithmetic, but no constants here.
    fn is_opaque_number(&self, type_id: TypeId) -> bool {
        match self.state.types.resolved(type_id) {
            TypeKind::Primitive(primitive) => primitive.is_complex(),
            TypeKind::Vector { .. } => true,
            _ => false,
        }
    }

    fn operate_numbers(
        &self,
        at: u32,
        operator: Operator,
        (left, left_type): (Value, Primitive),
        (right, right_type): (Value, Primitive),
    ) -> Parse<Value> {
        if operator.needs_integers() && (left_type.is_float() || right_type.is_float()) {
            return Err(Fault::new(at, "the operator needs integers, not floating numbers"));
        }
        let operands = if operator.shifts() {
            arithmetic::promote(left_type)
        } else {
            arithmetic::common(left_type, right_type)
        };
        let right_operand =
            if operator.shifts() { arithmetic::promote(right_type) } else { operands };
        let result = if operator.compares() { Primitive::Int } else { operands };
        let type_id = self.state.types.primitive(result);
        let (Some(left), Some(right)) = (left.datum.number(), right.datum.number()) else {
            return Ok(unknown(type_id));
        };
        let result = arithmetic::convert(left, operands, left_type).and_then(|left| {
            let right = arithmetic::convert(right, right_operand, right_type)?;
            arithmetic::binary(operator, left, right, operands)
        });
        Ok(Value { type_id, datum: self.known(at, result)? })
    }

    fn operate_pointers(
        &self,
        at: u32,
        operator: Operator,
        left: Value,
        right: Value,
    ) -> Parse<Value> {
        let both = self.is_pointer(left.type_id) && self.is_pointer(right.type_id);
        match operator {
            _ if operator.compares() => {
                let numbers = (left.datum.number(), right.datum.number());
                let (Some(left), Some(right)) = numbers else { return Ok(self.int(None)) };
                let result = arithmetic::binary(operator, left, right, ADDRESS);
                match result {
                    Ok(ArithmeticValue::Integer(truth)) => Ok(self.int(Some(truth))),
                    _ => Ok(self.int(None)),
                }
            }
            Operator::Subtract if both => self.pointer_difference(at, &left, &right),
            Operator::Add if !both && self.is_pointer(right.type_id) => {
                self.pointer_offset(at, right, left, 1)
            }
            Operator::Add if !both => self.pointer_offset(at, left, right, 1),
            Operator::Subtract if self.is_pointer(left.type_id) => {
                self.pointer_offset(at, left, right, -1)
            }
            _ => Err(self.no_operator(at, "the operator", left.type_id)),
        }
    }

    /// The bytes from one element to the next; gcc's 1 for `void` and functions.
    fn stride(&self, at: u32, pointer: TypeId) -> Parse<i128> {
        let Some(target) = self.pointee(pointer) else { return Ok(1) };
        match self.state.types.resolved(target) {
            TypeKind::Primitive(Primitive::Void) | TypeKind::Function(_) => Ok(1),
            _ => {
                let size = self.state.types.size(target).map_err(|error| Fault::of(at, &error))?;
                Ok(size as i128)
            }
        }
    }

    pub(crate) fn pointer_offset(
        &self,
        at: u32,
        pointer: Value,
        index: Value,
        sign: i128,
    ) -> Parse<Value> {
        if self.arithmetic_type(index.type_id).is_none_or(|index| !index.is_integer()) {
            return Err(self.no_operator(at, "pointer arithmetic", index.type_id));
        }
        let stride = self.stride(at, pointer.type_id)?;
        let datum = match (&pointer.datum, &index.datum) {
            (Datum::Integer(address), Datum::Integer(index)) => {
                let moved = address.wrapping_add(index.wrapping_mul(stride).wrapping_mul(sign));
                self.known(
                    at,
                    arithmetic::convert(ArithmeticValue::Integer(moved), ADDRESS, ADDRESS),
                )?
            }
            _ => Datum::Unknown,
        };
        Ok(Value { type_id: pointer.type_id, datum })
    }

    fn pointer_difference(&self, at: u32, left: &Value, right: &Value) -> Parse<Value> {
        let stride = self.stride(at, left.type_id)?;
        let type_id = self.state.types.primitive(Primitive::Long);
        let datum = match (&left.datum, &right.datum) {
            (Datum::Integer(left), Datum::Integer(right)) if stride != 0 => {
                Datum::Integer(left.wrapping_sub(*right).wrapping_div(stride))
            }
            _ => Datum::Unknown,
        };
        Ok(Value { type_id, datum })
    }

    /// `& operand`.
    pub(crate) fn address(&self, operand: Value) -> Value {
        let datum = match operand.datum {
            Datum::Object(Some(address)) => Datum::Integer(address),
            _ => Datum::Unknown,
        };
        Value { type_id: self.state.types.pointer(operand.type_id), datum }
    }

    /// `* operand`, decayed.
    pub(crate) fn dereference(&self, at: u32, operand: Value) -> Parse<Value> {
        let Some(target) = self.pointee(operand.type_id) else {
            return Err(self.no_operator(at, "*", operand.type_id));
        };
        let datum = match operand.datum {
            Datum::Integer(address) => Datum::Object(Some(address)),
            _ => Datum::Object(None),
        };
        Ok(Value { type_id: target, datum })
    }

    #[cold]
    pub(crate) fn no_operator(&self, at: u32, operator: &str, type_id: TypeId) -> Fault {
        Fault::new(at, format!("{operator} cannot be applied to '{}'", self.spell(type_id)))
    }
}

/// A value of which only the type is known.
pub(crate) fn unknown(type_id: TypeId) -> Value {
    Value { type_id, datum: Datum::Unknown }
}
