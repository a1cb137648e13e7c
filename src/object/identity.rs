//! Objects as what they are: the same, or another one.

use super::{Capabilities, Comparison, of, refuse};
use crate::abi::metaffi_value;
use crate::error::{Result, Status};
use crate::handle::{self, Key};
use crate::signature::Kind;
use crate::value;

/// Whether two handles stand for the same object of the same runtime.
pub fn same(one: Key, other: Key) -> Result<bool> {
    handle::describe_object(one, |one| {
        handle::describe_object(other, |other| {
            one.identity() == other.identity() && one.runtime() == other.runtime()
        })
    })?
}

/// Compares an object with a value. What its class does not compare is not equal, unless it is the
/// object itself.
///
/// # Safety
/// The value is what its type says.
pub unsafe fn compare_with(
    object: Key,
    comparison: Comparison,
    with: &metaffi_value,
) -> Result<bool> {
    // SAFETY: the value is what its type says.
    unsafe {
        let compared = of(object)?.compare(object, comparison, with);
        match (&compared, comparison) {
            (Err(failure), Comparison::Equal | Comparison::NotEqual)
                if failure.status() == Status::Unsupported =>
            {
                compare(object, comparison, with)
            }
            _ => compared,
        }
    }
}

/// Compares an object that is equal to itself alone; a stale handle is refused.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn compare(
    object: Key,
    comparison: Comparison,
    with: &metaffi_value,
) -> Result<bool> {
    let is_same = match value::kind_of(with)? {
        // SAFETY: the value is a handle.
        Kind::Handle => match unsafe { with.data.object }.addr() {
            0 => false,
            other => same(object, other)?,
        },
        _ => false,
    };
    match comparison {
        Comparison::Equal => Ok(is_same),
        Comparison::NotEqual => Ok(!is_same),
        _ => Err(refuse(object, Capabilities::ORDER)),
    }
}

/// Its hash.
pub(super) fn hash(object: Key) -> Result<u64> {
    handle::describe_object(object, |object| object.identity())
}
