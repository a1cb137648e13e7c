//! Equality, order and hash.

use super::class::function;
use super::outcome::{Asked, answered, with_function};
use super::using;
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::handle::{self, Key};
use crate::object::{Capabilities, Comparison, HOST, refuse};
use crate::signature::Kind;
use crate::value;

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
        let same = is_same(object, with)?;
        return match comparison {
            Comparison::Equal => Ok(same),
            Comparison::NotEqual => Ok(!same),
            _ => Err(refuse(object, Capabilities::ORDER)),
        };
    }
    answered(false, |to| {
        const WANTED: Capabilities = Capabilities::ORDER;
        with_function!(object, compare, WANTED, Asked::Itself, |host, compare, error| {
            compare(host.pointer(), comparison as u32, with, to, error)
        })
    })
}

/// Whether a value is a handle of the same object; a stale one is refused.
fn is_same(object: Key, with: &metaffi_value) -> Result<bool> {
    if !matches!(value::kind_of(with), Ok(Kind::Handle)) {
        return Ok(false);
    }
    // SAFETY: its type says that it is one.
    let other = unsafe { with.data.object }.addr();
    let which =
        |key| handle::describe_object(key, |object| (object.runtime() == HOST, object.identity()));
    Ok(which(object)? == which(other)?)
}

/// Its hash.
pub(super) fn hash(object: Key) -> Result<u64> {
    let by_identity = using(object, |host| {
        let (hash, compare) = (function!(host.class, hash), function!(host.class, compare));
        Ok(hash.is_none() && compare.is_none())
    })?;
    if by_identity {
        return handle::describe_object(object, |object| object.identity());
    }
    answered(0, |to| {
        with_function!(object, hash, Capabilities::HASH, Asked::Itself, |host, hash, error| {
            hash(host.pointer(), to, error)
        })
    })
}
