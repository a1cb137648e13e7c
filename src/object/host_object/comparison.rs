//! Equality, order and hash.

use super::class::function;
use super::outcome::{Asked, answered, with_function};
use super::using;
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::handle::Key;
use crate::object::{Capabilities, Comparison, identity};

/// Compares it with a value.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn compare(
    object: Key,
    comparison: Comparison,
    with: &metaffi_value,
) -> Result<bool> {
    let compares = using(object, |host| Ok(function!(host.class, compare).is_some()))?;
    if !compares {
        // SAFETY: the value is what its type says.
        return unsafe { identity::compare(object, comparison, with) };
    }
    answered(false, |to| {
        const WANTED: Capabilities = Capabilities::ORDER;
        with_function!(object, compare, WANTED, Asked::Itself, |host, compare, error| {
            compare(host.pointer(), comparison as u32, with, to, error)
        })
    })
}

/// Its hash.
pub(super) fn hash(object: Key) -> Result<u64> {
    let by_identity = using(object, |host| {
        let (hash, compare) = (function!(host.class, hash), function!(host.class, compare));
        Ok(hash.is_none() && compare.is_none())
    })?;
    if by_identity {
        return identity::hash(object);
    }
    answered(0, |to| {
        with_function!(object, hash, Capabilities::HASH, Asked::Itself, |host, hash, error| {
            hash(host.pointer(), to, error)
        })
    })
}
