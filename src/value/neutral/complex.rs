//! Complex numbers.

use std::fmt;

use crate::abi::metaffi_complex;

/// `1.5-2.0i`; either part alone, too.
pub(super) fn parse(text: &str) -> Option<metaffi_complex> {
    let Some(both) = text.strip_suffix(['i', 'j']) else {
        return Some(metaffi_complex { real: number(text)?, imaginary: 0.0 });
    };
    // The sign of the imaginary part is the last one that is not an exponent's.
    let bytes = both.as_bytes();
    let is_split =
        |at: &usize| matches!(bytes[*at], b'+' | b'-') && !matches!(bytes[*at - 1], b'e' | b'E');
    match (1..both.len()).rev().find(is_split) {
        Some(at) => {
            Some(metaffi_complex { real: number(&both[..at])?, imaginary: number(&both[at..])? })
        }
        None => Some(metaffi_complex { real: 0.0, imaginary: number(both)? }),
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

pub(super) fn show(complex: &metaffi_complex, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign =
        if complex.imaginary.is_sign_negative() && !complex.imaginary.is_nan() { '-' } else { '+' };
    write!(f, "{:?}{sign}{:?}i", complex.real, complex.imaginary.abs())
}
