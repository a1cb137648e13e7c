//! Python objects as values in memory: numbers exactly or not at all, dicts and sequences part by
//! part, and what a pointer is made to point to is kept by the object whose memory the pointer is in.

use std::ptr;

use super::place::Place;
use super::table::Shape;
use super::{
    DataTable, array, bit_field, memory, number, of, pointer, record, refusal, scalar, value,
};
use crate::error::{Error, Result};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Writes what a Python object stands for.
pub(super) fn assign(gil: &Gil, place: &Place, given: &PyRef) -> Result<()> {
    place.check()?;
    if place.constant {
        return Err(Error::invalid(format!(
            "this {} is const; cast to a type without const if it may be written",
            place.table.spell()
        )));
    }
    if let Some(bits) = place.bits {
        return bit_field::store(gil, &place.table, bits, place.at, given);
    }
    let memory = StoredMemory { root: place.root(), at: place.at, room: place.room() };
    // SAFETY: the place is there, and has room for its type.
    unsafe { write(gil, &place.table, memory, given) }
}

/// Where something is written.
#[derive(Clone, Copy)]
pub(super) struct StoredMemory {
    /// The object whose memory it is; NULL if it is C's.
    pub(super) root: Object,
    pub(super) at: *mut u8,
    /// How many bytes there are, if that is known.
    pub(super) room: Option<usize>,
}

impl StoredMemory {
    /// What lies so many bytes further on.
    pub(super) fn skip(self, offset: usize) -> StoredMemory {
        let StoredMemory { root, at, room } = self;
        let room = room.map(|room| room.saturating_sub(offset));
        StoredMemory { root, at: at.wrapping_add(offset), room }
    }
}

/// Writes what a Python object stands for to memory that may be written.
///
/// # Safety
/// There is room for the type, and as much as the memory says.
pub(super) unsafe fn write(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: there is room for the type.
    unsafe {
        match table.shape {
            Shape::Scalar(access) => scalar::store(gil, table, access, to.at, given),
            Shape::Pointer | Shape::Code => pointer::store(gil, table, to, given),
            Shape::Record => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => record::store(gil, table, to, given),
            },
            Shape::Array => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => array::store(gil, table, to, given),
            },
            Shape::Number(format) => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => number::store(gil, table, format, to.at, given),
            },
            Shape::Opaque => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => by_language(gil, table, to, given),
            },
        }
    }
}

/// Copies the value of data of the same type, with what its pointers keep; false if it is another
/// object.
unsafe fn copied(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<bool> {
    // SAFETY: a live object under the GIL; the caller has room for the type.
    unsafe {
        let Some(data) = of(gil.api, given.as_ptr()) else { return Ok(false) };
        let Some(other) = data.table() else { return Err(super::gone()) };
        let same = ptr::eq(other, table) || same_but_const(other, table);
        if !same || table.length == usize::MAX && table.shape == Shape::Array {
            return Ok(false);
        }
        let from = Place::of(gil, given.as_ptr())?;
        from.check()?;
        let kept = match table.has_pointers {
            true => memory::kept_within(gil, from.root(), from.at, table.size),
            false => Vec::new(),
        };
        forget(gil, table, to, table.size)?;
        to.at.copy_from(from.at, table.size);
        for (distance, thing) in kept {
            memory::keep(gil, to.root, to.at.wrapping_add(distance), Some(thing))?;
        }
        Ok(true)
    }
}

/// Whether two types differ in what may be written alone.
fn same_but_const(one: &DataTable, other: &DataTable) -> bool {
    one.size == other.size
        && one.constant != other.constant
        && one.shape == other.shape
        && one.spell().replace("const ", "") == other.spell().replace("const ", "")
}

/// Forgets what the pointers in so many bytes were made to point to, which are overwritten.
unsafe fn forget(gil: &Gil, table: &DataTable, to: StoredMemory, size: usize) -> Result<()> {
    if !table.has_pointers {
        return Ok(());
    }
    // SAFETY: the caller's memory is the root's.
    unsafe {
        for (distance, _) in memory::kept_within(gil, to.root, to.at, size) {
            memory::keep(gil, to.root, to.at.wrapping_add(distance), None)?;
        }
    }
    Ok(())
}

/// Zeroes so many bytes of values of a type.
///
/// # Safety
/// There are so many bytes.
pub(super) unsafe fn clear(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    size: usize,
) -> Result<()> {
    // SAFETY: the caller has so many bytes.
    unsafe {
        forget(gil, table, to, size)?;
        to.at.write_bytes(0, size);
    }
    Ok(())
}

/// The value of an object as the vocabulary has it, written by the language.
///
/// # Safety
/// There is room for the type.
pub(super) unsafe fn by_language(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    given: &PyRef,
) -> Result<()> {
    let value = value::from_python(gil, given)?;
    // SAFETY: the caller has room for the type.
    let written = unsafe { table.layout.origin.store(to.at, to.room, &value) };
    written.map_err(|error| refusal::in_words_of_c(gil, table, given, error))
}

/// Writes the initial value of a new object, const or not.
pub(super) fn fill(gil: &Gil, object: &PyRef, given: &PyRef) -> Result<()> {
    // SAFETY: a new object, which has room for its type.
    unsafe {
        let place = Place::of(gil, object.as_ptr())?;
        let to = StoredMemory { root: place.root(), at: place.at, room: place.room() };
        write(gil, &place.table, to, given)
    }
}
