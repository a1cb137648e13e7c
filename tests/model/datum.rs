//! [`Datum`]: a value without parts, as Python understands it.

use std::cmp::Ordering;

use super::choices::Choices;

/// A value without parts.
#[derive(Clone, Debug)]
pub enum Datum {
    Null,
    Bool(bool),
    Int(i64),
    /// A multiple of a half.
    Float(f64),
    Text(String),
    /// A thing of which there is one, by its number.
    Token(usize),
    /// What was never given, which is a fault.
    Strange(String),
}

use Datum::{Bool, Float, Int, Null, Strange, Text, Token};

/// How many things there are of which there is one.
pub const TOKENS: usize = 3;

const TEXTS: [&str; 8] = ["", "a", "b", "ab", "ba", "x", "größer", "\u{1f600}a"];
/// The names of attributes, entries and arguments.
pub const NAMES: [&str; 9] = ["a", "b", "x", "y", "plain", "fixed", "broken", "lost", "_x"];

impl Datum {
    /// Any.
    pub fn choose(choices: &mut Choices<'_>) -> Datum {
        match choices.below(12) {
            0 => Null,
            1 => Bool(false),
            2 => Bool(true),
            3 => Float((choices.below(9) as f64 - 4.0) / 2.0),
            4 | 5 => Text(choices.pick(&TEXTS).to_owned()),
            6 => Token(choices.below(TOKENS)),
            7 => Int(choices.pick(&[i64::MIN, i64::MAX, -1, 255, 256, 1 << 53, 1 << 40])),
            _ => Int(choices.below(7) as i64 - 2),
        }
    }

    /// A number of a byte.
    pub fn byte(choices: &mut Choices<'_>) -> u8 {
        choices.pick(&[0, 97, 98, 99, 122, 255])
    }

    /// Twice the number that it is, which is exact.
    fn twice(&self) -> Option<i128> {
        match self {
            Bool(truth) => Some(2 * i128::from(*truth)),
            Int(number) => Some(2 * i128::from(*number)),
            Float(number) => Some((2.0 * number) as i128),
            _ => None,
        }
    }

    /// The position that it is.
    pub fn index(&self) -> Option<i64> {
        match self {
            Bool(truth) => Some(i64::from(*truth)),
            Int(number) => Some(*number),
            _ => None,
        }
    }

    pub fn equals(&self, other: &Datum) -> bool {
        match (self, other) {
            (Null, Null) => true,
            (Text(one), Text(other)) => one == other,
            (Token(one), Token(other)) => one == other,
            _ => self.twice().is_some() && self.twice() == other.twice(),
        }
    }

    /// Which is less; `None` of what has no order.
    pub fn order(&self, other: &Datum) -> Option<Ordering> {
        match (self, other) {
            (Text(one), Text(other)) => Some(one.cmp(other)),
            _ => Some(self.twice()?.cmp(&other.twice()?)),
        }
    }

    /// As `repr` has it.
    pub fn repr(&self) -> String {
        match self {
            Null => "None".to_owned(),
            Bool(true) => "True".to_owned(),
            Bool(false) => "False".to_owned(),
            Int(number) => number.to_string(),
            Float(number) => format!("{number:?}"),
            Text(text) => format!("'{text}'"),
            Token(number) => format!("token {number}"),
            Strange(what) => what.clone(),
        }
    }
}

/// Whether two are the same to the last bit: 1, 1.0 and true are not.
impl PartialEq for Datum {
    fn eq(&self, other: &Datum) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.equals(other)
    }
}

/// How sequences are compared: by the first that differ; `None` if these have no order.
pub fn order_of(one: &[Datum], other: &[Datum]) -> Option<Ordering> {
    match one.iter().zip(other).find(|(one, other)| !one.equals(other)) {
        Some((one, other)) => one.order(other),
        None => Some(one.len().cmp(&other.len())),
    }
}

/// Whether sequences are equal.
pub fn are_equal(one: &[Datum], other: &[Datum]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.equals(other))
}

/// Whether a value is among others.
pub fn is_among(one: &Datum, others: &[Datum]) -> bool {
    others.iter().any(|other| other.equals(one))
}

/// Whether all of some are among others.
pub fn are_among(some: &[Datum], others: &[Datum]) -> bool {
    some.iter().all(|one| is_among(one, others))
}

/// `repr` of several, with commas.
pub fn listed(data: &[Datum]) -> String {
    let texts: Vec<String> = data.iter().map(Datum::repr).collect();
    texts.join(", ")
}
