//! Days.

use std::fmt;

use super::scan::Scan;
use crate::abi::metaffi_date;
use crate::error::{Error, Result};

/// `2024-02-29`; a year of more than four digits has a sign.
pub(super) fn parse(text: &str) -> Option<metaffi_date> {
    let mut scan = Scan(text);
    let date = take(&mut scan)?;
    scan.is_done().then_some(date)
}

/// The date that comes next.
pub(super) fn take(scan: &mut Scan<'_>) -> Option<metaffi_date> {
    let sign = scan.sign();
    let digits = scan.digits();
    if digits.len() < 4 || digits.len() > 4 && sign.is_none() {
        return None;
    }
    let year = i64::from(sign.unwrap_or(1)) * digits.parse::<i64>().ok()?;
    let year = year.try_into().ok()?;
    let month = scan.skip('-').then(|| scan.two())??;
    let day = scan.skip('-').then(|| scan.two())??;
    Some(metaffi_date { year, month, day })
}

pub(super) fn check(date: &metaffi_date) -> Result<()> {
    let metaffi_date { year, month, day } = *date;
    if !(1..=12).contains(&month) {
        return Err(Error::out_of_range(format!("month {month} is not from 1 to 12")));
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=days).contains(&day) {
        let message = format!("day {day} is not from 1 to {days}, in month {month} of year {year}");
        return Err(Error::out_of_range(message));
    }
    Ok(())
}

pub(super) fn show(date: &metaffi_date, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let metaffi_date { year, month, day } = date;
    match year {
        0..=9999 => write!(f, "{year:04}-{month:02}-{day:02}"),
        _ => write!(f, "{year:+05}-{month:02}-{day:02}"),
    }
}
