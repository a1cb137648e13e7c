//! Decimal numbers.

use std::borrow::Cow;
use std::fmt;

use super::{BigInt, store};
use crate::abi::metaffi_decimal;
use crate::error::Result;
use crate::signature::Kind;
use crate::value::OwnedValue;

/// A decimal number as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decimal<'a>(Cow<'a, str>);

/// How many digits a number may have that is written without its exponent.
const MOST_DIGITS: i64 = 1 << 20;

impl<'a> Decimal<'a> {
    /// # Safety
    /// What it points to is valid for `'a`.
    pub(super) unsafe fn read(decimal: &metaffi_decimal) -> Result<Decimal<'a>> {
        // SAFETY: what it points to is valid for `'a`.
        let text =
            unsafe { store::read_text(&decimal.text) }.map_err(|error| error.context("decimal"))?;
        Decimal::parse(text).ok_or_else(|| super::malformed(text, Kind::Decimal))
    }

    /// Digits with a point and an exponent or not, `Infinity`, `NaN`, `sNaN`; in any case.
    pub(super) fn parse(text: &'a str) -> Option<Decimal<'a>> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let lower = unsigned.get(..unsigned.len().min(8))?.to_ascii_lowercase();
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let special = match lower.trim_start_matches('s').strip_prefix("nan") {
            Some(_) => {
                let payload = unsigned.trim_start_matches(['s', 'S']);
                unsigned.len() - payload.len() <= 1 && all_digits(&payload[3..])
            }
            None => matches!(&*unsigned.to_ascii_lowercase(), "inf" | "infinity"),
        };
        (special || parts(unsigned).is_some()).then_some(Decimal(text.into()))
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The integer that it is, if it is one and has not too many digits.
    pub(super) fn to_bigint(&self) -> Option<BigInt<'static>> {
        let (digits, exponent) = self.normal()?;
        if digits.is_empty() {
            return Some(0.into());
        }
        if !(0..=MOST_DIGITS).contains(&exponent) {
            return None;
        }
        let sign = if self.0.starts_with('-') { "-" } else { "" };
        BigInt::parse(&format!("{sign}{digits}{}", "0".repeat(exponent as usize)))
    }

    /// The floating number that it is exactly.
    pub(super) fn to_float(&self) -> Option<f64> {
        let Some(normal) = self.normal() else {
            return match self.0.to_ascii_lowercase().trim_start_matches(['-', '+']) {
                "nan" => Some(f64::NAN),
                "inf" | "infinity" if self.0.starts_with('-') => Some(f64::NEG_INFINITY),
                "inf" | "infinity" => Some(f64::INFINITY),
                _ => None,
            };
        };
        let float: f64 = self.0.parse().ok()?;
        (Decimal::from(float).normal()? == normal).then_some(float)
    }

    /// The digits without zeroes at either end, none for 0, and the exponent of the last; `None` of
    /// what is no number.
    fn normal(&self) -> Option<(String, i64)> {
        let unsigned = self.0.strip_prefix(['-', '+']).unwrap_or(&self.0);
        let (whole, fraction, exponent) = parts(unsigned)?;
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let exponent = exponent
            .checked_sub_unsigned(fraction.len() as u64)?
            .checked_add_unsigned((all.len() - digits.len()) as u64)?;
        let digits = digits.trim_start_matches('0');
        Some((digits.to_owned(), if digits.is_empty() { 0 } else { exponent }))
    }

    pub(super) fn to_value(&self) -> Result<OwnedValue> {
        store::with_text(&self.0, Kind::Decimal, |text| metaffi_decimal { text })
    }
}

/// The digits before and behind the point, and the exponent.
fn parts(unsigned: &str) -> Option<(&str, &str, i64)> {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()))
        .then_some((whole, fraction, exponent))
}

/// Exactly the number, which takes up to 1074 digits behind the point.
impl From<f64> for Decimal<'static> {
    fn from(float: f64) -> Decimal<'static> {
        let sign = if float.is_sign_negative() { "-" } else { "" };
        let text = match float {
            _ if float.is_nan() => "NaN".to_owned(),
            _ if float.is_infinite() => format!("{sign}Infinity"),
            _ => {
                let text = format!("{float:.1074}");
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
        };
        Decimal(text.into())
    }
}

impl From<&BigInt<'_>> for Decimal<'static> {
    fn from(bigint: &BigInt<'_>) -> Decimal<'static> {
        Decimal(bigint.to_string().into())
    }
}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
