//! Numbers between slots and C's formats, exactly or with an error.

use crate::error::{Error, Result};
use crate::signature::Kind;

/// A number in a slot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SlotNumber {
    /// Any integer, character or bool.
    Integer(i128),
    /// Any float.
    Float(f64),
}

impl SlotNumber {
    /// The number in the slot of a kind; `None` for kinds that hold no number.
    pub fn of(kind: Kind, slot: u64) -> Option<SlotNumber> {
        Some(match kind {
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                SlotNumber::Integer(i128::from(slot as i64))
            }
            Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Size
            | Kind::Bool
            | Kind::Char8
            | Kind::Char16
            | Kind::Char32 => SlotNumber::Integer(i128::from(slot)),
            Kind::Float32 => SlotNumber::Float(f64::from(f32::from_bits(slot as u32))),
            Kind::Float64 => SlotNumber::Float(f64::from_bits(slot)),
            _ => return None,
        })
    }

    /// The slot of a kind that holds the number. `what` names the C type in messages.
    pub fn into_slot(self, kind: Kind, what: &dyn Fn() -> String) -> Result<u64> {
        match kind {
            Kind::Float64 => Ok(self.to_f64(what)?.to_bits()),
            Kind::Float32 => Ok(u64::from(narrow(self.to_f64(what)?)?.to_bits())),
            Kind::Bool => match self {
                SlotNumber::Integer(value) => Ok(u64::from(value != 0)),
                SlotNumber::Float(_) => Err(not_an_integer(what)),
            },
            _ => {
                let SlotNumber::Integer(value) = self else { return Err(not_an_integer(what)) };
                let (bits, signed) = integer_format(kind);
                fit(value, bits, signed, &|| kind_name(kind))
            }
        }
    }

    /// As a double; an integer that a double cannot hold is an error.
    pub fn to_f64(self, what: &dyn Fn() -> String) -> Result<f64> {
        match self {
            SlotNumber::Float(value) => Ok(value),
            SlotNumber::Integer(value) if value as f64 as i128 == value => Ok(value as f64),
            SlotNumber::Integer(value) => Err(Error::out_of_range(format!(
                "{value} has no exact {} value; convert it to a float yourself",
                what()
            ))),
        }
    }

    /// As an integer of so many bits, widened to eight bytes.
    pub fn to_integer(self, bits: u32, signed: bool, what: &dyn Fn() -> String) -> Result<u64> {
        match self {
            SlotNumber::Integer(value) => fit(value, bits, signed, what),
            SlotNumber::Float(value) => Err(Error::mismatch(format!(
                "{value} is a float, where {} is expected; round it yourself",
                what()
            ))),
        }
    }
}

/// A float from a double, rounded; one that is too large is an error.
pub fn narrow(value: f64) -> Result<f32> {
    let narrowed = value as f32;
    if narrowed.is_infinite() && value.is_finite() {
        return Err(Error::out_of_range(format!("{value} does not fit float")));
    }
    Ok(narrowed)
}

fn fit(value: i128, bits: u32, signed: bool, what: &dyn Fn() -> String) -> Result<u64> {
    let (low, high) = match signed {
        true => (-1_i128 << (bits - 1), (1_i128 << (bits - 1)) - 1),
        false => (0, (1_i128 << bits) - 1),
    };
    if value < low || value > high {
        return Err(Error::out_of_range(format!(
            "{value} does not fit {} ({low} to {high})",
            what()
        )));
    }
    Ok(value as u64)
}

fn integer_format(kind: Kind) -> (u32, bool) {
    match kind {
        Kind::Int8 => (8, true),
        Kind::Int16 => (16, true),
        Kind::Int32 => (32, true),
        Kind::Int64 => (64, true),
        Kind::Uint8 | Kind::Char8 => (8, false),
        Kind::Uint16 | Kind::Char16 => (16, false),
        Kind::Uint32 | Kind::Char32 => (32, false),
        Kind::Size => (usize::BITS, false),
        _ => (64, false),
    }
}

fn kind_name(kind: Kind) -> String {
    crate::signature::Type::from(kind).to_string()
}

#[cold]
fn not_an_integer(what: &dyn Fn() -> String) -> Error {
    Error::mismatch(format!("{} is a float, not an integer", what()))
}
