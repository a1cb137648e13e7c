//! Days with a time.

use std::fmt;

use super::scan::Scan;
use super::{Time, date, store};
use crate::abi::{metaffi_date, metaffi_datetime};
use crate::error::Result;
use crate::signature::Kind;
use crate::value::OwnedValue;

/// A day and a time of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DateTime<'a> {
    /// The day.
    pub date: metaffi_date,
    /// The time of the day.
    pub time: Time<'a>,
}

impl<'a> DateTime<'a> {
    /// # Safety
    /// `datetime` has one, aligned or not, and what it points to is valid for `'a`.
    pub(super) unsafe fn read(datetime: *const metaffi_datetime) -> Result<DateTime<'a>> {
        // SAFETY: `datetime` has one, aligned or not, and what it points to is valid for `'a`.
        unsafe {
            Ok(DateTime {
                date: (&raw const (*datetime).date).read_unaligned(),
                time: Time::read(&raw const (*datetime).time)?,
            })
        }
    }

    /// A date, a `T` or a space, and a time.
    pub(super) fn parse(text: &'a str) -> Option<DateTime<'a>> {
        let mut scan = Scan(text);
        let date = date::take(&mut scan)?;
        let time = (scan.skip('T') || scan.skip(' ')).then(|| Time::parse(scan.0))??;
        Some(DateTime { date, time })
    }

    pub(super) fn check(&self) -> Result<()> {
        date::check(&self.date)?;
        self.time.check()
    }

    pub(super) fn to_value(self) -> Result<OwnedValue> {
        store::with_text(self.time.zone.unwrap_or(""), Kind::DateTime, |zone| metaffi_datetime {
            date: self.date,
            time: self.time.structure(zone),
        })
    }
}

impl fmt::Display for DateTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        date::show(&self.date, f)?;
        write!(f, "T{}", self.time)
    }
}
