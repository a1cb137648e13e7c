//! Neutral values: what many languages have and C has no type for, such as big integers and dates.
//! Each is one piece of memory behind a pointer; maps, sets and tuples are arrays of their values.

mod bigint;
mod collection;
mod complex;
mod convert;
mod date;
mod datetime;
mod decimal;
mod duration;
mod range;
mod scan;
mod store;
mod time;
mod uuid;
mod zone;

use std::fmt;

pub use bigint::BigInt;
pub use collection::{check, map, of_array, of_values, set, tuple};
pub use convert::convert;
pub use datetime::DateTime;
pub use decimal::Decimal;
pub use time::Time;
pub use zone::Zone;

use super::OwnedValue;
use crate::abi::{
    metaffi_complex, metaffi_date, metaffi_duration, metaffi_range, metaffi_uuid, metaffi_value,
};
use crate::error::{Error, Result};
use crate::signature::Kind;

/// A neutral value of one piece: checked, and read without a copy of what it points to.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "the variants are the kinds of their names")]
pub enum Neutral<'a> {
    BigInt(BigInt<'a>),
    Decimal(Decimal<'a>),
    Complex(metaffi_complex),
    Date(metaffi_date),
    Time(Time<'a>),
    DateTime(DateTime<'a>),
    Duration(metaffi_duration),
    Zone(Zone<'a>),
    Uuid(metaffi_uuid),
    Range(metaffi_range),
}

impl<'a> Neutral<'a> {
    /// What a value of the kind holds; `None` of a NULL pointer and of every other kind.
    ///
    /// # Safety
    /// What the value holds is valid for `'a`.
    pub unsafe fn read(value: &metaffi_value, kind: Kind) -> Result<Option<Neutral<'a>>> {
        let data = value.data;
        // SAFETY: the kind says which member; what it points to is valid for `'a`.
        unsafe {
            if !kind.is_neutral() || data.bigint.is_null() {
                return Ok(None);
            }
            let neutral = match kind {
                Kind::BigInt => Neutral::BigInt(BigInt::read(&data.bigint.read_unaligned())?),
                Kind::Decimal => Neutral::Decimal(Decimal::read(&data.decimal.read_unaligned())?),
                Kind::Complex => Neutral::Complex(data.complex_number.read_unaligned()),
                Kind::Date => Neutral::Date(data.date.read_unaligned()),
                Kind::Time => Neutral::Time(Time::read(data.time)?),
                Kind::DateTime => Neutral::DateTime(DateTime::read(data.datetime)?),
                Kind::Duration => Neutral::Duration(data.duration.read_unaligned()),
                Kind::Zone => Neutral::Zone(Zone::read(&data.zone.read_unaligned())?),
                Kind::Uuid => Neutral::Uuid(data.uuid.read_unaligned()),
                _ => Neutral::Range(data.range.read_unaligned()),
            };
            neutral.check().map_err(|error| error.context(kind))?;
            Ok(Some(neutral))
        }
    }

    /// What a value of the kind holds; a NULL pointer is an error.
    ///
    /// # Safety
    /// As for [`Neutral::read`].
    pub unsafe fn expect(value: &metaffi_value, kind: Kind) -> Result<Neutral<'a>> {
        // SAFETY: as for `read`.
        unsafe { Neutral::read(value, kind) }?
            .ok_or_else(|| Error::invalid(format!("a {kind} that is NULL")))
    }

    /// The value that the text is, as the [`Display`](fmt::Display) of one writes it.
    pub fn parse(text: &'a str, kind: Kind) -> Result<Neutral<'a>> {
        let parsed = match kind {
            Kind::BigInt => BigInt::parse(text).map(Neutral::BigInt),
            Kind::Decimal => Decimal::parse(text).map(Neutral::Decimal),
            Kind::Complex => complex::parse(text).map(Neutral::Complex),
            Kind::Date => date::parse(text).map(Neutral::Date),
            Kind::Time => Time::parse(text).map(Neutral::Time),
            Kind::DateTime => DateTime::parse(text).map(Neutral::DateTime),
            Kind::Duration => duration::parse(text).map(Neutral::Duration),
            Kind::Zone => Some(Neutral::Zone(Zone(text))),
            Kind::Uuid => uuid::parse(text).map(Neutral::Uuid),
            Kind::Range => range::parse(text).map(Neutral::Range),
            _ => None,
        };
        let neutral = parsed.ok_or_else(|| malformed(text, kind))?;
        neutral.check().map_err(|error| error.context(kind))?;
        Ok(neutral)
    }

    /// Whether every member is one that the kind can have.
    pub fn check(&self) -> Result<()> {
        match self {
            Neutral::Date(date) => date::check(date),
            Neutral::Time(time) => time.check(),
            Neutral::DateTime(datetime) => datetime.check(),
            Neutral::Duration(duration) => duration::check(duration),
            Neutral::Zone(zone) => zone.check(),
            Neutral::Range(range) => range::check(range),
            Neutral::BigInt(_) | Neutral::Decimal(_) | Neutral::Complex(_) | Neutral::Uuid(_) => {
                Ok(())
            }
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Neutral::BigInt(_) => Kind::BigInt,
            Neutral::Decimal(_) => Kind::Decimal,
            Neutral::Complex(_) => Kind::Complex,
            Neutral::Date(_) => Kind::Date,
            Neutral::Time(_) => Kind::Time,
            Neutral::DateTime(_) => Kind::DateTime,
            Neutral::Duration(_) => Kind::Duration,
            Neutral::Zone(_) => Kind::Zone,
            Neutral::Uuid(_) => Kind::Uuid,
            Neutral::Range(_) => Kind::Range,
        }
    }

    /// A value of its own of it, if every member is one that the kind can have.
    pub fn to_value(&self) -> Result<OwnedValue> {
        self.check().map_err(|error| error.context(self.kind()))?;
        match self {
            Neutral::BigInt(bigint) => bigint.to_value(),
            Neutral::Decimal(decimal) => decimal.to_value(),
            Neutral::Complex(complex) => store::plain(*complex, Kind::Complex),
            Neutral::Date(date) => store::plain(*date, Kind::Date),
            Neutral::Time(time) => time.to_value(),
            Neutral::DateTime(datetime) => datetime.to_value(),
            Neutral::Duration(duration) => store::plain(*duration, Kind::Duration),
            Neutral::Zone(zone) => zone.to_value(),
            Neutral::Uuid(uuid) => store::plain(*uuid, Kind::Uuid),
            Neutral::Range(range) => store::plain(*range, Kind::Range),
        }
    }
}

/// As [`Neutral::parse`] reads it: digits, ISO 8601 for what is of time, `1.5+2.0i`, `0:10:1`.
impl fmt::Display for Neutral<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Neutral::BigInt(bigint) => bigint.fmt(f),
            Neutral::Decimal(decimal) => decimal.fmt(f),
            Neutral::Complex(complex) => complex::show(complex, f),
            Neutral::Date(date) => date::show(date, f),
            Neutral::Time(time) => time.fmt(f),
            Neutral::DateTime(datetime) => datetime.fmt(f),
            Neutral::Duration(duration) => duration::show(duration, f),
            Neutral::Zone(zone) => f.write_str(zone.0),
            Neutral::Uuid(uuid) => uuid::show(uuid, f),
            Neutral::Range(range) => range::show(range, f),
        }
    }
}

#[cold]
fn malformed(text: &str, kind: Kind) -> Error {
    let example = match kind {
        Kind::BigInt => "-123",
        Kind::Decimal => "-1.50 or 1E+3",
        Kind::Complex => "1.5-2.0i",
        Kind::Date => "2024-02-29",
        Kind::Time => "12:30:00.5+02:00[Europe/Paris]",
        Kind::DateTime => "2024-02-29T12:30:00.5+02:00[Europe/Paris]",
        Kind::Duration => "PT90.5S or P1DT2H",
        Kind::Uuid => "12345678-1234-5678-1234-567812345678",
        Kind::Range => "0:10:2",
        _ => "its own form",
    };
    let shown: String = text.chars().take(40).collect();
    Error::invalid(format!("\"{shown}\" is no {kind}; one is written as {example}"))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
