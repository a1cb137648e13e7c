//! Items and entries of Python's objects.

use std::ptr::{self, NonNull};

use super::attribute::{NameObject, known_twin};
use super::capability::{self, may};
use super::entered::Kept;
use super::value;
use crate::abi::metaffi_value;
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::object::{AttributeName, Capabilities, InternedName, ValuePlace, refuse};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, from_handle, to_handle};
use crate::signature::Kind;
use crate::thread::ThreadWords;
use crate::value::kind_of;

const READ: Capabilities = Capabilities::READ_ITEMS.with(Capabilities::READ_ENTRIES);
const WRITE: Capabilities = Capabilities::WRITE_ITEMS.with(Capabilities::WRITE_ENTRIES);
const DELETE: Capabilities = Capabilities::DELETE_ITEMS.with(Capabilities::DELETE_ENTRIES);
const ENTRIES: Capabilities =
    Capabilities::READ_ENTRIES.with(Capabilities::WRITE_ENTRIES).with(Capabilities::DELETE_ENTRIES);

/// Reads an item by position or an entry by key.
///
/// # Safety
/// The key is what its type says.
pub(super) unsafe fn get(
    gil: &Gil,
    of: (Key, Object),
    key: &metaffi_value,
    to: ValuePlace<'_>,
) -> Result<()> {
    let wanted = wanted(READ, key)?;
    // SAFETY: the key is what its type says.
    unsafe { read(gil, of, wanted, *value::take(gil, key)?, to) }
}

/// The number at a position of an exact list or tuple, where nothing has to be called to see it: so little
/// is done then that what is kept for a call would be much.
#[inline(always)]
pub(super) fn glance(object: Key, index: i64) -> Option<metaffi_value> {
    let gil = gil::at_a_glance()?;
    let found = listed(&gil, from_handle(&gil, object)?, index)?;
    // SAFETY: alive, since what has it is, under the GIL.
    unsafe { value::number(&gil, found) }
}

/// The same of an entry of an exact dict whose keys are all text, but that has to be looked up.
#[inline(always)]
pub(super) fn glance_at_entry(object: Key, key: &'static InternedName) -> Option<metaffi_value> {
    let gil = gil::in_hand(ThreadWords::here())?;
    let key = known_twin(AttributeName::Interned(key))?;
    // SAFETY: alive under the GIL, as is what is found; the twin of a name is an exact `str`.
    unsafe {
        let found = gil.api.entry(from_handle(&gil, object)?, key)?;
        value::number(&gil, NonNull::new(found)?.as_ptr())
    }
}

/// What is at a position of an exact list or tuple, borrowed; `None` of anything else.
#[inline(always)]
pub(super) fn listed(gil: &Gil, object: Object, index: i64) -> Option<Object> {
    // SAFETY: alive, under the GIL, and so are its items.
    unsafe {
        let (items, length) = gil.api.items(object)?;
        let index = if index < 0 { index + length as i64 } else { index };
        (index.cast_unsigned() < length as u64).then(|| *items.offset(index as isize))
    }
}

/// Reads an item by position.
pub(super) fn get_index(
    gil: &Gil,
    of: (Key, Object),
    index: i64,
    to: ValuePlace<'_>,
) -> Result<()> {
    // SAFETY: under the GIL; a new reference or NULL.
    unsafe {
        let index = Kept::owned(gil, (gil.api.PyLong_FromLongLong)(index))?;
        read(gil, of, Capabilities::READ_ITEMS, *index, to)
    }
}

/// Reads an entry whose key is a `str`.
#[inline(always)]
pub(super) fn get_entry(
    gil: &Gil,
    of: (Key, Object),
    key: Object,
    to: ValuePlace<'_>,
) -> Result<()> {
    // SAFETY: alive, under the GIL.
    unsafe {
        if gil.api.type_of(of.1) == gil.api.PyDict_Type {
            let found = (gil.api.PyDict_GetItemWithError)(of.1, key);
            if !found.is_null() {
                return value::give(gil, found, to);
            }
        }
        read(gil, of, Capabilities::READ_ENTRIES, key, to)
    }
}

unsafe fn read(
    gil: &Gil,
    of: (Key, Object),
    wanted: Capabilities,
    key: Object,
    to: ValuePlace<'_>,
) -> Result<()> {
    if !may(gil, of.1, wanted)? {
        return Err(refuse(of.0, wanted));
    }
    // SAFETY: both alive, under the GIL.
    unsafe {
        match (gil.api.PyObject_GetItem)(of.1, key) {
            found if found.is_null() => Err(missing(gil, of, key, wanted, false)),
            found => value::give(gil, *Kept::owned(gil, found)?, to),
        }
    }
}

/// Writes an item or an entry, or deletes it if there is no value.
///
/// # Safety
/// Key and value are what their types say.
pub(super) unsafe fn set(
    gil: &Gil,
    of: (Key, Object),
    key: &metaffi_value,
    value: Option<&metaffi_value>,
) -> Result<()> {
    let wanted = wanted(if value.is_some() { WRITE } else { DELETE }, key)?;
    // SAFETY: key and value are what their types say.
    unsafe { write(gil, of, wanted, *value::take(gil, key)?, value) }
}

/// The same by position.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn set_index(
    gil: &Gil,
    of: (Key, Object),
    index: i64,
    value: Option<&metaffi_value>,
) -> Result<()> {
    let wanted = match value {
        Some(_) => Capabilities::WRITE_ITEMS,
        None => Capabilities::DELETE_ITEMS,
    };
    // SAFETY: under the GIL; a new reference or NULL, and the value is what its type says.
    unsafe {
        let index = Kept::owned(gil, (gil.api.PyLong_FromLongLong)(index))?;
        write(gil, of, wanted, *index, value)
    }
}

/// The same by a key that is a text.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn set_entry(
    gil: &Gil,
    of: (Key, Object),
    key: AttributeName<'_>,
    value: Option<&metaffi_value>,
) -> Result<()> {
    let wanted = match value {
        Some(_) => Capabilities::WRITE_ENTRIES,
        None => Capabilities::DELETE_ENTRIES,
    };
    let key = NameObject::of(gil, key)?;
    // SAFETY: the value is what its type says.
    unsafe { write(gil, of, wanted, key.object, value) }
}

unsafe fn write(
    gil: &Gil,
    of: (Key, Object),
    wanted: Capabilities,
    key: Object,
    value: Option<&metaffi_value>,
) -> Result<()> {
    if !may(gil, of.1, wanted)? {
        return Err(refuse(of.0, wanted));
    }
    // SAFETY: all alive, under the GIL; the value is what its type says.
    unsafe {
        let done = match value {
            Some(value) => (gil.api.PyObject_SetItem)(of.1, key, *value::take(gil, value)?),
            None => (gil.api.PyObject_DelItem)(of.1, key),
        };
        match done {
            0 => Ok(()),
            _ => Err(missing(gil, of, key, wanted, value.is_some())),
        }
    }
}

/// The items of a range of positions.
pub(super) fn slice(gil: &Gil, object: Object, bounds: [Option<i64>; 3]) -> Result<Key> {
    let api = gil.api;
    // SAFETY: alive, under the GIL; new references or NULL, and NULL for what is not said.
    unsafe {
        let mut numbers = [const { None }; 3];
        for (number, bound) in numbers.iter_mut().zip(bounds) {
            if let Some(bound) = bound {
                *number = Some(PyRef::owned(gil, (api.PyLong_FromLongLong)(bound))?);
            }
        }
        let [start, stop, step] =
            numbers.each_ref().map(|number| number.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr));
        let slice = PyRef::owned(gil, (api.PySlice_New)(start, stop, step))?;
        let found = PyRef::owned(gil, (api.PyObject_GetItem)(object, slice.as_ptr()))?;
        Ok(to_handle(gil, &found)?.addr())
    }
}

/// How many there are.
pub(super) fn length(gil: &Gil, object: Object) -> Result<usize> {
    // SAFETY: alive, under the GIL.
    match unsafe { (gil.api.PyObject_Size)(object) } {
        -1 => Err(error::fetch(gil)),
        length => Ok(length.cast_unsigned()),
    }
}

/// Whether a value is among them.
///
/// # Safety
/// The value is what its type says.
pub(super) unsafe fn contains(gil: &Gil, object: Object, value: &metaffi_value) -> Result<bool> {
    // SAFETY: the value is what its type says; both alive, under the GIL.
    match unsafe { (gil.api.PySequence_Contains)(object, *value::take(gil, value)?) } {
        -1 => Err(error::fetch(gil)),
        answer => Ok(answer != 0),
    }
}

/// What of `both`, items and entries, a key is for: a text is no position.
fn wanted(both: Capabilities, key: &metaffi_value) -> Result<Capabilities> {
    let kind = kind_of(key)?;
    Ok(match matches!(kind, Kind::String8 | Kind::String16 | Kind::String32) {
        true => both.within(ENTRIES),
        false => both,
    })
}

/// The failure of a look-up: that nothing is there, or what Python raised instead.
#[cold]
unsafe fn missing(
    gil: &Gil,
    of: (Key, Object),
    key: Object,
    wanted: Capabilities,
    written: bool,
) -> Error {
    // SAFETY: live objects under the GIL.
    match unsafe { error::no_item(gil, of.1, key, written) } {
        absent if absent.status() == Status::NotFound => absent,
        failure => capability::explained(gil, of, wanted, failure),
    }
}
