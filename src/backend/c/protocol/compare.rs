//! C's data compared: numbers by their value, pointers by what they hold, everything else by where it
//! is.

use std::cmp::Ordering;

use crate::abi::metaffi_value;
use crate::backend::c::convert::SlotNumber;
use crate::backend::c::convert::scalar::{self, Scalar};
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{Format, Representation};
use crate::call;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::handle::{self, Key};
use crate::object::{Capabilities, Comparison, refuse};
use crate::signature::Kind;
use crate::value;

/// What is compared.
#[derive(Clone, Copy)]
enum Comparand {
    Number(Scalar),
    Address(usize),
    /// Equal to nothing of C's.
    Other,
}

impl Comparand {
    fn of_data(scope: &CallScope, data: BorrowedCData<'_>) -> Result<Comparand> {
        let memory = data.data().memory(scope)?;
        let ctype = data.data().ctype().latest();
        Ok(match ctype.class {
            Representation::Pointer(_) => {
                Comparand::Address(data.data().pointer_value(scope)?.addr())
            }
            Representation::Float(Format::Quad) => Comparand::Address(memory.address().addr()),
            Representation::Bool
            | Representation::Integer { .. }
            | Representation::Wide { .. }
            | Representation::Float(_) => {
                // SAFETY: the object's own memory has a value of the type.
                Comparand::Number(unsafe { scalar::load(ctype, memory.address()) }?)
            }
            _ => Comparand::Address(memory.address().addr()),
        })
    }

    /// # Safety
    /// The value is what its type says.
    unsafe fn of(scope: &CallScope, value: &metaffi_value) -> Result<Comparand> {
        let kind = value::kind_of(value)?;
        if kind == Kind::Handle {
            // SAFETY: the value is a handle.
            let key = unsafe { value.data.object }.addr();
            return match BorrowedCData::get(scope, key) {
                _ if key == 0 => Ok(Comparand::Address(0)),
                Ok(data) => Comparand::of_data(scope, data),
                Err(_) => handle::describe_object(key, |_| Comparand::Other),
            };
        }
        if kind == Kind::Null {
            return Ok(Comparand::Address(0));
        }
        if !kind.is_scalar() {
            return Ok(Comparand::Other);
        }
        let mut slots = [0; 3];
        // SAFETY: the value is what its type says.
        unsafe { call::load_as_is(value, slots.as_mut_ptr()) }?;
        Ok(match SlotNumber::of(kind, slots[0]) {
            Some(SlotNumber::Integer(integer)) => Comparand::Number(Scalar::Signed(integer)),
            Some(SlotNumber::Float(float)) => Comparand::Number(Scalar::Float(float)),
            None => Comparand::Other,
        })
    }

    /// How the two are ordered; `None` if they are not.
    fn order(self, other: Comparand) -> Option<Ordering> {
        match (self, other) {
            (Comparand::Number(one), Comparand::Number(other)) => order(one, other),
            (Comparand::Address(one), Comparand::Address(other)) => Some(one.cmp(&other)),
            _ => None,
        }
    }
}

/// How two numbers are ordered: exactly; `None` if one is not a number.
fn order(one: Scalar, other: Scalar) -> Option<Ordering> {
    match (one, other) {
        (Scalar::Float(one), Scalar::Float(other)) => one.partial_cmp(&other),
        (Scalar::Float(float), integer) => order_float(integer, float).map(Ordering::reverse),
        (integer, Scalar::Float(float)) => order_float(integer, float),
        (Scalar::Signed(one), Scalar::Signed(other)) => Some(one.cmp(&other)),
        (Scalar::Unsigned(one), Scalar::Unsigned(other)) => Some(one.cmp(&other)),
        (Scalar::Unsigned(one), Scalar::Signed(other)) => {
            Some(u128::try_from(other).map_or(Ordering::Greater, |other| one.cmp(&other)))
        }
        (Scalar::Signed(one), Scalar::Unsigned(other)) => {
            Some(u128::try_from(one).map_or(Ordering::Less, |one| one.cmp(&other)))
        }
    }
}

pub(super) fn order_float(integer: Scalar, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    let whole = float.trunc();
    // What is beyond all integers is larger or smaller than each, and as an integer the last one.
    let (beyond, order) = match integer {
        Scalar::Unsigned(integer) => {
            (whole >= 2_f64.powi(128) || float < 0.0, integer.cmp(&(whole as u128)))
        }
        Scalar::Signed(integer) => {
            let beyond = whole >= 2_f64.powi(127) || whole < -(2_f64.powi(127));
            (beyond, integer.cmp(&(whole as i128)))
        }
        Scalar::Float(_) => return None,
    };
    if beyond {
        return 0.0.partial_cmp(&float);
    }
    match order {
        Ordering::Equal => 0.0.partial_cmp(&(float - whole)),
        _ => Some(order),
    }
}

/// Whether two values are equal.
///
/// # Safety
/// The values are what their types say.
pub(super) unsafe fn equal(
    scope: &CallScope,
    one: &metaffi_value,
    other: &metaffi_value,
) -> Result<bool> {
    // SAFETY: the values are what their types say.
    unsafe {
        Ok(Comparand::of(scope, one)?.order(Comparand::of(scope, other)?) == Some(Ordering::Equal))
    }
}

/// Compares data with a value.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn compare(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    comparison: Comparison,
    with: &metaffi_value,
) -> Result<bool> {
    let one = Comparand::of_data(scope, data)?;
    // SAFETY: the value is what its type says.
    let other = unsafe { Comparand::of(scope, with) }?;
    let wants_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if wants_order {
        let is_ordered = match data.data().ctype().class {
            Representation::Pointer(_) => matches!(other, Comparand::Address(_)),
            _ => match one {
                Comparand::Number(_) if matches!(other, Comparand::Number(_)) => true,
                Comparand::Number(_) => false,
                _ => return Err(refuse(object, Capabilities::ORDER)),
            },
        };
        if !is_ordered {
            // SAFETY: the value is what its type says.
            let with = unsafe { value::describe(with) };
            let spelled = data.data().ctype().spell();
            return Err(Error::mismatch(format!("there is no order of {spelled} and {with}")));
        }
    }
    Ok(holds(comparison, one.order(other)))
}

fn holds(comparison: Comparison, order: Option<Ordering>) -> bool {
    match comparison {
        Comparison::Less => order.is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Greater => order.is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
    }
}

/// What is the same for all that are equal. Of numbers that may change there is none.
pub(super) fn hash(scope: &CallScope, data: BorrowedCData<'_>, object: Key) -> Result<u64> {
    match Comparand::of_data(scope, data)? {
        Comparand::Address(address) => Ok(address as u64),
        _ => Err(refuse(object, Capabilities::HASH)),
    }
}

/// What C's `if` asks: whether a number is not zero, a pointer not NULL.
pub(super) fn truth(scope: &CallScope, data: BorrowedCData<'_>) -> Result<bool> {
    Ok(match Comparand::of_data(scope, data)? {
        Comparand::Number(Scalar::Float(float)) => float != 0.0,
        Comparand::Number(Scalar::Signed(integer)) => integer != 0,
        Comparand::Number(Scalar::Unsigned(integer)) => integer != 0,
        Comparand::Address(address) => address != 0,
        Comparand::Other => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_real_numbers_are_ordered_exactly() {
        use Ordering::{Equal, Greater, Less};
        let cases = [
            (Scalar::Signed(1), Scalar::Float(1.5), Some(Less)),
            (Scalar::Signed(-1), Scalar::Float(-1.5), Some(Greater)),
            (Scalar::Signed((1 << 53) + 1), Scalar::Float(2_f64.powi(53)), Some(Greater)),
            (Scalar::Unsigned(u128::MAX), Scalar::Signed(-1), Some(Greater)),
            (Scalar::Unsigned(u128::MAX), Scalar::Float(2_f64.powi(128)), Some(Less)),
            (Scalar::Signed(i128::MAX), Scalar::Float(2_f64.powi(127)), Some(Less)),
            (Scalar::Signed(i128::MIN), Scalar::Float(-(2_f64.powi(127))), Some(Equal)),
            (Scalar::Signed(i128::MAX), Scalar::Float(f64::INFINITY), Some(Less)),
            (Scalar::Signed(i128::MIN), Scalar::Float(f64::NEG_INFINITY), Some(Greater)),
            (Scalar::Unsigned(0), Scalar::Float(-0.5), Some(Greater)),
            (Scalar::Unsigned(0), Scalar::Float(-0.0), Some(Equal)),
            (Scalar::Signed(0), Scalar::Float(f64::NAN), None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(order(one, other), expected, "{one:?} {other:?}");
            assert_eq!(order(other, one), expected.map(Ordering::reverse), "{other:?} {one:?}");
        }
    }
}
