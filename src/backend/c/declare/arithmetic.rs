//! Arithmetic on constants with C's promotions, conversions and wrap-around.

use crate::backend::c::types::Primitive;

/// A number of a C type; integers as their mathematical value, except that `unsigned __int128`
/// beyond the range of `i128` is its bit pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
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
}

impl std::fmt::Display for NoValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoValue::DivisionByZero => f.write_str("division by zero in a constant expression"),
            NoValue::Shift(count, width) => {
                write!(f, "a shift by {count} of a type that is {width} bits wide")
            }
            NoValue::NotIntegers => f.write_str("the operator needs integers"),
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

/// The number as a value of the type: wrapped, truncated or rounded as gcc folds it.
pub(crate) fn convert(number: Number, to: Primitive, from: Primitive) -> Number {
    match number {
        Number::Integer(value) if to.is_integer() => Number::Integer(wrap(value, to)),
        Number::Integer(value) => {
            let value =
                if from == Primitive::UnsignedInt128 { value as u128 as f64 } else { value as f64 };
            Number::Float(round(value, to))
        }
        Number::Float(value) if to.is_integer() => Number::Integer(truncate(value, to)),
        Number::Float(value) => Number::Float(round(value, to)),
    }
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

/// Towards zero; what does not fit becomes the nearest value that does, as gcc folds it.
fn truncate(value: f64, to: Primitive) -> i128 {
    if to == Primitive::Bool {
        return i128::from(value != 0.0);
    }
    if to == Primitive::UnsignedInt128 {
        return (value as u128) as i128;
    }
    let bits = width(to);
    let (least, most) = match (bits, to.is_signed()) {
        (128, _) => (i128::MIN, i128::MAX),
        (_, true) => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        (_, false) => (0, (1 << bits) - 1),
    };
    (value as i128).clamp(least, most)
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
    left: Number,
    right: Number,
    operands: Primitive,
) -> Result<Number, NoValue> {
    match (left, right) {
        (Number::Integer(left), Number::Integer(right)) => {
            integers(operator, left, right, operands).map(Number::Integer)
        }
        (Number::Float(left), Number::Float(right)) => floats(operator, left, right, operands),
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
    let value = match operator {
        Operator::Multiply => left.wrapping_mul(right),
        Operator::Divide | Operator::Remainder => return divide(operator, left, right, operands),
        Operator::Add => left.wrapping_add(right),
        Operator::Subtract => left.wrapping_sub(right),
        Operator::ShiftLeft => left << count(right, operands)?,
        Operator::ShiftRight if unsigned => ((left as u128) >> count(right, operands)?) as i128,
        Operator::ShiftRight => left >> count(right, operands)?,
        Operator::Less => return Ok(i128::from(order.is_lt())),
        Operator::Greater => return Ok(i128::from(order.is_gt())),
        Operator::LessEqual => return Ok(i128::from(order.is_le())),
        Operator::GreaterEqual => return Ok(i128::from(order.is_ge())),
        Operator::Equal => return Ok(i128::from(order.is_eq())),
        Operator::NotEqual => return Ok(i128::from(order.is_ne())),
        Operator::And => left & right,
        Operator::ExclusiveOr => left ^ right,
        Operator::Or => left | right,
    };
    Ok(wrap(value, operands))
}

fn divide(
    operator: Operator,
    left: i128,
    right: i128,
    operands: Primitive,
) -> Result<i128, NoValue> {
    if right == 0 {
        return Err(NoValue::DivisionByZero);
    }
    let value = match (operator, operands.is_signed()) {
        (Operator::Divide, true) => left.wrapping_div(right),
        (Operator::Divide, false) => (left as u128 / right as u128) as i128,
        (_, true) => left.wrapping_rem(right),
        (_, false) => (left as u128 % right as u128) as i128,
    };
    Ok(wrap(value, operands))
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
) -> Result<Number, NoValue> {
    let truth = |truth: bool| Ok(Number::Integer(i128::from(truth)));
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
    Ok(Number::Float(round(value, operands)))
}

/// `-number` in its promoted type.
pub(crate) fn negate(number: Number, promoted: Primitive) -> Number {
    match number {
        Number::Integer(value) => Number::Integer(wrap(value.wrapping_neg(), promoted)),
        Number::Float(value) => Number::Float(-value),
    }
}

/// `~number` in its promoted type.
pub(crate) fn complement(value: i128, promoted: Primitive) -> i128 {
    wrap(!value, promoted)
}

/// Whether a condition holds.
pub(crate) fn truth(number: Number) -> bool {
    match number {
        Number::Integer(value) => value != 0,
        Number::Float(value) => value != 0.0,
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
        let minus_one = convert(Number::Integer(-1), Primitive::UnsignedInt, Primitive::Int);
        assert_eq!(minus_one, Number::Integer(0xffff_ffff));
        let less =
            binary(Operator::Less, minus_one, Number::Integer(1), Primitive::UnsignedInt).unwrap();
        assert_eq!(less, Number::Integer(0));
    }

    #[test]
    fn conversions_wrap_and_saturate_as_gcc_folds_them() {
        let from = Primitive::Int;
        let converted = |number, to| convert(number, to, from);
        assert_eq!(converted(Number::Integer(300), Primitive::UnsignedChar), Number::Integer(44));
        assert_eq!(converted(Number::Integer(200), Primitive::SignedChar), Number::Integer(-56));
        assert_eq!(converted(Number::Integer(2), Primitive::Bool), Number::Integer(1));
        assert_eq!(converted(Number::Float(0.5), Primitive::Bool), Number::Integer(1));
        assert_eq!(converted(Number::Float(-2.9), Primitive::Int), Number::Integer(-2));
        assert_eq!(converted(Number::Float(1e30), Primitive::Int), Number::Integer(0x7fff_ffff));
        assert_eq!(converted(Number::Float(f64::NAN), Primitive::Int), Number::Integer(0));
    }

    #[test]
    fn operations_without_a_value_say_so() {
        let (one, zero) = (Number::Integer(1), Number::Integer(0));
        let divided = binary(Operator::Divide, one, zero, Primitive::Int);
        assert_eq!(divided, Err(NoValue::DivisionByZero));
        let shifted = binary(Operator::ShiftLeft, one, Number::Integer(32), Primitive::Int);
        assert_eq!(shifted, Err(NoValue::Shift(32, 32)));
        let shifted = binary(Operator::ShiftRight, one, Number::Integer(-1), Primitive::Long);
        assert_eq!(shifted, Err(NoValue::Shift(-1, 64)));
    }
}
