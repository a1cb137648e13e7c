//! Neutral values as Python's own.

use crate::error::Error;
use crate::signature::Kind;

/// The error of a kind that Python has nothing for.
#[cold]
pub(super) fn unsupported(kind: Kind) -> Error {
    Error::unsupported(format!("Python objects do not become a {kind}, nor the other way round"))
}
