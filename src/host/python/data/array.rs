//! Sequences as arrays.

use super::items::{Items, is_sequence};
use super::store::{StoredMemory, by_language, clear, write};
use super::table::Shape;
use super::{DataTable, is};
use crate::error::{Error, Result};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Writes items to the elements of an array, text or bytes to one of characters, or what else the
/// language makes an array of; the rest is zero.
///
/// # Safety
/// There is room for the type.
pub(super) unsafe fn store(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    given: &PyRef,
) -> Result<()> {
    let Some(element) = table.inner(gil)? else {
        return Err(Error::mismatch(format!("`{}` has no elements", table.spell())));
    };
    // SAFETY: the caller has room for the type.
    unsafe {
        if !is_sequence(gil, given) {
            return by_language(gil, table, to, given);
        }
        let items = Items::of(gil, given)?;
        let length = match table.length {
            usize::MAX => to.room.and_then(|room| room.checked_div(element.size)),
            length => Some(length),
        };
        let length = length.unwrap_or(items.count());
        if items.count() > length {
            return Err(too_many(table, items.count(), length));
        }
        elements(gil, element, to, &items)?;
        let filled = items.count() * element.size;
        clear(gil, element, to.skip(filled), length * element.size - filled)
    }
}

#[cold]
fn too_many(table: &DataTable, given: usize, length: usize) -> Error {
    let spelled = table.spell();
    Error::out_of_range(match table.is_unsized() {
        true => format!(
            "{given} values given for {spelled}, which was made with room for {length}: a new object \
             (module.new) is as long as its initial value says"
        ),
        false => format!("{given} values given for {spelled}"),
    })
}

unsafe fn elements(gil: &Gil, element: &DataTable, to: StoredMemory, items: &Items) -> Result<()> {
    let size = element.size;
    let mut index = 0;
    // SAFETY: the caller has room for so many elements; items are alive while they are written.
    unsafe {
        if let Shape::Scalar(access) = element.shape {
            while let Some(item) = items.get(gil, index) {
                if !access.store_exact(gil.api, to.at.wrapping_add(index * size), item) {
                    break;
                }
                index += 1;
            }
        }
        while index < items.count() {
            let Some(item) = items.get(gil, index) else { break };
            let (item, to) = (PyRef::new_reference(gil, item), to.skip(index * size));
            let is_whole = is(gil.api, item.as_ptr()) || is_sequence(gil, &item);
            if !is_whole && !matches!(element.shape, Shape::Scalar(_)) {
                // A dict leaves what it does not name.
                clear(gil, element, to, size)?;
            }
            write(gil, element, to, &item).map_err(|error| error.at(format_args!("[{index}]")))?;
            index += 1;
        }
    }
    Ok(())
}
