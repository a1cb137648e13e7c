//! Dicts and sequences as records.

use std::ptr;

use super::items::{Items, is_dict, is_sequence};
use super::place::{named, no_part};
use super::store::{StoredMemory, by_language, clear, fill, write};
use super::table::{RecordPart, Shape};
use super::{DataTable, bit_field, make, of};
use crate::error::{Error, Result};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// Writes the fields that a dict names, or that a sequence has in order; what else stands for a record is
/// the language's.
///
/// # Safety
/// There is room for the type.
pub(super) unsafe fn store(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: the caller has room for the type; live objects under the GIL.
    unsafe {
        if is_dict(gil, given) {
            return by_name(gil, table, to, given);
        }
        if !is_sequence(gil, given) {
            return by_language(gil, table, to, given);
        }
        let items = Items::of(gil, given)?;
        let parts = table.names.parts();
        if items.count() > parts.len() {
            let (given, spelled) = (items.count(), table.spell());
            let message =
                format!("{given} values given for the {} fields of {spelled}", parts.len());
            return Err(Error::out_of_range(message));
        }
        if let Some(pair) = parts[..items.count()].windows(2).find(|pair| overlap(pair)) {
            let name = |part: &RecordPart| text_of(gil, &part.name).unwrap_or_default();
            return Err(Error::invalid(format!(
                "{} and {} are at one place in {}: give one of them, in a dict",
                name(&pair[0]),
                name(&pair[1]),
                table.spell()
            )));
        }
        let copies = copies(gil, &items, to, table.size)?;
        clear(gil, table, to, table.size)?;
        for (index, part) in parts.iter().enumerate().take(items.count()) {
            let Some(item) = items.get(gil, index) else { break };
            let copy = copies.iter().find(|(of, _)| *of == index);
            let item = copy.map_or(item, |(_, copy)| copy.as_ptr());
            part_of(gil, part, to, item)
                .map_err(|error| error.at(text_of(gil, &part.name).unwrap_or_default()))?;
        }
        Ok(())
    }
}

/// Copies of the items that are data in memory which is about to be cleared, by their numbers.
unsafe fn copies(
    gil: &Gil,
    items: &Items,
    to: StoredMemory,
    size: usize,
) -> Result<Vec<(usize, PyRef)>> {
    let mut copies = Vec::new();
    for index in 0..items.count() {
        let Some(item) = items.get(gil, index) else { break };
        // SAFETY: an item, which is alive, and then kept; under the GIL.
        unsafe {
            let Some(data) = of(gil.api, item) else { continue };
            let Some(table) = data.table().filter(|table| !table.is_pointer()) else { continue };
            let (own, cleared) = (data.address().addr(), to.at.addr());
            if own < cleared + size && cleared < own + table.size {
                let (item, table) = (PyRef::new_reference(gil, item), table.to_ref(gil.api));
                let copy = make::zeroed(gil, &table, 0)?;
                fill(gil, &copy, &item)?;
                copies.push((index, copy));
            }
        }
    }
    Ok(copies)
}

/// Whether two parts are alternatives, as those of a union.
fn overlap(pair: &[RecordPart]) -> bool {
    let [one, other] = pair else { return false };
    one.bits.is_none() && other.bits.is_none() && other.offset < one.offset + one.table.size
}

#[inline(always)]
unsafe fn part_of(gil: &Gil, part: &RecordPart, to: StoredMemory, item: Object) -> Result<()> {
    let to = to.skip(part.offset);
    // SAFETY: the caller has room for the record, and the item is alive.
    unsafe {
        match (part.table.shape, part.bits) {
            (Shape::Scalar(access), None) if access.store_exact(gil.api, to.at, item) => Ok(()),
            (_, Some(bits)) => {
                let item = PyRef::new_reference(gil, item);
                bit_field::store(gil, &part.table, bits, to.at, &item)
            }
            _ => write(gil, &part.table, to, &PyRef::new_reference(gil, item)),
        }
    }
}

/// Writes the fields that a dict names; the others stay as they are.
unsafe fn by_name(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<()> {
    let api = gil.api;
    let (mut position, mut name, mut item) = (0, ptr::null_mut(), ptr::null_mut());
    // SAFETY: a dict under the GIL, whose items are kept while they are written: what is written may
    // run code that changes it, which ends the walk or goes on with what is there.
    unsafe {
        while (api.PyDict_Next)(given.as_ptr(), &mut position, &mut name, &mut item) != 0 {
            let part = match table.names.find(name) {
                Some(part) => part,
                None => {
                    let text = field_name(gil, name)?;
                    named(table, &text).ok_or_else(|| no_part(table, &text))?
                }
            };
            let shape = part.table.shape;
            if let (Shape::Scalar(access), None) = (shape, part.bits)
                && access.store_exact(api, to.at.wrapping_add(part.offset), item)
            {
                continue;
            }
            let kept = PyRef::new_reference(gil, item);
            part_of(gil, part, to, kept.as_ptr()).map_err(|error| {
                error.at(format_args!("field {}", text_of(gil, &part.name).unwrap_or_default()))
            })?;
        }
    }
    Ok(())
}

unsafe fn field_name(gil: &Gil, name: Object) -> Result<String> {
    // SAFETY: the caller has a live object under the GIL.
    unsafe {
        match gil.api.type_of(name) == gil.api.PyUnicode_Type {
            true => text_of(gil, &PyRef::new_reference(gil, name)),
            false => Err(Error::mismatch(
                "the keys of a dict that stands for a record are the names of its fields",
            )),
        }
    }
}
