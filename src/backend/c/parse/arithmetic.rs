//! Arithmetic on constants with C's promotions and conversions.
//!
//! Unsigned numbers wrap, and so do conversions between integers. What C leaves undefined has no
//! value; shifts of negative numbers and into the sign have the one that every compiler gives.

use crate::backend::c::types::Primitive;

/// A number of a C type; integers as their mathematical value, except that `unsigned __int128`
/// beyond the range of `i128` is its bit pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum ArithmeticValue {
    Integer(i128),
    Float(f64),
}

/// An operator of two arithmetic operands, logical ones excluded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operator {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    ExclusiveOr,
    Or,
}

impl Operator {
    /// Whether the result is an `int` that says yes or no.
    pub(crate) fn compares(self) -> bool {
        use Operator::*;
        matches!(self, Less | Greater | LessEqual | GreaterEqual | Equal | NotEqual)
    }

    /// Whether the operands keep their own promoted types.
    pub(crate) fn shifts(self) -> bool {
        matches!(self, Operator::ShiftLeft | Operator::ShiftRight)
    }

    /// Whether only integers have it.
    pub(crate) fn needs_integers(self) -> bool {
        use Operator::*;
        self.shifts() || matches!(self, Remainder | And | ExclusiveOr | Or)
    }
}

/// Why an operation has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NoValue {
    DivisionByZero,
    /// The count and the width of the shifted type.
    Shift(i128, u32),
    NotIntegers,
    /// The result is no number of the type.
    Overflow(Primitive),
    /// The result is a number of the type, but no double.
    Inexact(Primitive),
}

impl std::fmt::Display for NoValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoValue::DivisionByZero => f.write_str("division by zero in a constant expression"),
            NoValue::Shift(count, width) => {
                write!(f, "a shift by {count} of a type that is {width} bits wide")
            }
            NoValue::NotIntegers => f.write_str("the operator needs integers"),
            NoValue::Inexact(primitive) => {
                let name = primitive.name();
                write!(
                    f,
                    "the value has more digits or a wider range than a double; use data of '{name}'"
                )
            }
            NoValue::Overflow(primitive) => {
                let name = primitive.name();
                write!(f, "overflow in a constant expression: the result does not fit in '{name}'")
            }
        }
    }
}

/// The bits of an integer type.
pub(crate) fn width(primitive: Primitive) -> u32 {
    primitive.size().unwrap_or(0) as u32 * 8
}

/// Integer promotion, 6.3.1.1; other types stay.
pub(crate) fn promote(primitive: Primitive) -> Primitive {
    let int = width(Primitive::Int);
    match primitive {
        Primitive::Bool => Primitive::Int,
        Primitive::WChar | Primitive::Char32 if width(primitive) == int => {
            if primitive.is_signed() { Primitive::Int } else { Primitive::UnsignedInt }
        }
        _ if primitive.is_integer() && width(primitive) < int => Primitive::Int,
        _ => primitive,
    }
}

/// The usual arithmetic conversions, 6.3.1.8.
pub(crate) fn common(left: Primitive, right: Primitive) -> Primitive {
    if left.is_float() || right.is_float() {
        return if float_rank(left) >= float_rank(right) { left } else { right };
    }
    let (left, right) = (promote(left), promote(right));
    let (wide, narrow) =
        if integer_rank(left) >= integer_rank(right) { (left, right) } else { (right, left) };
    let conflict = wide.is_signed() && !narrow.is_signed();
    // A wider signed type holds every value of a narrower unsigned one.
    if conflict && width(wide) == width(narrow) {
        return unsigned(wide);
    }
    let same_rank = integer_rank(wide) == integer_rank(narrow);
    if same_rank && !narrow.is_signed() { narrow } else { wide }
}

fn float_rank(primitive: Primitive) -> u8 {
    match primitive {
        Primitive::Float16 => 1,
        Primitive::Float => 2,
        Primitive::Double => 3,
        Primitive::LongDouble => 4,
        Primitive::Float128 => 5,
        _ => 0,
    }
}

fn integer_rank(primitive: Primitive) -> u8 {
    match primitive {
        Primitive::Int | Primitive::UnsignedInt => 1,
        Primitive::Long | Primitive::UnsignedLong => 2,
        Primitive::LongLong | Primitive::UnsignedLongLong => 3,
        Primitive::Int128 | Primitive::UnsignedInt128 => 4,
        _ => 0,
    }
}

fn unsigned(primitive: Primitive) -> Primitive {
    match primitive {
        Primitive::Int => Primitive::UnsignedInt,
        Primitive::Long => Primitive::UnsignedLong,
        Primitive::LongLong => Primitive::UnsignedLongLong,
        Primitive::Int128 => Primitive::UnsignedInt128,
        other => other,
    }
}

/// The number as a value of the type: wrapped, truncated or rounded.
pub(crate) fn convert(
    number: ArithmeticValue,
    to: Primitive,
    from: Primitive,
) -> Result<ArithmeticValue, NoValue> {
    Ok(match number {
        ArithmeticValue::Integer(value) if to.is_integer() => {
            ArithmeticValue::Integer(wrap(value, to))
        }
        ArithmeticValue::Integer(value) => {
            let unsigned = from == Primitive::UnsignedInt128;
            let float = if unsigned { value as u128 as f64 } else { value as f64 };
            let back = if unsigned { float as u128 as i128 } else { float as i128 };
            if is_beyond_double(to) && back != value {
                return Err(NoValue::Inexact(to));
            }
            ArithmeticValue::Float(round(float, to))
        }
        ArithmeticValue::Float(value) if to.is_integer() => {
            ArithmeticValue::Integer(truncate(value, to)?)
        }
        ArithmeticValue::Float(value) => ArithmeticValue::Float(round(value, to)),
    })
}

/// The integer modulo the width of its type.
fn wrap(value: i128, to: Primitive) -> i128 {
    if to == Primitive::Bool {
        return i128::from(value != 0);
    }
    let spare = 128 - width(to).min(128);
    if spare == 0 {
        value
    } else if to.is_signed() {
        value << spare >> spare
    } else {
        ((value as u128) << spare >> spare) as i128
    }
}

/// Towards zero.
fn truncate(value: f64, to: Primitive) -> Result<i128, NoValue> {
    if to == Primitive::Bool {
        return Ok(i128::from(value != 0.0));
    }
    let (value, bits) = (value.trunc(), width(to) as i32);
    let (least, end) = match to.is_signed() {
        true => (-2f64.powi(bits - 1), 2f64.powi(bits - 1)),
        false => (0.0, 2f64.powi(bits)),
    };
    match least <= value && value < end {
        true if to.is_signed() => Ok(value as i128),
        true => Ok(value as u128 as i128),
        false => Err(NoValue::Overflow(to)),
    }
}

/// Whether the type has numbers that are no doubles.
pub(crate) fn is_beyond_double(primitive: Primitive) -> bool {
    matches!(primitive, Primitive::LongDouble | Primitive::Float128)
}

/// Whether the result of an operation is what it is without rounding.
fn is_exact(operator: Operator, left: f64, right: f64, value: f64) -> bool {
    if !left.is_finite() || !right.is_finite() {
        return true;
    }
    match operator {
        Operator::Add | Operator::Subtract => {
            let right = if operator == Operator::Add { right } else { -right };
            let of_right = value - left;
            value.is_finite() && (left - (value - of_right)) + (right - of_right) == 0.0
        }
        Operator::Multiply => {
            left == 0.0 || right == 0.0 || value.is_normal() && left.mul_add(right, -value) == 0.0
        }
        _ => left == 0.0 || right == 0.0 || value.is_normal() && value.mul_add(right, -left) == 0.0,
    }
}

/// To the precision of the type; `long double` and `_Float128` are computed as `double`.
fn round(value: f64, to: Primitive) -> f64 {
    match to {
        Primitive::Float => f64::from(value as f32),
        _ => value,
    }
}

/// The value of `left operator right`, both already of the type `operands`, or promoted on their
/// own for shifts.
pub(crate) fn binary(
    operator: Operator,
    left: ArithmeticValue,
    right: ArithmeticValue,
    operands: Primitive,
) -> Result<ArithmeticValue, NoValue> {
    match (left, right) {
        (ArithmeticValue::Integer(left), ArithmeticValue::Integer(right)) => {
            integers(operator, left, right, operands).map(ArithmeticValue::Integer)
        }
        (ArithmeticValue::Float(left), ArithmeticValue::Float(right)) => {
            floats(operator, left, right, operands)
        }
        _ => Err(NoValue::NotIntegers),
    }
}

fn integers(
    operator: Operator,
    left: i128,
    right: i128,
    operands: Primitive,
) -> Result<i128, NoValue> {
    let unsigned = !operands.is_signed();
    let order = if unsigned { (left as u128).cmp(&(right as u128)) } else { left.cmp(&right) };
    let result = match operator {
        Operator::Multiply => left.overflowing_mul(right),
        Operator::Divide | Operator::Remainder if right == 0 => {
            return Err(NoValue::DivisionByZero);
        }
        Operator::Divide if unsigned => ((left as u128 / right as u128) as i128, false),
        Operator::Divide => left.overflowing_div(right),
        Operator::Remainder if unsigned => ((left as u128 % right as u128) as i128, false),
        // Undefined where the quotient is, too.
        Operator::Remainder => {
            let (quotient, over) = left.overflowing_div(right);
            settle((quotient, over), operands)?;
            (left.wrapping_rem(right), false)
        }
        Operator::Add => left.overflowing_add(right),
        Operator::Subtract => left.overflowing_sub(right),
        Operator::ShiftLeft => return Ok(wrap(left << count(right, operands)?, operands)),
        Operator::ShiftRight if unsigned => {
            (((left as u128) >> count(right, operands)?) as i128, false)
        }
        Operator::ShiftRight => (left >> count(right, operands)?, false),
        Operator::Less => return Ok(i128::from(order.is_lt())),
        Operator::Greater => return Ok(i128::from(order.is_gt())),
        Operator::LessEqual => return Ok(i128::from(order.is_le())),
        Operator::GreaterEqual => return Ok(i128::from(order.is_ge())),
        Operator::Equal => return Ok(i128::from(order.is_eq())),
        Operator::NotEqual => return Ok(i128::from(order.is_ne())),
        Operator::And => (left & right, false),
        Operator::ExclusiveOr => (left ^ right, false),
        Operator::Or => (left | right, false),
    };
    settle(result, operands)
}

/// The result of an operation in its type, and whether it went beyond 128 bits on the way.
fn settle((value, over): (i128, bool), operands: Primitive) -> Result<i128, NoValue> {
    let wrapped = wrap(value, operands);
    match operands.is_signed() && (over || wrapped != value) {
        true => Err(NoValue::Overflow(operands)),
        false => Ok(wrapped),
    }
}

fn count(count: i128, shifted: Primitive) -> Result<u32, NoValue> {
    let width = width(shifted);
    u32::try_from(count).ok().filter(|&count| count < width).ok_or(NoValue::Shift(count, width))
}

fn floats(
    operator: Operator,
    left: f64,
    right: f64,
    operands: Primitive,
) -> Result<ArithmeticValue, NoValue> {
    let truth = |truth: bool| Ok(ArithmeticValue::Integer(i128::from(truth)));
    let value = match operator {
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Less => return truth(left < right),
        Operator::Greater => return truth(left > right),
        Operator::LessEqual => return truth(left <= right),
        Operator::GreaterEqual => return truth(left >= right),
        Operator::Equal => return truth(left == right),
        Operator::NotEqual => return truth(left != right),
        _ => return Err(NoValue::NotIntegers),
    };
    if is_beyond_double(operands) && !is_exact(operator, left, right, value) {
        return Err(NoValue::Inexact(operands));
    }
    Ok(ArithmeticValue::Float(round(value, operands)))
}

/// `-number` in its promoted type.
pub(crate) fn negate(
    number: ArithmeticValue,
    promoted: Primitive,
) -> Result<ArithmeticValue, NoValue> {
    match number {
        ArithmeticValue::Integer(value) => {
            settle(value.overflowing_neg(), promoted).map(ArithmeticValue::Integer)
        }
        ArithmeticValue::Float(value) => Ok(ArithmeticValue::Float(-value)),
    }
}

/// `~number` in its promoted type.
pub(crate) fn complement(value: i128, promoted: Primitive) -> i128 {
    wrap(!value, promoted)
}

/// Whether a condition holds.
pub(crate) fn truth(number: ArithmeticValue) -> bool {
    match number {
        ArithmeticValue::Integer(value) => value != 0,
        ArithmeticValue::Float(value) => value != 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_meet_in_the_type_of_c() {
        use Primitive::*;
        assert_eq!(common(Char, Short), Int);
        assert_eq!(common(Int, UnsignedInt), UnsignedInt);
        assert_eq!(common(UnsignedInt, Long), Long);
        assert_eq!(common(UnsignedLong, LongLong), UnsignedLongLong);
        assert_eq!(common(LongLong, UnsignedLong), UnsignedLongLong);
        assert_eq!(common(UnsignedLong, Int128), Int128);
        assert_eq!(common(UnsignedLongLong, Float), Float);
        assert_eq!(common(Float, LongDouble), LongDouble);
        assert_eq!(common(Bool, Char32), UnsignedInt);
    }

    #[test]
    fn unsigned_numbers_compare_as_unsigned() {
        let minus_one =
            convert(ArithmeticValue::Integer(-1), Primitive::UnsignedInt, Primitive::Int).unwrap();
        assert_eq!(minus_one, ArithmeticValue::Integer(0xffff_ffff));
        let less =
            binary(Operator::Less, minus_one, ArithmeticValue::Integer(1), Primitive::UnsignedInt)
                .unwrap();
        assert_eq!(less, ArithmeticValue::Integer(0));
    }

    #[test]
    fn integers_are_wrapped_and_numbers_cut_off_where_they_fit() {
        let from = Primitive::Int;
        let converted = |number, to| convert(number, to, from).unwrap();
        let refused = |value, to| convert(ArithmeticValue::Float(value), to, from).unwrap_err();
        assert_eq!(
            converted(ArithmeticValue::Integer(300), Primitive::UnsignedChar),
            ArithmeticValue::Integer(44)
        );
        assert_eq!(
            converted(ArithmeticValue::Integer(200), Primitive::SignedChar),
            ArithmeticValue::Integer(-56)
        );
        assert_eq!(
            converted(ArithmeticValue::Integer(2), Primitive::Bool),
            ArithmeticValue::Integer(1)
        );
        assert_eq!(
            converted(ArithmeticValue::Float(0.5), Primitive::Bool),
            ArithmeticValue::Integer(1)
        );
        assert_eq!(
            converted(ArithmeticValue::Float(-2.9), Primitive::Int),
            ArithmeticValue::Integer(-2)
        );
        assert_eq!(
            converted(ArithmeticValue::Float(-0.9), Primitive::UnsignedInt),
            ArithmeticValue::Integer(0)
        );
        let overflow = NoValue::Overflow(Primitive::Int);
        assert_eq!([1e30, f64::NAN].map(|value| refused(value, Primitive::Int)), [overflow; 2]);
        let most = converted(ArithmeticValue::Float(2147483647.5), Primitive::Int);
        assert_eq!(most, ArithmeticValue::Integer(i32::MAX.into()));
        assert_eq!(refused(2147483648.0, Primitive::Int), overflow);
    }

    #[test]
    fn what_no_double_has_is_no_value_of_a_long_double() {
        use Operator::*;
        let of = |operator, left, right, operands| {
            binary(operator, ArithmeticValue::Float(left), ArithmeticValue::Float(right), operands)
        };
        let cases = [
            (Add, 0.5, 1.25, 1.75),
            (Subtract, 1.0, 0.75, 0.25),
            (Multiply, 1.5, 1.5, 2.25),
            (Divide, 9.0, 4.0, 2.25),
            (Divide, 1.0, 0.0, f64::INFINITY),
            (Add, f64::INFINITY, 1.0, f64::INFINITY),
            (Multiply, 0.0, 1e300, 0.0),
        ];
        for (operator, left, right, value) in cases {
            let found = of(operator, left, right, Primitive::LongDouble);
            assert_eq!(found, Ok(ArithmeticValue::Float(value)), "{left} {operator:?} {right}");
        }
        let inexact = [
            (Add, 1.0, 1e-30),
            (Subtract, 1e17, 1.5),
            (Multiply, 0.1, 0.1),
            (Divide, 1.0, 3.0),
            (Multiply, 1e300, 1e300),
            (Multiply, 1e-300, 1e-300),
        ];
        for (operator, left, right) in inexact {
            let refused = of(operator, left, right, Primitive::Float128);
            assert_eq!(refused, Err(NoValue::Inexact(Primitive::Float128)), "{left} {right}");
            assert!(of(operator, left, right, Primitive::Double).is_ok());
        }
        let odd = ArithmeticValue::Integer((1 << 53) + 1);
        assert!(convert(odd, Primitive::LongDouble, Primitive::Long).is_err());
        assert!(convert(odd, Primitive::Double, Primitive::Long).is_ok());
    }

    #[test]
    fn operations_without_a_value_say_so() {
        let (one, zero) = (ArithmeticValue::Integer(1), ArithmeticValue::Integer(0));
        let divided = binary(Operator::Divide, one, zero, Primitive::Int);
        assert_eq!(divided, Err(NoValue::DivisionByZero));
        let shifted =
            binary(Operator::ShiftLeft, one, ArithmeticValue::Integer(32), Primitive::Int);
        assert_eq!(shifted, Err(NoValue::Shift(32, 32)));
        let shifted =
            binary(Operator::ShiftRight, one, ArithmeticValue::Integer(-1), Primitive::Long);
        assert_eq!(shifted, Err(NoValue::Shift(-1, 64)));
        let least = ArithmeticValue::Integer(i128::MIN);
        let minus = ArithmeticValue::Integer(-1);
        for operator in [Operator::Divide, Operator::Remainder, Operator::Multiply] {
            let result = binary(operator, least, minus, Primitive::Int128);
            assert_eq!(result, Err(NoValue::Overflow(Primitive::Int128)), "{operator:?}");
            let result = binary(operator, least, minus, Primitive::UnsignedInt128);
            assert!(result.is_ok(), "{operator:?}");
        }
    }
}
