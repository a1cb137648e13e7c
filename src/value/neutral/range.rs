//! Ranges of integers.

use std::fmt;

use crate::abi::metaffi_range;
use crate::error::{Error, Result};

/// `start:stop:step`; the step may be missing, and is 1 then.
pub(super) fn parse(text: &str) -> Option<metaffi_range> {
    let mut numbers = text.split(':').map(|number| number.parse().ok());
    let (start, stop) = (numbers.next()??, numbers.next()??);
    let step = numbers.next().unwrap_or(Some(1))?;
    numbers.next().is_none().then_some(metaffi_range { start, stop, step })
}

pub(super) fn check(range: &metaffi_range) -> Result<()> {
    match range.step {
        0 => Err(Error::out_of_range("step 0 reaches nothing; give 1 or -1")),
        _ => Ok(()),
    }
}

pub(super) fn show(range: &metaffi_range, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}:{}:{}", range.start, range.stop, range.step)
}
