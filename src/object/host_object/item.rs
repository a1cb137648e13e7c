//! Items by position, and entries by key.

use std::ptr;

use super::class::function;
use super::outcome::{Asked, answered, given, made, run, with_function};
use super::{HOST, HostObject, using};
use crate::abi::{metaffi_int64_type, metaffi_value};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{Capabilities, ValuePlace, refuse, refuse_slice};
use crate::signature::Kind;
use crate::value;

/// Items or entries: which of them a key is of, as the class has functions for them.
enum ItemOrEntry {
    Item(i64),
    Entry,
}

/// The bits that are of entries; a text is a key of one.
const ENTRIES: Capabilities =
    Capabilities::READ_ENTRIES.with(Capabilities::WRITE_ENTRIES).with(Capabilities::DELETE_ENTRIES);

/// What a key asks for, of an object that has what it takes for items, or for entries.
#[inline(always)]
fn wanted(
    host: &HostObject,
    object: Key,
    key: &metaffi_value,
    (items, entries): (bool, bool),
    capabilities: Capabilities,
) -> Result<ItemOrEntry> {
    match items.then(|| integer(key)).flatten() {
        Some(index) => position(host, object, index).map(ItemOrEntry::Item),
        None if entries => Ok(ItemOrEntry::Entry),
        None if items && !value::kind_of(key)?.is_text() => Err(no_position(key)),
        None if items => Err(refuse(object, capabilities.within(ENTRIES))),
        None => Err(refuse(object, capabilities)),
    }
}

/// The position of an item: from the end if it is below zero and there is a length.
#[inline(always)]
fn position(host: &HostObject, object: Key, index: i64) -> Result<i64> {
    match index < 0 && function!(host.class, length).is_some() {
        false => Ok(index),
        true => {
            let length = i64::try_from(length(object)?).unwrap_or(i64::MAX);
            match length.checked_add(index).filter(|index| *index >= 0) {
                Some(index) => Ok(index),
                None => Err(Error::not_found(format!("there is no item {index} of {length}"))
                    .in_runtime(HOST)),
            }
        }
    }
}

/// The integer that a key is.
#[inline(always)]
fn integer(key: &metaffi_value) -> Option<i64> {
    let is_int64 = key.r#type == metaffi_int64_type;
    // SAFETY: of every key the payload has these bits.
    if is_int64 { Some(unsafe { key.data.int64 }) } else { other_integer(key) }
}

#[inline(never)]
fn other_integer(key: &metaffi_value) -> Option<i64> {
    let number = value::number::convert(key, Kind::Int64.into()).ok()?;
    // SAFETY: an int64.
    Some(unsafe { number.data.int64 })
}

#[cold]
fn no_position(key: &metaffi_value) -> Error {
    let given = value::type_of(key).map(|found| found.to_string()).unwrap_or_default();
    if value::kind_of(key).is_ok_and(Kind::is_wide_integer) {
        return Error::not_found(format!("there is no item beyond int64: {given} given"))
            .in_runtime(HOST);
    }
    Error::mismatch(format!("{given} given for the position of an item: give an integer"))
        .in_runtime(HOST)
}

/// Reads an item or an entry.
///
/// # Safety
/// The key is what its type says.
#[inline(always)]
pub(super) unsafe fn get(object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
    let able = Capabilities::READ_ITEMS | Capabilities::READ_ENTRIES;
    using(object, |host| {
        let (item, entry) = (function!(host.class, get_item), function!(host.class, get_entry));
        let userdata = host.pointer();
        let wanted = wanted(host, object, key, (item.is_some(), entry.is_some()), able)?;
        given(to, |to| match (wanted, item, entry) {
            // SAFETY: called as its contract says.
            (ItemOrEntry::Item(index), Some(get), _) => unsafe {
                run(host, "get_item", Asked::Item(index), |error| get(userdata, index, to, error))
            },
            // SAFETY: as above.
            (ItemOrEntry::Entry, _, Some(get)) => unsafe {
                run(host, "get_entry", Asked::Entry(key), |error| get(userdata, key, to, error))
            },
            _ => Err(refuse(object, able)),
        })
    })
}

/// Reads an item.
#[inline(always)]
pub(super) fn at(object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
    using(object, |host| match function!(host.class, get_item) {
        Some(get) => {
            let index = position(host, object, index)?;
            let (userdata, asked) = (host.pointer(), Asked::Item(index));
            // SAFETY: called as its contract says.
            given(to, |to| unsafe {
                run(host, "get_item", asked, |error| get(userdata, index, to, error))
            })
        }
        None => Err(refuse(object, Capabilities::READ_ITEMS)),
    })
}

/// Writes an item, or deletes it if there is no value.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn set_at(object: Key, index: i64, value: Option<&metaffi_value>) -> Result<()> {
    let able = match value {
        Some(_) => Capabilities::WRITE_ITEMS,
        None => Capabilities::DELETE_ITEMS,
    };
    match using(object, |host| Ok(host.capabilities.has(able)))? {
        // SAFETY: a number, and the value is what its type says.
        true => unsafe { set(object, &index.into(), value) },
        false => Err(refuse(object, able)),
    }
}

/// Writes an item or an entry, or deletes it if there is no value.
///
/// # Safety
/// Key and value are what their types say.
pub(super) unsafe fn set(
    object: Key,
    key: &metaffi_value,
    value: Option<&metaffi_value>,
) -> Result<()> {
    // SAFETY: key and value are what their types say.
    using(object, |host| unsafe {
        match value {
            Some(value) => write(host, object, key, value),
            None => delete(host, object, key),
        }
    })
}

/// # Safety
/// Key and value are what their types say.
unsafe fn write(
    host: &HostObject,
    object: Key,
    key: &metaffi_value,
    value: &metaffi_value,
) -> Result<()> {
    let able = Capabilities::WRITE_ITEMS | Capabilities::WRITE_ENTRIES;
    let (item, entry) = (function!(host.class, set_item), function!(host.class, set_entry));
    let (userdata, has) = (host.pointer(), (item.is_some(), entry.is_some()));
    match (wanted(host, object, key, has, able)?, item, entry) {
        // SAFETY: called as its contract says.
        (ItemOrEntry::Item(index), Some(set), _) => unsafe {
            run(host, "set_item", Asked::Item(index), |error| set(userdata, index, value, error))
        },
        // SAFETY: as above.
        (ItemOrEntry::Entry, _, Some(set)) => unsafe {
            run(host, "set_entry", Asked::Entry(key), |error| set(userdata, key, value, error))
        },
        _ => Err(refuse(object, able)),
    }
}

/// # Safety
/// The key is what its type says.
unsafe fn delete(host: &HostObject, object: Key, key: &metaffi_value) -> Result<()> {
    let able = Capabilities::DELETE_ITEMS | Capabilities::DELETE_ENTRIES;
    let (item, entry) = (function!(host.class, delete_item), function!(host.class, delete_entry));
    let (userdata, has) = (host.pointer(), (item.is_some(), entry.is_some()));
    match (wanted(host, object, key, has, able)?, item, entry) {
        // SAFETY: called as its contract says.
        (ItemOrEntry::Item(index), Some(delete), _) => unsafe {
            run(host, "delete_item", Asked::Item(index), |error| delete(userdata, index, error))
        },
        // SAFETY: as above.
        (ItemOrEntry::Entry, _, Some(delete)) => unsafe {
            run(host, "delete_entry", Asked::Entry(key), |error| delete(userdata, key, error))
        },
        _ => Err(refuse(object, able)),
    }
}

/// The items of a range of positions.
pub(super) fn slice(
    object: Key,
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
) -> Result<Key> {
    let place = |bound: &Option<i64>| bound.as_ref().map_or(ptr::null(), ptr::from_ref);
    made(object, |to| {
        using(object, |host| {
            let Some(slice) = function!(host.class, slice) else {
                return Err(refuse_slice(object));
            };
            let (start, stop, step) = (place(&start), place(&stop), place(&step));
            // SAFETY: called as its contract says.
            run(host, "slice", Asked::Itself, |error| unsafe {
                slice(host.pointer(), start, stop, step, to, error)
            })
        })
    })
}

/// How many items or entries there are.
#[inline(always)]
pub(super) fn length(object: Key) -> Result<usize> {
    answered(0, |to| {
        const WANTED: Capabilities = Capabilities::LENGTH;
        with_function!(object, length, WANTED, Asked::Itself, |host, length, error| {
            length(host.pointer(), to, error)
        })
    })
}

/// Whether a value is among the items, or among the keys.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn contains(object: Key, value: &metaffi_value) -> Result<bool> {
    answered(false, |to| {
        const WANTED: Capabilities = Capabilities::CONTAIN;
        with_function!(object, contains, WANTED, Asked::Itself, |host, contains, error| {
            contains(host.pointer(), value, to, error)
        })
    })
}
