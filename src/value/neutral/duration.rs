//! Spans of time.

use std::fmt;

use super::scan::{Scan, show_fraction};
use crate::abi::metaffi_duration;
use crate::error::{Error, Result};

const SECOND: i128 = 1_000_000_000;

/// `PT90.5S`, `-P1DT2H3M4.5S`: days, hours, minutes and seconds, each with a sign or not.
pub(super) fn parse(text: &str) -> Option<metaffi_duration> {
    let mut scan = Scan(text);
    let sign = i128::from(scan.sign().unwrap_or(1));
    if !scan.skip('P') {
        return None;
    }
    let (mut nanoseconds, mut parts, mut in_time) = (0_i128, 0, false);
    let mut units: &[(char, i128)] = &[('D', 86_400)];
    while !scan.is_done() {
        if !in_time && scan.skip('T') {
            in_time = true;
            units = &[('H', 3600), ('M', 60), ('S', 1)];
        }
        let part_sign = i128::from(scan.sign().unwrap_or(1));
        let whole: i64 = scan.digits().parse().ok()?;
        let fraction = scan.0.starts_with('.');
        let part = part_sign * (i128::from(whole) * SECOND + i128::from(scan.fraction()?));
        let unit = scan.0.chars().next()?;
        let place = units.iter().position(|(known, _)| *known == unit)?;
        let (_, seconds) = units[place];
        if !scan.skip(unit) || fraction && unit != 'S' {
            return None;
        }
        units = &units[place + 1..];
        nanoseconds += part * seconds;
        parts += 1;
    }
    let nanoseconds = sign * nanoseconds;
    let seconds = nanoseconds.div_euclid(SECOND).try_into().ok()?;
    let nanoseconds = nanoseconds.rem_euclid(SECOND) as u32;
    (parts != 0).then_some(metaffi_duration { seconds, nanoseconds })
}

pub(super) fn check(duration: &metaffi_duration) -> Result<()> {
    match duration.nanoseconds {
        0..1_000_000_000 => Ok(()),
        nanoseconds => {
            let message = format!(
                "nanoseconds {nanoseconds} is not from 0 to 999999999; add what is more to seconds"
            );
            Err(Error::out_of_range(message))
        }
    }
}

pub(super) fn show(duration: &metaffi_duration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let all = i128::from(duration.seconds) * SECOND + i128::from(duration.nanoseconds);
    let (sign, all) = (if all < 0 { "-" } else { "" }, all.unsigned_abs());
    write!(f, "{sign}PT{}", all / SECOND.unsigned_abs())?;
    show_fraction((all % SECOND.unsigned_abs()) as u32, f)?;
    f.write_str("S")
}
