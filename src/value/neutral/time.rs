//! Times of day.

use std::fmt;

use super::scan::{Scan, show_fraction};
use super::store;
use crate::abi::{metaffi_string, metaffi_time};
use crate::error::{Error, Result};
use crate::signature::Kind;
use crate::value::{OwnedValue, text};

/// A time of day, with what says of which place it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Time<'a> {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999999999.
    pub nanosecond: u32,
    /// Whether it is the later one of two equal times when clocks are set back.
    pub fold: bool,
    /// Seconds ahead of UTC.
    pub offset: Option<i32>,
    /// The name of the time zone.
    pub zone: Option<&'a str>,
}

impl<'a> Time<'a> {
    /// # Safety
    /// `time` has a time, aligned or not, and what it points to is valid for `'a`.
    pub(super) unsafe fn read(time: *const metaffi_time) -> Result<Time<'a>> {
        // SAFETY: `time` has a time, aligned or not, and what it points to is valid for `'a`. A bool
        // of C's may be any byte.
        unsafe {
            let zone = (&raw const (*time).zone).read_unaligned();
            let has_offset = (&raw const (*time).has_offset).cast::<u8>().read() != 0;
            let fold = (*time).fold;
            if fold > 1 {
                return Err(Error::out_of_range(format!("fold {fold} is not 0 or 1")));
            }
            Ok(Time {
                hour: (*time).hour,
                minute: (*time).minute,
                second: (*time).second,
                nanosecond: (&raw const (*time).nanosecond).read_unaligned(),
                fold: fold != 0,
                offset: has_offset.then(|| (&raw const (*time).offset).read_unaligned()),
                zone: match zone.data.is_null() {
                    true => None,
                    false => Some(store::read_text(&zone).map_err(|error| error.context("zone"))?),
                },
            })
        }
    }

    /// `12:30:00.5+02:00[Europe/Paris]`; seconds, offset (or `Z`) and zone may be missing.
    pub(super) fn parse(text: &'a str) -> Option<Time<'a>> {
        let mut scan = Scan(text);
        let hour = scan.two()?;
        let minute = scan.skip(':').then(|| scan.two())??;
        let (second, nanosecond) = match scan.skip(':') {
            true => (scan.two()?, scan.fraction()?),
            false => (0, 0),
        };
        let offset = if scan.skip('Z') { Some(0) } else { offset(&mut scan)? };
        let zone = match scan.skip('[') {
            true => Some(std::mem::take(&mut scan.0).strip_suffix(']')?),
            false => None,
        };
        scan.is_done().then_some(Time {
            hour,
            minute,
            second,
            nanosecond,
            fold: false,
            offset,
            zone,
        })
    }

    pub(super) fn check(&self) -> Result<()> {
        let at_most = |name: &str, found: u32, most: u32| match found > most {
            true => Err(Error::out_of_range(format!("{name} {found} is not from 0 to {most}"))),
            false => Ok(()),
        };
        at_most("hour", self.hour.into(), 23)?;
        at_most("minute", self.minute.into(), 59)?;
        at_most("second", self.second.into(), 59)?;
        at_most("nanosecond", self.nanosecond, 999_999_999)?;
        if let Some(offset) = self.offset
            && offset.unsigned_abs() >= 86_400
        {
            return Err(Error::out_of_range(format!("offset {offset} is not less than a day")));
        }
        self.zone.map_or(Ok(()), |zone| super::Zone(zone).check())
    }

    pub(super) fn to_value(self) -> Result<OwnedValue> {
        store::with_text(self.zone.unwrap_or(""), Kind::Time, |zone| self.structure(zone))
    }

    /// The structure of it, for the text of its zone.
    pub(super) fn structure(&self, zone: metaffi_string) -> metaffi_time {
        metaffi_time {
            hour: self.hour,
            minute: self.minute,
            second: self.second,
            fold: self.fold.into(),
            nanosecond: self.nanosecond,
            has_offset: self.offset.is_some(),
            offset: self.offset.unwrap_or(0),
            zone: if self.zone.is_some() { zone } else { text::NONE },
        }
    }
}

/// An offset of a time from UTC, if one comes next.
fn offset(scan: &mut Scan<'_>) -> Option<Option<i32>> {
    let Some(sign) = scan.sign() else { return Some(None) };
    let hours = scan.two()?;
    let minutes = scan.skip(':').then(|| scan.two())??;
    let seconds = if scan.skip(':') { scan.two()? } else { 0 };
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60 + i32::from(seconds);
    (minutes < 60).then_some(Some(i32::from(sign) * seconds))
}

impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        show_fraction(self.nanosecond, f)?;
        if let Some(offset) = self.offset {
            let (sign, ahead) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
            write!(f, "{sign}{:02}:{:02}", ahead / 3600, ahead / 60 % 60)?;
            if ahead % 60 != 0 {
                write!(f, ":{:02}", ahead % 60)?;
            }
        }
        self.zone.map_or(Ok(()), |zone| write!(f, "[{zone}]"))
    }
}
