//! Attributes.

use super::outcome::{Asked, given, with_function};
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::handle::Key;
use crate::object::{AttributeName, Capabilities, ValuePlace};

/// Reads one.
#[inline(always)]
pub(super) fn get(object: Key, name: AttributeName<'_>, to: ValuePlace<'_>) -> Result<()> {
    const WANTED: Capabilities = Capabilities::READ_ATTRIBUTES;
    let text = name.text();
    let asked = Asked::Attribute(text);
    given(to, |to| {
        with_function!(object, get_attribute, WANTED, asked, |host, get, error| {
            get(host.pointer(), text.as_ptr().cast(), text.len(), to, error)
        })
    })
}

/// Writes one, or deletes it if there is no value.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn set(
    object: Key,
    name: AttributeName<'_>,
    value: Option<&metaffi_value>,
) -> Result<()> {
    let text = name.text();
    let (start, length, asked) = (text.as_ptr().cast(), text.len(), Asked::Attribute(text));
    match value {
        Some(value) => {
            const WANTED: Capabilities = Capabilities::WRITE_ATTRIBUTES;
            with_function!(object, set_attribute, WANTED, asked, |host, set, error| {
                set(host.pointer(), start, length, value, error)
            })
        }
        None => {
            const WANTED: Capabilities = Capabilities::DELETE_ATTRIBUTES;
            with_function!(object, delete_attribute, WANTED, asked, |host, delete, error| {
                delete(host.pointer(), start, length, error)
            })
        }
    }
}
