//! Between neutral values, numbers and text: exact, or refused.

use super::{BigInt, Neutral};
use crate::abi::{metaffi_complex, metaffi_value};
use crate::error::{Error, Result};
use crate::signature::Kind;
use crate::value::number::{self, Number};
use crate::value::{OwnedValue, kind_of, string, text, unconvertible};

/// A value as a neutral one, or a neutral one as a number or text.
///
/// Integers convert to big integers, and back where they fit; integers and big integers to decimals
/// and complex numbers that are exactly them, floats too, and back; every kind but text to and from
/// its text.
///
/// # Safety
/// What the value holds is valid for the call.
pub unsafe fn convert(value: &metaffi_value, to: Kind) -> Result<OwnedValue> {
    let from = kind_of(value)?;
    // SAFETY: what the value holds is valid for the call; the kind says which member.
    unsafe {
        if from.is_text() && to.is_neutral() {
            let text = text::decode(&value.data.string, from)?;
            return Neutral::parse(&text, to)?.to_value();
        }
        let found = if from.is_neutral() {
            Found::Neutral(Neutral::expect(value, from)?)
        } else {
            let number = number::read(value, from).ok_or_else(|| unconvertible(from, to))?;
            Found::Number(number)
        };
        found.convert(from, to)
    }
}

/// What is converted.
enum Found<'a> {
    Number(Number),
    Neutral(Neutral<'a>),
}

impl Found<'_> {
    fn convert(&self, from: Kind, to: Kind) -> Result<OwnedValue> {
        use Neutral as N;
        let inexact = |what: &dyn std::fmt::Display| {
            Err(Error::out_of_range(format!("{from} {what} has no exact {to}")))
        };
        match (self, to) {
            (Found::Neutral(neutral), _) if to.is_text() => {
                if let N::Time(time) | N::DateTime(super::DateTime { time, .. }) = neutral
                    && time.fold
                {
                    return Err(Error::out_of_range(format!(
                        "{from} {neutral} with a fold has no text"
                    )));
                }
                let copy = text::encode(&neutral.to_string(), to)?;
                // SAFETY: new text.
                Ok(unsafe { OwnedValue::from_raw(string(copy, to)) })
            }
            (Found::Neutral(neutral), _) if from == to => neutral.to_value(),
            (Found::Number(Number::Integer(integer)), _) => {
                integer_to(&(*integer).into(), from, to)
            }
            (Found::Neutral(N::BigInt(bigint)), _) => integer_to(bigint, from, to),
            (Found::Number(Number::Float(float)), Kind::Decimal) => {
                N::Decimal((*float).into()).to_value()
            }
            (Found::Number(Number::Float(float)), Kind::Complex) => {
                N::Complex(metaffi_complex { real: *float, imaginary: 0.0 }).to_value()
            }
            (Found::Neutral(N::Decimal(decimal)), Kind::BigInt) => match decimal.to_bigint() {
                Some(bigint) => N::BigInt(bigint).to_value(),
                None => inexact(decimal),
            },
            (Found::Neutral(N::Decimal(decimal)), _) if number::range(to).is_some() => {
                match decimal.to_bigint() {
                    Some(bigint) => integer_to(&bigint, from, to),
                    None => inexact(decimal),
                }
            }
            (Found::Neutral(N::Decimal(decimal)), Kind::Float64 | Kind::Float32) => {
                match decimal.to_float() {
                    Some(float) => float_to(float, to),
                    None => inexact(decimal),
                }
            }
            (Found::Neutral(N::Complex(complex)), Kind::Float64 | Kind::Float32) => {
                match complex.imaginary == 0.0 {
                    true => float_to(complex.real, to),
                    false => Err(Error::out_of_range(format!(
                        "{from} {} has an imaginary part; pass its real part as a {to}",
                        N::Complex(*complex)
                    ))),
                }
            }
            (Found::Number(number), _) => {
                Err(Error::mismatch(format!("{from} {number} given for {to}")))
            }
            (Found::Neutral(neutral), _) => Err(unconvertible(Short(neutral), to)),
        }
    }
}

/// A neutral value in a message.
struct Short<'a>(&'a Neutral<'a>);

impl std::fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::value::describe::neutral(self.0))
    }
}

/// An integer of any size as what it is exactly.
fn integer_to(bigint: &BigInt<'_>, from: Kind, to: Kind) -> Result<OwnedValue> {
    let shown = || crate::value::describe::bigint(bigint);
    let inexact = || {
        let message = format!("{} has no exact {to}; round it and pass a {to}", shown());
        Error::out_of_range(message)
    };
    match to {
        Kind::BigInt => Neutral::BigInt(bigint.clone()).to_value(),
        Kind::Decimal => Neutral::Decimal(bigint.into()).to_value(),
        Kind::Complex => {
            let real = bigint.to_float(53, 1024).ok_or_else(inexact)?;
            Neutral::Complex(metaffi_complex { real, imaginary: 0.0 }).to_value()
        }
        Kind::Float64 => float_to(bigint.to_float(53, 1024).ok_or_else(inexact)?, to),
        Kind::Float32 => float_to(bigint.to_float(24, 128).ok_or_else(inexact)?, to),
        _ => {
            let Some((least, greatest)) = number::range(to) else {
                return Err(unconvertible(format_args!("{from} {}", shown()), to));
            };
            let fits = |integer: &i128| (least..=greatest).contains(integer);
            let integer = bigint.to_i128().filter(fits).ok_or_else(|| {
                Error::out_of_range(format!(
                    "{} does not fit {to} ({least} to {greatest})",
                    shown()
                ))
            })?;
            // SAFETY: a number holds nothing.
            Ok(unsafe { OwnedValue::from_raw(number::write(Number::Integer(integer), to)) })
        }
    }
}

fn float_to(float: f64, to: Kind) -> Result<OwnedValue> {
    // SAFETY: a number holds nothing.
    number::convert(&float.into(), to.into()).map(|value| unsafe { OwnedValue::from_raw(value) })
}
